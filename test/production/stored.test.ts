/** @file Material that was dealt ahead: it serves each run once, whatever happens in between. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { expiryOf } from '../../src/cli/deal.ts';
import { keygen } from '../../src/cli/keygen.ts';
import { boxText, parseBox } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { makeStored } from '../../src/device/production/stored/make-stored.ts';
import { headerOf } from '../../src/device/production/stored/portion.ts';
import { readProgram } from '../../src/device/recording.ts';
import { identityText, parseSecretIdentity } from '../../src/link/identity.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { tessera } from '../cli/commands.ts';
import { fails } from '../device/helpers.ts';
import { cluster, end, folder, launch, type Options, suite, until, values } from './harness.ts';
import { train } from './programs-ending.ts';

const test = suite('production/stored');
const TWO = ['alice', 'bob'] as const;
type Name = (typeof TWO)[number];
const STEPS = { steps: 8 };
const place = folder();
const program = join(place, 'program');

const identityOf = (name: string): string => readFileSync(join(place, `${name}.identity`), 'utf8').trim();

const publicOf = (name: string): string => identityText(parseSecretIdentity(identityOf(name)));

/** The sets that were dealt, by folder. */
const sets = new Map<string, string>();

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
const dealt = async (
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

const stored =
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

const start = async (out: string, steps = STEPS, change = stored(out)) =>
  launch<Name>(await cluster(TWO, change), 'train', steps);

const refused = async (
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

const marks = (out: string, party: Name): number =>
  readdirSync(join(out, party)).filter((f) => f.endsWith('.used')).length;

test('a program is recorded in simulation, dealt for, and run without a dealer, to the same result', async () => {
  for (const party of [...TWO, 'dealer', 'stranger']) await keygen({ party, out: place });
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const spu = s.SPU(sf.utils.testing.clusterDef(TWO));
  const recording = spu.record();
  const expected = (await train(s, spu, STEPS.steps, () => {})) as number[][];
  writeFileSync(program, recording.bytes());
  await s.shutdown();

  const out = await dealt('good', 4);
  assert.is(readdirSync(join(out, 'alice')).length, 4);
  const got = await values<number[][]>(await start(out));
  for (const party of TWO)
    for (const [i, row] of got[party]!.entries()) assert.ok(Math.abs(row[0]! - expected[i]![0]!) < 1e-5);
  for (const party of TWO) assert.is(marks(out, party), 1);
  assert.is(
    readdirSync(join(out, 'bob')).filter((f) => f.endsWith('.material')).length,
    3,
    'a used portion is gone',
  );
});

test('material that was dealt ahead cannot serve a program that is planned by a measure', async () => {
  const parties = launch<Name>(await cluster(TWO, stored(join(place, 'good'))), 'measured', {});
  const errors = await Promise.all(TWO.map((name) => parties[name].error()));
  for (const e of errors) assert.match(`${e.code} ${e.message}`, /CONFIG .*give link_rtt_ms/);
  end(parties);
});

test('kill -9 in the middle of a run: its portion is not used again', async () => {
  const out = join(place, 'good');
  const parties = await start(out);
  await parties.alice.noted('training');
  parties.alice.kill('SIGKILL');
  parties.bob.kill('SIGKILL');
  await Promise.all([parties.alice.exited, parties.bob.exited]);
  for (const party of TWO) assert.is(marks(out, party), 2);
  await values(await start(out));
  for (const party of TWO) assert.is(marks(out, party), 3);
});

test("a party that crashed before it marked its portion is overruled by the other's mark; the end is said", async () => {
  const out = join(place, 'good');
  // Alice goes back to an old copy of her folder: all portions, no marks.
  for (const f of readdirSync(join(out, 'alice'))) if (f.endsWith('.used')) rmSync(join(out, 'alice', f));
  await values(await start(out));
  assert.ok(
    readdirSync(join(out, 'alice')).some((f) => f.endsWith('-4.used')),
    'the fourth portion, not the first',
  );
  await refused(out, /used up/);
});

test('a portion that was put back serves no second time', async () => {
  const out = await dealt('again', 1);
  const copies = join(place, 'copies');
  for (const party of TWO) {
    mkdirSync(join(copies, party), { recursive: true });
    for (const f of readdirSync(join(out, party))) copyFileSync(join(out, party, f), join(copies, party, f));
  }
  await values(await start(out));
  for (const party of TWO)
    for (const f of readdirSync(join(copies, party)))
      copyFileSync(join(copies, party, f), join(out, party, f));
  await refused(out, /used up/);
});

test('another program, job, party or identity: refused', async () => {
  const out = await dealt('others', 6);
  await refused(out, /another program|goes on/, { steps: 9 });
  await refused(out, /job/, STEPS, (self, o) => ({ ...stored(out)(self, o), job_name: 'another' }));
  await refused(out, /sealed to another identity/, STEPS, (self, o) => ({
    ...stored(out)(self, o),
    identity: identityOf('bob'),
  }));
  await refused(out, /party "alice"|was used before/, STEPS, (self, o) => ({
    ...stored(out)(self, o),
    storedMaterial: {
      folder: join(out, 'alice'),
      dealer: publicOf('dealer'),
      acceptCopiedMaterial: sets.get(out),
    },
  }));
  await refused(out, /identity: stored material/, STEPS, (self, o) => ({
    ...stored(out)(self, o),
    identity: undefined,
  }));
});

test('what another than the named dealer has dealt is refused, also under the name of the dealer', async () => {
  const out = await dealt('stranger', 2, 'test', 'stranger');
  await refused(out, /was not dealt by tessera-id-1:/, STEPS, stored(out), 'IDENTITY');
  const renamed = join(out, 'alice', readdirSync(join(out, 'alice')).find((f) => f.endsWith('-2.material'))!);
  const bytes = readFileSync(renamed, 'latin1');
  writeFileSync(renamed, bytes.replace(publicOf('stranger'), publicOf('dealer')), 'latin1');
  await refused(out, /was not dealt by tessera-id-1:/, STEPS, stored(out), 'IDENTITY');
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

test('material of another deployment, or that has expired, is refused before it is marked', async () => {
  const out = await dealt('deployed', 2, 'test', 'dealer', ['--deployment', 'eu-1', '--expires', '2d']);
  await refused(out, /was dealt for deployment "eu-1", and this is no deployment by name/);
  await refused(
    out,
    /dealt for deployment "eu-1", and this is deployment "eu-2"/,
    STEPS,
    stored(out, { deployment: 'eu-2' }),
  );
  await values(await start(out, STEPS, stored(out, { deployment: 'eu-1' })));
  const [portion] = readdirSync(join(out, 'alice')).filter((f) => f.endsWith('.material'));
  const header = (await headerOf(join(out, 'alice', portion!))) as { expires: string };
  const left = Date.parse(header.expires) - Date.now();
  assert.ok(left > 1.9 * 86_400_000 && left <= 2 * 86_400_000, `${left} ms`);

  const expired = join(place, 'expired');
  const recipients = Object.fromEntries(
    TWO.map((party) => [party, parseBox(boxText(identityOf(party)), party)]),
  );
  const set = await deal({
    program: readProgram(readFileSync(program), program),
    runs: 1,
    out: expired,
    job: 'test',
    expires: new Date(Date.now() - 1_000),
    dealer: parseSecretIdentity(identityOf('dealer'), 'dealer'),
    recipients,
  });
  sets.set(expired, set);
  await refused(expired, /has expired/);
  for (const party of TWO) assert.is(marks(expired, party), 0);
  await fails(() => expiryOf('30'), 'INVALID_ARGUMENT', '30d');
  await fails(() => expiryOf('0d'), 'INVALID_ARGUMENT', '30d');
  assert.is(expiryOf('never'), undefined);
});

test('a portion that was changed does not open', async () => {
  const out = await dealt('changed', 1);
  const [name] = readdirSync(join(out, 'alice'));
  const path = join(out, 'alice', name!);
  const bytes = Uint8Array.from(readFileSync(path));
  bytes[bytes.length - 100]! ^= 1;
  writeFileSync(path, bytes);
  await refused(out, /does not open/);
  await until(() => !existsSync(join(out, 'alice', `${name!}.part`)), 'nothing of it is left');
});

/** Both parties make material ahead; gives their folders. */
const made = async (name: string, runs: number): Promise<string> => {
  const out = join(place, name);
  const options = await cluster(TWO);
  const printed = await Promise.all(
    TWO.map((party) => {
      const config = join(place, `${name}-${party}.json`);
      writeFileSync(config, JSON.stringify({ ...options[party], identity: identityOf(party) }));
      const mine = ['--config', config, '--out', join(out, party), '--program', program];
      return tessera('make', ...mine, '--runs', String(runs), '--memory-limit-mb', '64');
    }),
  );
  const [alice, bob] = printed.map(({ stdout }) => /^set ([0-9a-f]{16}): (\d+) runs/.exec(stdout)!);
  assert.equal([alice![1], alice![2]], [bob![1], String(runs)]);
  return out;
};

/** Nobody has dealt it. */
const undealt =
  (out: string) =>
  (self: string, o: Options): Options => ({
    ...o,
    identity: identityOf(self),
    storedMaterial: { folder: join(out, self) },
  });

test('two parties make material ahead without a dealer; each portion serves one run', async () => {
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const spu = s.SPU(sf.utils.testing.clusterDef(TWO));
  const expected = (await train(s, spu, STEPS.steps, () => {})) as number[][];
  await s.shutdown();
  const out = await made('made', 2);
  for (const party of TWO)
    for (const f of readdirSync(join(out, party))) assert.match(f, /^[0-9a-f]{16}-[12]\.material$/);
  for (let run = 1; run <= 2; run++) {
    const got = await values<number[][]>(await start(out, STEPS, undealt(out)));
    for (const party of TWO) {
      for (const [i, row] of got[party]!.entries()) assert.ok(Math.abs(row[0]! - expected[i]![0]!) < 1e-5);
      assert.is(marks(out, party), run);
    }
  }
  await refused(out, /used up .*tessera make/, STEPS, undealt(out));
});

test('made and dealt material are not taken for each other, and a stranger cannot have made it', async () => {
  const out = await made('apart', 1);
  await refused(out, /name no dealer/, STEPS, stored(out));
  const other = await dealt('named', 1);
  await refused(other, /was dealt: name who has dealt it/, STEPS, (self, o) => ({
    ...undealt(other)(self, o),
    storedMaterial: { folder: join(other, self), acceptCopiedMaterial: sets.get(other) },
  }));
  await refused(
    out,
    // Whichever party is the first to look: the other is told that it failed.
    /was not made by (alice|bob)/,
    STEPS,
    (self, o) => ({ ...undealt(out)(self, o), identity: identityOf('stranger') }),
    'IDENTITY',
  );
  await refused(out, /another program|goes on/, { steps: 9 }, undealt(out));
});

test('parties that do not make the same are told what differs, and leave no file', async () => {
  const options = await cluster(TWO);
  const out = join(place, 'differs');
  const ran = await Promise.allSettled(
    TWO.map((party, i) => {
      const config = join(place, `differs-${party}.json`);
      writeFileSync(config, JSON.stringify({ ...options[party], identity: identityOf(party) }));
      const mine = ['--config', config, '--out', join(out, party), '--program', program];
      return tessera('make', ...mine, '--runs', String(1 + i));
    }),
  );
  for (const one of ran) {
    assert.is(one.status, 'rejected');
    const { stderr } = (one as PromiseRejectedResult).reason as { stderr: string };
    assert.match(stderr, /runs is [12] here, and [12] at |DIVERGED/);
  }
  assert.not(existsSync(out) && readdirSync(out).some((party) => readdirSync(join(out, party)).length > 0));
});

test('a party that drops out while material is made: the other says so, and leaves no half a portion', async () => {
  const net = memoryNetwork(TWO);
  const out = join(place, 'dropped');
  const ran = await Promise.allSettled(
    TWO.map((party) =>
      makeStored(
        {
          program: readProgram(readFileSync(program), program),
          runs: 2,
          out: join(out, party),
          job: 'test',
          identity: identityOf(party),
          onProgress: ({ run, gates }) => {
            if (party === 'bob' && run === 2 && gates === 5) void net.bob!.close();
          },
        },
        net[party]!,
      ),
    ),
  );
  for (const [i, one] of ran.entries()) {
    assert.is(one.status, 'rejected');
    const left = readdirSync(join(out, TWO[i]!));
    assert.ok(
      left.every((f) => f.endsWith('.material')),
      left.join(),
    );
  }
});

test.run();
