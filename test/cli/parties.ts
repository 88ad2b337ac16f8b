/** Parties of the command line, each a process of its own, with files in a folder. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type * as sf from '#tessera';
import { table } from '../models/both.ts';
import { cluster, folder, type Options } from '../production/harness.ts';
import { type Ended, start } from './commands.ts';

const home = folder();

/** A folder with the configurations of these parties. */
export const place = async (everybody: readonly string[], change?: (self: string, o: Options) => Options) => {
  const at = mkdtempSync(join(home, 'parties-'));
  const options = await cluster(everybody, change);
  for (const name of everybody) writeFileSync(join(at, `${name}.json`), JSON.stringify(options[name]));
  return {
    file: (name: string, text?: string): string => {
      const path = join(at, name);
      if (text !== undefined) writeFileSync(path, text);
      return path;
    },
    text: (name: string): string => readFileSync(join(at, name), 'utf8'),
    /** Runs a command at each party, and the dealer beside them. */
    run: async (args: Readonly<Record<string, readonly string[]>>): Promise<Record<string, Ended>> => {
      const dealer = everybody.includes('dealer')
        ? start(['dealer', '--config', join(at, 'dealer.json')])
        : undefined;
      const all = Object.entries(args).map(
        async ([name, own]) =>
          [name, await start([...own, '--config', join(at, `${name}.json`)]).ended] as const,
      );
      const ended = Object.fromEntries(await Promise.all(all));
      dealer?.child.kill('SIGKILL');
      await dealer?.ended;
      return ended;
    },
  };
};

/** Every party ended well. */
export const wells = (ended: Readonly<Record<string, Ended>>): void => {
  for (const [name, { code, err }] of Object.entries(ended)) assert.is(code, 0, `${name}: ${err}`);
};

export const csv = (names: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  `${[names, ...rows].map((row) => row.join(',')).join('\n')}\n`;

/** The cancer data: 3 columns with alice, 2 and the label with bob, some rows with one of them only, in different orders. */
export const tables = () => {
  const { x, y } = table('cancer');
  const n = 150;
  const hers = Array.from({ length: n - 20 }, (_, i) => (i * 7) % (n - 20));
  const his = Array.from({ length: n - 10 }, (_, i) => 10 + ((i * 11) % (n - 10)));
  return {
    common: n - 30,
    alice: csv(
      ['id', 'a', 'b', 'c'],
      hers.map((i) => [`u${i}`, ...x[i]!.slice(0, 3)]),
    ),
    bob: csv(
      ['id', 'd', 'e', 'default'],
      his.map((i) => [`u${i}`, ...x[i]!.slice(3, 5), y[i] === 1 ? 'yes' : 'no']),
    ),
  };
};

export const values = (x: sf.NDArray): number[] => Array.from(x.data, Number);
export const near = (got: readonly number[], want: readonly number[]): void => {
  assert.is(got.length, want.length);
  for (const [i, v] of got.entries()) assert.ok(Math.abs(v - want[i]!) < 1e-4, `${v}, ${want[i]}`);
};
