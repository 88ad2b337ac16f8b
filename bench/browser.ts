/** @file The rows of `npm run bench:web` among the others: kernels and demos in Chromium beside Node. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { projectFile } from '../examples/lib/project.ts';
import type { Row } from './lib/row.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Rows of these names; one that says what is missing where there is no browser. */
export const benchBrowser = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  if (!wanted('in a browser')) return [];
  if (!existsSync(BROWSER)) {
    const skipped = 'Chromium (apt-get install -y chromium, or its path in CHROMIUM)';
    return [{ name: 'in a browser', unit: 'us', value: null, baseline: null, ratio: null, skipped }];
  }
  const { stdout } = await promisify(execFile)(process.execPath, [projectFile('tools', 'bench-web.mjs')]);
  const rows = JSON.parse(stdout.trim().split('\n').at(-1)!) as Row[];
  return rows.map((row) => ({ ...row, name: `in a browser: ${row.name}` }));
};
