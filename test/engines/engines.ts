/** @file Other engines than the one that runs the tests, as far as this machine has them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DENO, ROOT } from '../deno/deno.ts';

export interface Engine {
  readonly name: string;
  readonly command: string;
  /** What comes before the program's file. */
  readonly args: readonly string[];
}

const CACHE = join(ROOT, 'node_modules', '.cache', 'engines', 'node_modules');
const windows = process.platform === 'win32';

/** From the environment, or where tools/engines.mjs has put it. */
const cached = (name: string, binary: string): string | undefined => {
  const places = [
    process.env[name.toUpperCase()],
    join(CACHE, name, 'bin', windows ? `${binary}.exe` : binary),
    join(CACHE, name, `${binary}.exe`),
  ];
  return places.find(
    (place) => place !== undefined && existsSync(place) && spawnSync(place, ['--version']).status === 0,
  );
};

const engine = (
  name: string,
  command: string | undefined,
  args: readonly string[] = [],
): Engine | undefined => {
  if (command !== undefined) return { name, command, args };
  console.log(`skipped: a comparison with ${name} needs ${name} (node tools/engines.mjs)`);
  return undefined;
};

const found = (some: readonly (Engine | undefined)[]): readonly Engine[] =>
  some.filter((e) => e !== undefined);

export const SELF: Engine = { name: `node ${process.version}`, command: process.execPath, args: [] };
/** Those that run whole parties. */
export const PARTY_ENGINES = found([
  engine('node22', cached('node22', 'node')),
  engine('node24', cached('node24', 'node')),
  engine('deno', DENO, ['run', '-A', '--cached-only', '--no-lock', '--no-prompt']),
]);
/** Those that run modules. */
export const ENGINES = [...PARTY_ENGINES, ...found([engine('bun', cached('bun', 'bun'))])];
