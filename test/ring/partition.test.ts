/** The table of cut kernels: it knows every kernel, and the pieces of a call leave what the whole leaves. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelName } from '../../src/ring/kernels.ts';
import { ALIGN, costOf, grainOf, OTHERS, partitionBy, RULES } from '../../src/ring/partition.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { WorkQueue } from '../../src/ring/work-queue.ts';

const test = suite('ring partition');
const ring = await Ring.create();
const SLACK = 1 << 16;
const PIECE_NS = 6e4;

const bare = (name: string): string => name.replace(/(32|64|128)$/, '');

/** What arguments that do not move have to be: by place. The others are addresses of random words. */
const FIXED: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  shl: { 2: 13 },
  shr: { 2: 13 },
  sar: { 2: 13 },
  scale: { 3: 13 },
  scaleBy: { 3: 13 },
  mulGate: { 6: 1 },
  mulPublic: { 5: 1 },
  squareGate: { 4: 1 },
  selectAdd: { 6: 1 },
  encode: { 2: 2 ** 20 },
  decode: { 2: 2 ** -20 },
  encodeInt: { 3: 4, 4: 1 },
  stream: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [2 + i, 7 * i])),
  chacha20: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [2 + i, 7 * i])),
  decodeInt: { 3: 8, 4: 4, 5: 1 },
  digitSelect: { 4: 2048 },
  oneHot: { 2: 2048 },
  toPlanes: { 1: 256, 4: 16 },
  fromPlanes: { 2: 256, 3: 100, 5: 16 },
  runPlanes: { 1: 3, 3: 2048, 4: 0 },
  countUnequal: { 4: 1, 6: 8 },
  bitsAsBytes: {},
  pickBit: { 4: 16 },
  oneHotBytes: { 3: 8 },
  rangeTable: { 3: 16, 4: 3, 5: 1 },
  fourierEval: { 5: 5, 6: 2, 7: 30, 8: 30, 9: 16 },
  fourierDeal: { 3: 5, 4: 2, 5: 30, 6: 40, 7: 8 },
  exponentialEval: { 4: 8, 5: 12, 6: 10, 7: -3, 8: 25, 9: 4 },
  exponentialWindows: { 4: 8, 5: 12, 6: 10, 8: 2, 9: 4 },
  exponentialDeal: { 3: 8, 4: 12, 5: 10, 6: 12, 7: 16 },
  keysGen: { 1: 300, 6: 32, 9: 3 },
  keysEval: { 1: 128, 4: 300, 8: 3 },
  splineEval: { 5: 8, 6: 5, 7: 12, 8: 25, 9: 16 },
  splineDeal: { 3: 5, 4: 12, 5: 25, 6: 8 },
  dcfGen: { 1: 144, 6: 8, 7: 16, 8: 0 },
  dcfEval: { 3: 144, 7: 8, 8: 8, 9: 1, 10: 0 },
};

/** Elements: an odd number where no vector of bits is left open at the end. */
const lengthOf = (name: string): number =>
  ['digitSelect', 'oneHot', 'toPlanes', 'fromPlanes', 'runPlanes', 'not', 'andXor'].includes(name)
    ? 640
    : 1003;

/** The program dst = a, b ^= a, b ^= a & b on three planes of arrays, and where these are. */
const program = (at: number, base: number): void => {
  const words = new Uint32Array(ring.memory.buffer, at, 12);
  words.set([0, 2 << 24, 0, 0, 1, 1 << 24, 1 << 24, 0, 3, 1 << 24, 2 << 24, 1 << 24]);
  new Uint32Array(ring.memory.buffer, base, 3).set([base + 4096, base + 8192, base + 12288]);
};

test('every kernel is cut, or it is said why not', () => {
  const kernels = Object.entries(ring.kernels).filter(([, kernel]) => typeof kernel === 'function');
  const known = new Set([...RULES.keys(), ...Object.keys(OTHERS)]);
  for (const [name] of kernels) {
    const places = [name, bare(name)].filter((place) => known.has(place));
    assert.ok(places.length > 0, `${name} is in neither table`);
    assert.ok(places.length === 1 || places[0] === places[1], `${name} is in both tables`);
  }
  const names = new Set(kernels.flatMap(([name]) => [name, bare(name)]));
  for (const name of known) assert.ok(names.has(name), `there is no kernel ${name}`);
});

