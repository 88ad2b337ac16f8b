/** @file Material that was made before a program runs: what its tests share. Each file of tests has a folder of its own. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { keygen } from '../../src/cli/keygen.ts';
import { identityText, parseSecretIdentity } from '../../src/link/identity.ts';
import { tessera } from '../cli/commands.ts';
import { cluster, end, folder, launch, type Options } from './harness.ts';
import { train } from './programs-ending.ts';

export const TWO = ['alice', 'bob'] as const;
export type Name = (typeof TWO)[number];
export const STEPS = { steps: 8 };
export const place = folder();
export const program = join(place, 'program');

export const identityOf = (name: string): string =>
  readFileSync(join(place, `${name}.identity`), 'utf8').trim();

export const publicOf = (name: string): string => identityText(parseSecretIdentity(identityOf(name)));

/** The sets that were dealt, by folder. */
export const sets = new Map<string, string>();

/** What `tessera material-key` has printed, by party. */
const boxes = new Map<Name, string>();
const boxOf = async (party: Name): Promise<string> => {
  const known = boxes.get(party);
  if (known !== undefined) return known;
  const { stdout } = await tessera('material-key', '--identity', join(place, `${party}.identity`));
  boxes.set(party, stdout.trim());
  return stdout.trim();
};

/** Deals into a folder of that name. */
export const dealt = async (
  name: string,
  runs: number,
  job = 'test',
  dealer = 'dealer',
  more: readonly string[] = [],
): Promise<string> => {
  const out = join(place, name);
  const recipients: string[] = [];
  for (const party of TWO) recipients.push(`${party}=${await boxOf(party)}`);
  const runsText = String(runs);
  const { stdout } = await tessera(
    'deal',
    '--program',
    program,
    '--identity',
    join(place, `${dealer}.identity`),
    '--out',
    out,
    '--runs',
    runsText,
    '--job',
    job,
    '--recipient',
    ...recipients,
    ...more,
  );
  sets.set(out, /^set ([0-9a-f]{16}):/.exec(stdout)![1]!);
  return out;
};

export const stored =
  (out: string, more: Options = {}) =>
  (self: string, o: Options): Options => ({
    ...o,
    identity: identityOf(self),
    storedMaterial: {
      folder: join(out, self),
      dealer: publicOf('dealer'),
      acceptCopiedMaterial: sets.get(out),
      ...more,
    },
  });

export const start = async (out: string, steps = STEPS, change = stored(out)) =>
  launch<Name>(await cluster(TWO, change), 'train', steps);

export const refused = async (
  out: string,
  text: RegExp,
  steps = STEPS,
  change = stored(out),
  code = 'CONFIG',
): Promise<void> => {
  const parties = await start(out, steps, change);
  const errors = await Promise.all(TWO.map((name) => parties[name].error()));
  end(parties);
  assert.ok(
    errors.some((e) => e.code === code && text.test(e.message)),
    errors.map((e) => `${e.code}: ${e.message}`).join('\n'),
  );
};

export const marks = (out: string, party: Name): number =>
  readdirSync(join(out, party)).filter((f) => f.endsWith('.used')).length;

/** Makes everybody's keys, records the program in simulation and writes it; gives its results. */
export const recorded = async (): Promise<number[][]> => {
  for (const party of [...TWO, 'dealer', 'stranger']) await keygen({ party, out: place });
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const spu = s.SPU(sf.utils.testing.clusterDef(TWO));
  const recording = spu.record();
  const expected = (await train(s, spu, STEPS.steps, () => {})) as number[][];
  writeFileSync(program, recording.bytes());
  await s.shutdown();
  return expected;
};

/** Both parties' results are those. */
export const same = (
  got: Readonly<Record<string, number[][]>>,
  expected: readonly (readonly number[])[],
): void => {
  for (const party of TWO)
    for (const [i, row] of got[party]!.entries()) assert.ok(Math.abs(row[0]! - expected[i]![0]!) < 1e-5);
};
