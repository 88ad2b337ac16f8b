/** @file What is written to disk: vaults and stored material. Nothing random comes twice, and no record can be moved. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import * as assert from 'uvu/assert';
import { BUILD } from '../../src/build.ts';
import type { SpuConfig } from '../../src/device/cluster-def.ts';
import { boxText, parseBox, sealKey, storageKey, unsealKey } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import {
  isSignedBy,
  markUsed,
  portionName,
  signHeader,
  stocks,
  VERSION,
} from '../../src/device/production/stored/portion.ts';
import { openStored } from '../../src/device/production/stored/stored-source.ts';
import { VaultReader, writeVault } from '../../src/device/production/vault.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import { digestOf, type Job } from '../../src/ir/run/job.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { createIdentity, identitySecretText, identityText } from '../../src/link/identity.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { independent } from '../fresh.ts';
import { rejection } from '../link/helpers.ts';
import { folder, suite } from './harness.ts';

const test = suite('production/randomness');
const place = folder();
let files = 0;
const fresh = (): string => join(place, `file ${files++}`);
const key = new Uint8Array(32).fill(3);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Header and sealed records of a file, as they lie there. */
const partsOf = (path: string): { head: Buffer; records: Buffer[] } => {
  const all = readFileSync(path);
  const magic = 'tessera-vault-1\n'.length;
  const start = magic + 4 + all.readUInt32LE(magic);
  const records: Buffer[] = [];
  for (let at = start; at < all.length; ) {
    const end = at + 4 + all.readUInt32LE(at);
    records.push(all.subarray(at, end));
    at = end;
  }
  return { head: all.subarray(0, start), records };
};

const read = async (path: string, own = key): Promise<Uint8Array[]> => {
  const vault = await VaultReader.open(path, () => own);
  const out: Uint8Array[] = [];
  try {
    for (let next = await vault.next(); next; next = await vault.next()) out.push(next);
  } finally {
    await vault.close();
  }
  return out;
};

const RECORDS = [1, 1, 2].map((n) => new Uint8Array(40).fill(n));

test('equal records of a vault, and equal vaults, are sealed differently', async () => {
  const [a, b] = [fresh(), fresh()];
  for (const path of [a, b]) await writeVault(path, key, { what: 'x' }, RECORDS);
  assert.equal(await read(a), RECORDS);
  const texts = [a, b].flatMap((path) => partsOf(path).records.map((r) => hex(r)));
  assert.is(new Set(texts).size, 8);
  const saltOf = (path: string): Uint8Array => {
    const { salt } = JSON.parse(partsOf(path).head.subarray(20).toString()) as { salt: string };
    return Uint8Array.from(Buffer.from(salt, 'base64'));
  };
  assert.is(saltOf(a).length, 32);
  independent([saltOf(a), saltOf(b)], 'salts');
  // No key stream serves twice: where it did, sealed texts would differ as the plain ones do.
  const streams = [a, b].flatMap((path) =>
    partsOf(path)
      .records.slice(0, 3)
      .map((r, i) => hex(r.subarray(4, 44).map((v) => v ^ RECORDS[i]![0]!))),
  );
  assert.is(new Set(streams).size, 6);
  assert.is(statSync(a).mode & 0o777, 0o600);
});

