/** @file Material that two parties make ahead, without a dealer. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeStored } from '../../src/device/production/stored/make-stored.ts';
import { readProgram } from '../../src/device/recording.ts';
import type { Transport } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { shape } from '../../src/link/shaper.ts';
import { tessera } from '../cli/commands.ts';
import { cluster, type Options, suite, values } from './harness.ts';
import {
  dealt,
  identityOf,
  marks,
  place,
  program,
  recorded,
  refused,
  STEPS,
  same,
  sets,
  start,
  stored,
  TWO,
} from './stored-support.ts';

const test = suite('production/stored-made');
let expected: number[][];

test.before(async () => {
  expected = await recorded();
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
  const out = await made('made', 2);
  for (const party of TWO)
    for (const f of readdirSync(join(out, party))) assert.match(f, /^[0-9a-f]{16}-[12]\.material$/);
  for (let run = 1; run <= 2; run++) {
    const got = await values<number[][]>(await start(out, STEPS, undealt(out)));
    same(got, expected);
    for (const party of TWO) assert.is(marks(out, party), run);
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

test('transfers are made in larger blocks where the link is measured to be slow', async () => {
  const net = memoryNetwork(TWO);
  const wishes: number[] = [];
  const watched = (transport: Transport): Transport => {
    const open = transport.channel.bind(transport);
    transport.channel = (name, peers) => {
      const channel = open(name, peers);
      const send = channel.send.bind(channel);
      // The first message of base transfers ends with the blocks that are wished for.
      return Object.assign(channel, {
        send: (to: string, tag: number, bytes: Uint8Array) => {
          if (name === 'making ahead' && tag === 1) wishes.push(bytes.at(-1)!);
          return send(to, tag, bytes);
        },
      });
    };
    return transport;
  };
  await Promise.all(
    TWO.map((party) =>
      makeStored(
        {
          program: readProgram(readFileSync(program), program),
          runs: 1,
          out: join(place, 'slow', party),
          job: 'test',
          identity: identityOf(party),
        },
        shape(watched(net[party]!), { bandwidthMbit: 20 }),
      ),
    ),
  );
  assert.is(wishes.length, 2);
  assert.ok(wishes[0]! > 4 && wishes[0] === wishes[1], `blocks of ${wishes}`);
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
