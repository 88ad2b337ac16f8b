/** @file Copies of folders with material that was dealt ahead: no portion is opened twice, on one machine or on another. */
import { chmodSync, cpSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { tessera } from '../cli/commands.ts';
import { end, folder, suite, values } from './harness.ts';
import {
  dealt,
  marks,
  type Name,
  place,
  recorded,
  refused,
  STEPS,
  sets,
  start,
  stored,
  TWO,
} from './stored-support.ts';

const test = suite('production/stored-copies');

test.before(async () => {
  await recorded();
});

/** Copies of both parties' folders. */
const copied = (out: string, name: string): string => {
  const copy = join(place, name);
  for (const party of TWO) cpSync(join(out, party), join(copy, party), { recursive: true });
  sets.set(copy, sets.get(out)!);
  return copy;
};

/** The runs whose portions a party's folder has marked. */
const used = (out: string, party: Name): string[] =>
  readdirSync(join(out, party)).filter((f) => f.endsWith('.used'));

test('copies of one folder on one machine: no portion is opened twice, one after another or at the same time', async () => {
  const out = await dealt('original', 4);
  const later = copied(out, 'later');
  await values(await start(out));
  await values(await start(later));
  for (const party of TWO) {
    assert.equal(used(out, party), [`${sets.get(out)}-1.used`]);
    assert.equal(used(later, party), [`${sets.get(out)}-2.used`], 'the state folder knows of the first');
  }
  // Both go for the third portion.
  const [left, right] = [copied(out, 'left'), copied(out, 'right')];
  const pairs = await Promise.all([start(left), start(right)]);
  const endings = await Promise.all(
    pairs.map((parties) => Promise.all(TWO.map((name) => parties[name].ended))),
  );
  for (const parties of pairs) end(parties);
  const ran = endings.map((pair) => pair.every((e) => 'value' in e));
  for (const e of endings.flat())
    if ('error' in e) assert.match(e.error.message, /was used before on this machine/);
  if (ran[0] && ran[1])
    for (const party of TWO) assert.not.equal(used(left, party).at(-1), used(right, party).at(-1));
  for (const party of TWO) {
    // Who was refused has marked nothing: its last mark is the copied one.
    const going = [out, later, ...[left, right].filter((_, i) => ran[i])];
    const opened = going.flatMap((folder) => used(folder, party).slice(-1));
    assert.is(new Set(opened).size, opened.length, `${party}: ${opened}`);
  }
});

test('a machine that does not know a set asks for acceptance by its name, in the configuration or by a command', async () => {
  const out = await dealt('moved', 3);
  const state = process.env.TESSERA_STATE;
  const set = sets.get(out)!;
  const unaccepted = { acceptCopiedMaterial: undefined };
  await refused(
    out,
    new RegExp(`set ${set} .* is not known on this machine.*--accept-copied-material ${set}`),
    STEPS,
    stored(out, unaccepted),
  );
  await refused(
    out,
    /acceptCopiedMaterial names 0123456789abcdef/,
    STEPS,
    stored(out, { acceptCopiedMaterial: '0123456789abcdef' }),
  );
  for (const party of TWO) assert.is(marks(out, party), 0, 'nothing is marked');
  for (const party of TWO) {
    const { stdout } = await tessera(
      'material',
      '--folder',
      join(out, party),
      '--accept-copied-material',
      set,
    );
    assert.match(
      stdout,
      new RegExp(`set ${set}: of ${party}, 3 runs left, job test, .*, expires 20.*, known on this machine`),
    );
  }
  await values(await start(out, STEPS, stored(out, unaccepted)));
  const copy = copied(out, 'moved-copy');
  try {
    // Another machine has no such state.
    process.env.TESSERA_STATE = folder();
    await refused(copy, /is not known on this machine/, STEPS, stored(copy, unaccepted));
    await values(await start(copy));
  } finally {
    process.env.TESSERA_STATE = state;
  }
});

test('a state folder that is a link, or that others may write to, is refused', async () => {
  const out = await dealt('linked', 1);
  const state = process.env.TESSERA_STATE;
  const link = join(place, 'link');
  symlinkSync(folder(), link);
  const open = folder();
  chmodSync(open, 0o777);
  try {
    for (const [path, why] of [
      [link, /is a link, no folder/],
      [open, /can be written by others/],
    ] as const) {
      process.env.TESSERA_STATE = path;
      await refused(out, why);
    }
  } finally {
    process.env.TESSERA_STATE = state;
  }
});

test.run();