test('records that are swapped, left out, repeated, cut, moved from another file or added are refused', async () => {
  const [path, other] = [fresh(), fresh()];
  await writeVault(path, key, { what: 'x' }, RECORDS);
  await writeVault(other, key, { what: 'x' }, RECORDS);
  const { head, records } = partsOf(path);
  const [one, two, three, last] = records as [Buffer, Buffer, Buffer, Buffer];
  const foreign = partsOf(other);
  const flipped = Buffer.from(one);
  flipped[10]! ^= 1;
  const cases: Record<string, Buffer[]> = {
    swapped: [head, two, one, three, last],
    'left out': [head, one, three, last],
    repeated: [head, one, one, two, three, last],
    'ends early': [head, one, two, last],
    'cut off': [head, one, two, three],
    'cut within': [head, one, two.subarray(0, 20)],
    'of another file': [head, one, foreign.records[1]!, three, last],
    'header of another file': [foreign.head, one, two, three, last],
    flipped: [head, flipped, two, three, last],
  };
  for (const [what, parts] of Object.entries(cases)) {
    const at = fresh();
    writeFileSync(at, Buffer.concat(parts));
    const { code, message } = await rejection(read(at));
    assert.is(code, 'CONFIG', what);
    if (what.startsWith('cut')) assert.match(message, /ends too early/, what);
  }
  assert.is((await rejection(read(path, new Uint8Array(32).fill(4)))).code, 'CONFIG', 'another key');
  const header = fresh();
  const text = head.toString('latin1').replace('"x"', '"y"');
  writeFileSync(header, Buffer.concat([Buffer.from(text, 'latin1'), ...records]));
  assert.is((await rejection(read(header))).code, 'CONFIG', 'another header');
  const magic = fresh();
  writeFileSync(magic, Buffer.concat([Buffer.from('tessera-vault-2\n'), head.subarray(16), ...records]));
  assert.match((await rejection(read(magic))).message, /no file of this kind/);
});

test('keys of files are fresh, and open for their recipient alone', () => {
  const [alice, bob] = [createIdentity(), createIdentity()].map((id) => identitySecretText(id)) as [
    string,
    string,
  ];
  const box = parseBox(boxText(alice), 'alice');
  const [one, two] = [sealKey(box), sealKey(box)];
  independent([one.key, two.key], 'keys');
  const once = (sealed: string): string => hex(Buffer.from(sealed, 'base64').subarray(0, 32));
  assert.is.not(once(one.sealed), once(two.sealed));
  assert.equal(unsealKey(one.sealed, alice), one.key);
  assert.is(unsealKey(one.sealed, bob), undefined);
  const bent = Buffer.from(one.sealed, 'base64');
  bent[40]! ^= 1;
  assert.is(unsealKey(bent.toString('base64'), alice), undefined);
  assert.is(unsealKey('', alice), undefined);
  // What is kept, and what is dealt, have keys that tell nothing of each other.
  const kept = storageKey({ identity: alice, storageKey: undefined });
  assert.is.not(hex(kept), hex(storageKey({ identity: bob, storageKey: undefined })));
  const secret = Uint8Array.from(Buffer.from(alice.split(':')[1]!, 'base64url'));
  const publicOf = (key: Uint8Array): string => hex(nacl.box.keyPair.fromSecretKey(key).publicKey);
  assert.is(secret.length, 32);
  assert.is.not(hex(kept), hex(secret));
  for (const other of [kept, secret]) assert.is.not(publicOf(other), hex(box));
});

test('a storage key has 32 bytes, and somebody without one keeps nothing', async () => {
  const of = (bytes: number): Uint8Array =>
    storageKey({ identity: undefined, storageKey: Buffer.alloc(bytes, 7).toString('base64') });
  assert.equal(of(32), new Uint8Array(32).fill(7));
  for (const bytes of [0, 16, 31, 33, 64])
    assert.match((await rejection((async () => of(bytes))())).message, /32 bytes/);
  const none = (async () => storageKey({ identity: undefined, storageKey: undefined }))();
  assert.match((await rejection(none)).message, /storageKey/);
});

const TWO = ['alice', 'bob'] as const;
const field = FIELDS.FM64;
const jobOf = (owner: number): Job => ({
  graph: inputGraph([{ owner, type: { shape: [2], dtype: 'fxp', secret: true } }], { field }),
  ins: [],
  outs: [0],
});
const JOB = jobOf(0);
const dealer = createIdentity();
const secrets = Object.fromEntries(TWO.map((party) => [party, identitySecretText(createIdentity())]));
const recipients = Object.fromEntries(TWO.map((party) => [party, parseBox(boxText(secrets[party]!), party)]));

