/** @file The same kernels in Chromium beside Node, in one run: what a page pays for being one. */

import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { projectFile } from '../examples/lib/project.ts';
import type { Row } from './lib/row.ts';
import { timeKernels } from './lib/wasm-timing.ts';

const BROWSERS = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Rows of these names; one that says what is missing where there is no browser. */
export const benchBrowser = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  if (!wanted('kernels in Chromium')) return [];
  const executablePath = BROWSERS.find((path) => path !== '' && existsSync(path));
  if (executablePath === undefined) {
    const skipped = 'Chromium (apt-get install -y chromium, or its path in CHROMIUM)';
    return [
      { name: 'kernels in Chromium', unit: 'ns/element', value: null, baseline: null, ratio: null, skipped },
    ];
  }
  const wasm = readFileSync(projectFile('wasm-build', 'tessera.wasm')).toString('base64');
  const node = await timeKernels(wasm);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const there = (await page.evaluate(
      `(${timeKernels.toString()})(${JSON.stringify(wasm)})`,
    )) as typeof node;
    return Object.entries(node).map(([name, baseline]) => ({
      name: `kernels in Chromium: ${name}`,
      unit: 'ns/element',
      value: there[name]!,
      baseline,
      ratio: there[name]! / baseline,
      against: 'Node',
    }));
  } finally {
    await browser.close();
  }
};
