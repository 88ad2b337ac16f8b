/**
 * What one party sees while both make the material of a gate, and while they use it. Seeds are fixed, so this passes or fails for good.
 * The other party's inputs are all zeros, or all ones: whatever is not hidden stands out. A limit of 8 standard deviations is passed by
 * chance about once in 10^14.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GATE_NAMES, type GateName } from '../../src/gates/gate-table.ts';
import { halvesOf } from '../../src/gates/halves.ts';
import { BLOCK_BITS, type BlockBits } from '../../src/making/seeds.ts';
import { randomBytes } from '../../src/ring/prg.ts';
import { seedsOf } from '../gates/harness.ts';
import { ENTRIES, type Entry, N } from '../gates/secrecy-table.ts';
import type { Column } from '../gates/view.ts';
import { LONG } from '../long.ts';
import { field, gatedOf, inputsOf } from './gate-inputs.ts';
import { type Made, runMade } from './gate-run.ts';

const test = suite('views of what two parties make');
const LIMIT = 8;
const LEAST = 256;
const ONES = Uint8Array.from({ length: 256 }, (_, b) => b.toString(2).replaceAll('0', '').length);
const coins = (bytes: Uint8Array, count: number): number => {
  let ones = 0;
  for (const b of bytes) ones += ONES[b]!;
  return Math.abs(ones - count / 2) / Math.sqrt(count / 4);
};

/** The worst of each bit of bytes that are so far apart. */
const worst = (bytes: Uint8Array, period: number): number => {
  const rows = Math.floor(bytes.length / period);
  if (rows < LEAST) return coins(bytes, 8 * bytes.length);
  // How often each byte stands at each place, then what its bits are.
  const often = new Uint32Array(256 * period);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < period; i++) often[256 * i + bytes[row * period + i]!]!++;
  const ones = new Float64Array(8 * period);
  often.forEach((count, at) => {
    for (let j = 0; j < 8; j++) if ((at >> j) & 1) ones[8 * (at >> 8) + j]! += count;
  });
  return Math.max(...ones.map((n) => Math.abs(n - rows / 2) / Math.sqrt(rows / 4)));
};

/** The worst of bytes as they are, as words of the field, and as rows; 0 where they are few. */
const worstOf = (bytes: Uint8Array): number =>
  8 * bytes.length < LEAST ? 0 : Math.max(...[1, field.bits / 8, 16].map((period) => worst(bytes, period)));

const uniform = (bytes: Uint8Array, where: string): void => {
  const deviations = worstOf(bytes);
  assert.ok(deviations < LIMIT, `${where}: ${deviations.toFixed(1)} deviations from noise`);
};

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

/** Words of eight bytes of messages: each stands there once. */
const repeated = (messages: readonly Uint8Array[]): number => {
  const whole = messages.map((message) => message.subarray(0, message.length - (message.length % 8)));
  const words = new BigUint64Array(whole.reduce((sum, { length }) => sum + length, 0) / 8);
  const bytes = new Uint8Array(words.buffer);
  let at = 0;
  for (const message of whole) {
    bytes.set(message, at);
    at += message.length;
  }
  words.sort();
  let count = 0;
  for (let i = 1; i < words.length; i++) if (words[i] === words[i - 1]) count++;
  return count;
};

const columnsUniform = (columns: readonly Column[], where: string): void => {
  for (const { bytes, length, name, kind } of columns)
    if (kind !== 'bytes' && length >= LEAST)
      uniform(bytes.slice(0, Math.floor(length / 8) * 8), `${where}: ${name}`);
};

const check = (made: Made, again: Made, entry: Entry, of: number, where: string): void => {
  const [heard, later] = [made.sent[of]!, again.sent[of]!];
  heard.forEach((message, i) => {
    uniform(message, `${where}, message ${i}`);
    // The same choices and worths a second time: nothing of the first can be taken off.
    uniform(xor(message, later[i]!), `${where}, message ${i} of two runs`);
  });
  assert.is(repeated([...heard, ...later, ...made.sent[1 - of]!]), 0, `${where}: words that stand twice`);
  // Messages of one length: streams of no two are the same.
  heard.slice(1).forEach((message, i) => {
    if (message.length === heard[i]!.length)
      uniform(xor(message, heard[i]!), `${where}, messages ${i} and before`);
  });
  for (const opened of made.openings) {
    if (opened.from === undefined || opened.from === of)
      columnsUniform(opened.shares[of]!, `${where}, what it sends`);
    if (!entry.known?.(opened)) columnsUniform(opened.sum, where);
  }
};

/** Gates whose shares are those of the operand's mask, which is no noise here. */
const OPERANDS: ReadonlySet<string> = new Set(['reveal']);

