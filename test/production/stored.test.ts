/** @file Material that was dealt ahead: it serves each run once, whatever happens in between. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { expiryOf } from '../../src/cli/deal.ts';
import { boxText, parseBox } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { headerOf } from '../../src/device/production/stored/portion.ts';
import { readProgram } from '../../src/device/recording.ts';
import { parseSecretIdentity } from '../../src/link/identity.ts';
import { fails } from '../device/helpers.ts';
import { cluster, end, launch, suite, until, values } from './harness.ts';
import {
  dealt,
  identityOf,
  marks,
  type Name,
  place,
  program,
  publicOf,
  recorded,
  refused,
  STEPS,
  same,
  sets,
  start,
  stored,
  TWO,
} from './stored-support.ts';

const test = suite('production/stored');

test('a program is recorded in simulation, dealt for, and run without a dealer, to the same result', async () => {
  const expected = await recorded();
  const out = await dealt('good', 4);
  assert.is(readdirSync(join(out, 'alice')).length, 4);
  const got = await values<number[][]>(await start(out));
  same(got, expected);
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

test.run();