for (const [name, rule] of RULES) {
  test(`the pieces of ${name} leave what the whole leaves`, () => {
    const fixed = FIXED[bare(name)] ?? FIXED[name] ?? {};
    const n = lengthOf(name);
    const args = rule.steps.map((_, i) => fixed[i] ?? (i === rule.count ? n : 0));
    const extra = Math.max(
      ...rule.steps.map(({ by, times }) => times.reduce((all, i) => all * args[i]!, by) * n),
    );
    const blocks = rule.steps.map((_, i) =>
      i === rule.count || fixed[i] !== undefined ? undefined : ring.bytes(SLACK + Math.ceil(extra)),
    );
    blocks.forEach((block, i) => {
      if (block) args[i] = Math.ceil(block.ptr / 16) * 16;
    });
    const filled = (): void => {
      blocks.forEach((block, i) => {
        if (block) new Prg(ring, new Uint8Array(32).fill(3), 'wasm').fill(block, 5, i);
      });
      if (name === 'runPlanes') program(args[0]!, args[2]!);
      // Numbers that are in range.
      if (bare(name) === 'encode')
        new Float64Array(ring.memory.buffer, args[1]!, n).forEach((_, i, all) => {
          all[i] = (i - 500) / 7;
        });
      if (name === 'fourierEval')
        new Float64Array(ring.memory.buffer, args[3]!, 10).forEach((_, i, all) => {
          all[i] = Math.cos(i);
        });
      if (bare(name).startsWith('keys'))
        new Int32Array(ring.memory.buffer, args.at(-1)!, 7).set([8, 0, 4, 2, 1, 1003, 1]);
      // Two bands: of the first seven pieces, and of the last, which ends up 32 words farther on.
      if (name === 'exponentialWindows')
        new Float64Array(ring.memory.buffer, args[7]!, 16).set([
          0, -3, 20, 8, 0, 7, 0, 0, 128, 5, 2, 8, 7, 8, 3, 0,
        ]); // biome-ignore format: bands
    };
    const left = (): Uint8Array[] => blocks.flatMap((block) => (block ? [ring.u8(block).slice()] : []));
    filled();
    const before = left();
    ring.kernels[name as KernelName](...args);
    const want = left();
    assert.ok(
      want.some((bytes, i) => Buffer.compare(bytes, before[i]!) !== 0),
      'the kernel did nothing',
    );
    filled();
    const partition = partitionBy(rule, args, 3, costOf(rule, args) / 4);
    const pieces = Math.ceil(partition.total / partition.grain);
    assert.ok(pieces > 2, `${pieces} pieces`);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const queue = new WorkQueue(memory, 0, ring.kernels, 0);
    queue.write(Object.keys(ring.kernels).indexOf(name), args, partition);
    queue.open(pieces);
    for (let piece = pieces - 1; piece >= 0; piece--) queue.run(piece);
    assert.is(queue.failure(), undefined);
    for (const [i, bytes] of left().entries())
      assert.is(Buffer.compare(bytes, want[i]!), 0, `array ${i} of ${want.length} differs`);
    for (const block of blocks) if (block) ring.release(block);
  });
}

test('pieces cover every element, and are no shorter than what is worth a thread', () => {
  for (const [name, rule] of RULES) {
    for (const total of [50_000, 1e6 + 1, 1e9]) {
      for (const threads of [2, 3, 16, 64]) {
        const args = rule.steps.map(() => 16);
        args[rule.count] = total;
        const partition = partitionBy(rule, args, threads, PIECE_NS);
        const pieces = Math.ceil(partition.total / partition.grain);
        assert.ok(
          pieces >= 1 && pieces <= Math.min(64, 4 * threads),
          `${name}: ${pieces} pieces of ${total}`,
        );
        assert.is(partition.grain % ALIGN, 0);
        args[rule.count] = partition.grain;
        assert.ok(costOf(rule, args) >= PIECE_NS * 0.999, `${name}: ${costOf(rule, args)} ns a piece`);
      }
    }
  }
  assert.is(grainOf(100, 10, 2, 1), 13);
});

test.run();