/** Gates that need nothing of the other party. */
const SILENT: ReadonlySet<string> = new Set(['input', 'reveal', 'hide', 'randomBits', 'truncate', 'scale']);

/** Gates of every kind of request; all of them in a long run. */
const SOME: ReadonlySet<string> = new Set<GateName>([
  'mul',
  'truncate',
  'truncateExact',
  'less',
  'borrow',
  'select',
  'and',
  'exponential',
  'shuffle',
]);

/** What either party sees of a gate whose transfers are in blocks of k bits. */
const look = async (name: GateName, k: BlockBits): Promise<void> => {
  for (const entry of ENTRIES[name]!) {
    if (entry.keys || name === 'guard') continue;
    for (const [of, byte] of [
      [0, 0],
      [1, 255],
      ...(LONG ? [[0, 255] as const, [1, 0] as const] : []),
    ] as const) {
      const where = `${name}, k = ${k}, rank ${of} holds ${byte}`;
      const gated = gatedOf(name, entry, of, byte);
      const [made, again] = [await runMade(gated, 7, 1, k), await runMade(gated, 8, 1, k)];
      assert.is(made.sent[of]!.length > 0, !SILENT.has(name), `${where}: messages`);
      if (!OPERANDS.has(name)) check(made, again, entry, of, where);
    }
  }
};

for (const name of GATE_NAMES.filter((one) => LONG || SOME.has(one)))
  test(`${name}: what either party sees is noise, whatever the other holds`, () => look(name, 4));

for (const k of BLOCK_BITS.filter((one) => one > 4))
  test(`less: the same with transfers in blocks of ${k} bits`, () => look('less', k));

for (const { sender, from, count } of halvesOf(N))
  test(`what rank ${1 - sender} reads of its entries is under a share of rank ${sender}, whatever it chooses`, async () => {
    const [entry] = ENTRIES.less as [Entry];
    const attrs = entry.attrs as object;
    const given = inputsOf(entry, 0, 0);
    const reader = 1 - sender;
    // The same numbers and the same streams of the reader: what it sends of what it has read differs by the sender's shares alone.
    const shares: Uint8Array[] = [];
    for (const change of [0, 0x5a]) {
      const seeds = seedsOf(2).map((seed, rank) =>
        rank === sender ? seed.map((byte) => byte ^ change) : seed,
      );
      const { openings } = await runMade({ name: 'less', field, attrs, given, seeds }, 7);
      const tree = openings.find((opened) => opened.kind === 'bits' && opened.from === undefined)!;
      shares.push(
        Uint8Array.from(
          tree.shares[reader]!.flatMap(({ bytes }) => [
            ...bytes.slice(from / 8, from / 8 + Math.floor(count / 8)),
          ]),
        ),
      );
    }
    uniform(xor(shares[0]!, shares[1]!), 'what two runs differ by');
  });

test('of the same inputs and shares a party sends something else each time, by streams of its own', async () => {
  for (const name of ['truncate', 'truncateExact', 'scaleExact', 'mul', 'select', 'less', 'and'] as const) {
    const entry = ENTRIES[name]!.at(-1)!;
    const attrs = typeof entry.attrs === 'function' ? entry.attrs(field, 2) : entry.attrs;
    const given = inputsOf(entry, 0, 0);
    const [first, second] = seedsOf(2) as [Uint8Array, Uint8Array];
    const others = [first, second].map((seed) => seed.map((byte) => byte ^ 0x5a)) as [Uint8Array, Uint8Array];
    const run = (seeds: readonly Uint8Array[]) => runMade({ name, field, attrs, given, seeds }, 7);
    const before = await run([first, second]);
    for (const [rank, seeds] of [
      [others[0], second],
      [first, others[1]],
    ].entries()) {
      const after = await run(seeds);
      before.openings.forEach((opened, i) => {
        if (opened.from !== undefined && opened.from !== rank) return;
        opened.shares[rank]!.forEach((column, j) => {
          const other = after.openings[i]!.shares[rank]![j]!;
          uniform(xor(column.bytes, other.bytes), `${name}: ${column.name} of rank ${rank}`);
        });
      });
    }
  }
});

test('the tests see what they are for: noise passes, and a pattern does not', () => {
  assert.ok(worstOf(randomBytes(1 << 15)) < LIMIT);
  const low = randomBytes(4096).map((b) => b | 1);
  for (const wrong of [new Uint8Array(4096), new Uint8Array(4096).fill(0x55), low])
    assert.ok(worstOf(wrong) > LIMIT);
  const once = randomBytes(64);
  assert.is(repeated([once, once]), 8);
});

test.run();