const dealt = (out: string, runs = 2): Promise<string> =>
  deal({
    program: { parties: TWO, field: 'FM64', fraction: 18, jobs: [JOB] },
    runs,
    out,
    job: 'test',
    dealer,
    recipients,
  });

test('seeds of parties, of runs and of sets are all different', async () => {
  const seeds = new Set<string>();
  const sets = new Set<string>();
  const all: Uint8Array[] = [];
  for (let round = 0; round < 2; round++) {
    const out = fresh();
    const set = await dealt(out);
    sets.add(set);
    for (const party of TWO) {
      for (const run of [1, 2]) {
        const [seed] = await (async () => {
          const vault = await VaultReader.open(
            join(out, party, portionName(set, run)),
            (h) => unsealKey(h.key, secrets[party]!)!,
          );
          const first = await vault.next();
          await vault.close();
          return [first!];
        })();
        assert.is(seed!.length, 32);
        assert.ok(seed!.some((b) => b !== 0));
        seeds.add(hex(seed!));
        all.push(seed!);
      }
    }
  }
  assert.is(sets.size, 2);
  assert.is(seeds.size, 8);
  independent(all, 'seeds');
});

interface Opening {
  readonly out: string;
  readonly set: string;
  readonly config?: object;
  readonly more?: Partial<Parameters<typeof openStored>[0]>;
  readonly says?: object;
  readonly marks?: number;
  readonly party?: string;
}

/** Alice opens a portion; bob agrees to all. */
const openFrom = async ({ out, set, config, more, says, marks, party = 'alice' }: Opening) => {
  const net = memoryNetwork(TWO);
  const bob = net.bob!.channel('material', ['alice']);
  const opened = openStored(
    {
      folder: join(out, party),
      set: undefined,
      dealer: identityText(dealer),
      identity: secrets.alice!,
      job: 'test',
      self: 'alice',
      config: { parties: TWO, runtime: { field: 'FM64', fraction: 18 }, ...config } as unknown as SpuConfig,
      channel: net.alice!.channel('material', ['bob']),
      ring: await Ring.create(),
      ...more,
    },
    undefined,
    // What lies outside of the folder has tests of its own.
    async () => ({ next: async () => 1, mark: async () => {} }),
  );
  opened.catch(() => {});
  const stock = { set, next: 1, last: 2, ...says };
  await bob.send('alice', 0, controlCodec.encode(stock));
  await bob.send('alice', 1, controlCodec.encode(marks ?? stock.next));
  return opened;
};

test('a portion is refused for each thing that it was dealt for and is not used for', async () => {
  const out = fresh();
  const set = await dealt(out, 20);
  let used = 0;
  const refused = async (o: Partial<Opening>): Promise<string> => {
    const stock = (await stocks(join(out, 'alice')))[0]!;
    used = Math.max(used, stock.next);
    return (await rejection(openFrom({ out, set, says: { next: used, last: 20 }, ...o }))).message;
  };
  const runtime = { field: 'FM64', fraction: 18 };
  assert.match(await refused({ more: { job: 'other' } }), /dealt for job "test"/);
  assert.match(await refused({ config: { runtime: { ...runtime, field: 'FM128' } } }), /dealt for field/);
  assert.match(await refused({ config: { runtime: { ...runtime, fraction: 17 } } }), /dealt for fraction/);
  assert.match(await refused({ config: { parties: ['alice', 'carol'] } }), /dealt for parties/);
  assert.match(await refused({ config: { parties: ['bob', 'alice'] } }), /dealt for parties/);
  assert.match(await refused({ more: { identity: secrets.bob! } }), /sealed to another identity/);
  assert.match(await refused({ more: { dealer: identityText(createIdentity()) } }), /was not dealt by/);
  assert.match(await refused({ says: { set: '0'.repeat(16), next: 1, last: 20 } }), /of set/);
  assert.match(await refused({ says: { next: 21, last: 20 } }), /used up/);
  assert.match(await refused({ says: { next: 1, last: 1 } }), /used up/);
  // Another party's folder, and a portion that goes by another one's number.
  assert.match(await refused({ party: 'bob' }), /dealt for party "bob"/);
  const { material } = await openFrom({ out, set, says: { next: 15, last: 20 } });
  await material.close();
  await cp(join(out, 'alice', portionName(set, 17)), join(out, 'alice', portionName(set, 16)), {
    force: true,
  });
  assert.match(await refused({ says: { next: 16, last: 20 } }), /dealt for run 17/);
});

test('a mark stands once, and no portion before it is taken', async () => {
  const out = fresh();
  const set = await dealt(out);
  await markUsed(join(out, 'alice'), set, 1);
  assert.match((await rejection(markUsed(join(out, 'alice'), set, 1))).message, /serves once/);
  assert.equal(await stocks(join(out, 'alice')), [{ set, next: 2, last: 2 }]);
});

test('stored material is for its program alone, in its order, and says so when there is none', async () => {
  const out = fresh();
  const set = await dealt(out);
  const { material, seed } = await openFrom({ out, set });
  assert.is(seed.length, 32);
  const start = (job: Job, number: number): unknown =>
    material.start(job, undefined as never, { number, gate: 0 });
  start(JOB, 0);
  assert.is.not(digestOf(jobOf(1)), digestOf(JOB));
  assert.match((await rejection((async () => start(jobOf(1), 0))())).message, /for another program/);
  assert.match((await rejection((async () => start(JOB, 1))())).message, /this one goes on/);
  assert.match((await rejection(material.take(99))).message, /nothing for gate 99/);
  await material.close();
});

test('a portion without a seed of 32 bytes is refused', async () => {
  for (const size of [0, 31, 33]) {
    const out = fresh();
    const set = await dealt(out);
    const path = join(out, 'alice', portionName(set, 1));
    const { key: own, sealed } = sealKey(recipients.alice!);
    const header = signHeader(
      {
        kind: 'material',
        version: VERSION,
        set,
        run: 1,
        job: 'test',
        field: 'FM64',
        fraction: 18,
        parties: TWO,
        party: 'alice',
        rank: 0,
        jobs: [digestOf(JOB)],
        key: sealed,
        deployment: null,
        expires: null,
        build: BUILD,
      },
      dealer,
    );
    await writeVault(path, own, { ...header }, [new Uint8Array(size)]);
    assert.match((await rejection(openFrom({ out, set }))).message, /holds no seed/);
  }
});

test('a signature of a dealer is for all of a header, and of that dealer', () => {
  const header = {
    kind: 'material' as const,
    version: VERSION,
    set: 'a'.repeat(16),
    run: 1,
    job: 'test',
    field: 'FM64',
    fraction: 18,
    parties: TWO,
    party: 'alice',
    rank: 0,
    jobs: ['x'],
    key: 'sealed',
    deployment: null,
    expires: null,
    build: BUILD,
  };
  const signed: Record<string, unknown> = { ...signHeader(header, dealer), salt: 'of the vault' };
  assert.ok(isSignedBy(signed, dealer.publicKey));
  assert.not.ok(isSignedBy(signed, createIdentity().publicKey));
  for (const field of Object.keys(signed).filter((k) => k !== 'salt')) {
    const value = signed[field];
    const other = typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}A` : ['bob'];
    const changed = field === 'signature' ? Buffer.alloc(64).toString('base64') : other;
    assert.not.ok(isSignedBy({ ...signed, [field]: changed }, dealer.publicKey), field);
  }
  assert.not.ok(isSignedBy({ ...signed, more: 1 }, dealer.publicKey));
});

test.run();
