import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntArray } from '../../src/ring/convert.ts';
import type { Field } from '../../src/ring/field.ts';
import {
  below,
  blank,
  eachLength,
  fields,
  get,
  getBits,
  LENGTHS,
  put,
  putBits,
  ring,
  same,
  scoped,
  signed,
  someBits,
  someWords,
  wrap,
} from './support.ts';

const test = suite('ring conversions');

/** round(x * 2^f), half to even, in exact arithmetic; undefined where x is not finite. */
const rounded = (x: number, f: number): bigint | undefined => {
  if (!Number.isFinite(x)) return undefined;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 2047n);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = exponent ? fraction | (1n << 52n) : fraction;
  const power = (exponent || 1) - 1075 + f;
  let magnitude: bigint;
  if (power >= 0) magnitude = mantissa << BigInt(power);
  else {
    const by = BigInt(-power);
    const half = 1n << (by - 1n);
    const rest = mantissa & ((1n << by) - 1n);
    magnitude = mantissa >> by;
    if (rest > half || (rest === half && magnitude & 1n)) magnitude++;
  }
  return x < 0 ? -magnitude : magnitude;
};

const fits = (x: bigint | undefined, field: Field): x is bigint =>
  x !== undefined && x >= -(1n << BigInt(field.bits - 1)) && x < 1n << BigInt(field.bits - 1);

const someNumber = (field: Field, f: number): number => {
  const sign = below(2) ? 1 : -1;
  const kind = below(8);
  if (kind === 0) return [0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1, 0.5, -0.5][below(8)]!;
  if (kind === 1) return (sign * (below(2000) + 0.5)) / 2 ** f;
  if (kind === 2) return sign * 2 ** (below(field.bits - 1) - f);
  const size = 2 ** (below(field.bits - 2) - f);
  return sign * size * (1 + below(2 ** 31) / 2 ** 31 + below(2 ** 21) / 2 ** 52);
};

test('encode and decode round once, half to even', () => {
  eachLength((field, n) => {
    for (const f of [0, field.fraction, field.bits - 2]) {
      const x = Float64Array.from({ length: n }, () => someNumber(field, f));
      const expected = [...x].map((value) => rounded(value, f));
      const dst = blank(field, n);
      const bad = ring.encode(dst, x, f);
      const at = expected.findIndex((word) => !fits(word, field));
      assert.is(bad, at, `${field.name} f=${f}`);
      const count = at < 0 ? n : at;
      same(
        get(dst).slice(0, count),
        expected.slice(0, count).map((word) => wrap(word!, field)),
        `encode ${field.name} f=${f}`,
      );
      const words = someWords(field, n).map((word) =>
        wrap(signed(word, field) >> BigInt(below(field.bits)), field),
      );
      const out = new Float64Array(n);
      ring.decode(out, put(field, words), f);
      same(
        [...out],
        words.map((word) => Number(signed(word, field)) / 2 ** f),
        `decode ${field.name} f=${f}`,
      );
    }
  });
});

test('decode rounds halves of long words to even', () => {
  const field = fields[2]!;
  for (let s = 53; s < 126; s++) {
    scoped(() => {
      const unit = 1n << BigInt(s - 53);
      const base = (1n << 126n) >> BigInt(126 - s);
      const words = [
        base + unit / 2n,
        base + unit + unit / 2n,
        base + unit / 2n + 1n,
        base + unit / 2n - 1n,
        -base - unit / 2n,
      ];
      const out = new Float64Array(words.length);
      ring.decode(
        out,
        put(
          field,
          words.map((word) => wrap(word, field)),
        ),
        0,
      );
      same([...out], words.map(Number), `2^${s}`);
    });
  }
});

test('encode where the fast way ends: around 2^31 and 2^51, at every place of four', () => {
  for (const field of fields)
    for (const edge of [2 ** 31, 2 ** 31 - 1, 2 ** 51, 2 ** 51 - 1])
      for (const off of [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1])
        for (const sign of [1, -1])
          for (let place = 0; place < 6; place++)
            scoped(() => {
              const x = Float64Array.of(0.5, 1.5, 2.5, -0.5, -1.5, -2.5);
              x[place] = sign * (edge + off);
              const expected = [...x].map((value) => rounded(value, 0)!);
              const dst = blank(field, 6);
              const what = `${field.name} ${x[place]} at ${place}`;
              const at = ring.encode(dst, x, 0);
              assert.is(
                at,
                expected.findIndex((word) => !fits(word, field)),
                what,
              );
              if (at < 0)
                same(
                  get(dst),
                  expected.map((word) => wrap(word, field)),
                  what,
                );
            });
});

test('encode names the first number that does not fit', () => {
  for (const field of fields) {
    const top = 2 ** (field.bits - 1);
    const f = field.fraction;
    const limit = top / 2 ** f;
    for (const bad of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      limit,
      1e300,
      -1e300,
      -limit * (1 + 2 ** -52),
    ]) {
      if (rounded(bad, f) === -BigInt(top)) continue;
      for (const n of [1, 3, 10, 40, 9000]) {
        scoped(() => {
          const x = new Float64Array(n).fill(1.5);
          const at = below(n);
          x[at] = bad;
          if (at + 1 < n) x[at + 1] = bad;
          assert.is(ring.encode(ring.alloc(field, n), x, f), at, `${field.name} ${bad} at ${at} of ${n}`);
        });
      }
    }
    const dst = put(field, [0n]);
    assert.is(ring.encode(dst, Float64Array.of(-limit), f), -1);
    assert.is(get(dst)[0], 1n << BigInt(field.bits - 1));
  }
  const long = new Float64Array(20000).fill(0.25);
  const arr = ring.alloc(fields[1]!, 20000);
  assert.is(ring.encode(arr, long, 18), -1);
  const back = new Float64Array(20000);
  ring.decode(back, arr, 18);
  assert.ok(back.every((x) => x === 0.25));
  ring.release(arr);
});

test('integers of every type', () => {
  const types = [
    Int8Array,
    Uint8Array,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
  ];
  for (const field of fields) {
    for (const type of types) {
      for (const n of [...LENGTHS, 20000]) {
        scoped(() => {
          const src = new type(n) as IntArray;
          const raw = new Uint8Array(src.buffer);
          for (let i = 0; i < raw.length; i++) raw[i] = below(4) ? below(256) : [0, 255, 127, 128][below(4)]!;
          const dst = blank(field, n);
          ring.encodeInt(dst, src);
          same(
            get(dst),
            Array.from(src as ArrayLike<number | bigint>, (x) => wrap(BigInt(x), field)),
            `${field.name} ${type.name}`,
          );
          const back = new type(n) as IntArray;
          ring.decodeInt(back, dst);
          if (src.BYTES_PER_ELEMENT <= field.bytes)
            same([...back], [...src], `${field.name} ${type.name} back`);
        });
      }
    }
  }
  const wide = BigInt64Array.of(-1n, 5n);
  const arr = ring.alloc(fields[0]!, 2);
  ring.encodeInt(arr, wide);
  const signedOut = new BigInt64Array(2);
  const unsignedOut = new BigUint64Array(2);
  ring.decodeInt(signedOut, arr);
  ring.decodeInt(unsignedOut, arr);
  assert.equal([...signedOut], [-1n, 5n]);
  assert.equal([...unsignedOut], [0xffffffffn, 5n]);
});

/** A random walk inside of `length` elements: offset and strides for the shape. */
const someWalk = (
  shape: number[],
  length: number,
  repeat: boolean,
): { offset: number; strides: number[] } => {
  const strides: number[] = [];
  let room = 1;
  const order = shape.map((_, i) => i).sort(() => below(3) - 1);
  for (const i of order) {
    strides[i] = repeat && below(4) === 0 ? 0 : room * (below(2) ? 1 : -1);
    if (strides[i] !== 0) room = Math.abs(strides[i]!) * shape[i]! + below(2);
  }
  const low = strides.reduce((sum, stride, i) => sum + Math.min(0, stride * (shape[i]! - 1)), 0);
  const high = strides.reduce((sum, stride, i) => sum + Math.max(0, stride * (shape[i]! - 1)), 0);
  return { offset: -low + below(Math.max(1, length - (high - low))), strides };
};

const indices = (shape: number[]): number[][] =>
  shape.reduce<number[][]>(
    (all, size) => all.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])),
    [[]],
  );

const reference = <T>(
  dst: T[],
  to: ReturnType<typeof someWalk>,
  src: readonly T[],
  from: ReturnType<typeof someWalk>,
  shape: number[],
): T[] => {
  for (const index of indices(shape)) {
    const at = (walk: typeof to): number =>
      index.reduce((sum, i, d) => sum + i * walk.strides[d]!, walk.offset);
    dst[at(to)] = src[at(from)]!;
  }
  return dst;
};

test('strided: transposes, reversals, broadcasts', () => {
  const shapes = [
    [],
    [1],
    [7],
    [40],
    [3, 4],
    [2, 3, 4],
    [5, 1, 9],
    [2, 2, 2, 2, 2, 2, 2, 2],
    [2, 1, 2, 2, 1, 2, 2, 2, 1, 2, 1, 2],
    [4, 33],
    [33, 4],
    [130, 3],
    [3, 130],
    [0, 4],
  ];
  for (const shape of shapes) {
    for (let round = 0; round < 12; round++) {
      scoped(() => {
        const length = 1200;
        const to = someWalk(shape, length, false);
        const from = someWalk(shape, length, true);
        for (const field of fields) {
          const [a, old] = [someWords(field, length), someWords(field, length)];
          const dst = put(field, old);
          ring.strided(dst, to.offset, to.strides, put(field, a), from.offset, from.strides, shape);
          same(get(dst), reference([...old], to, a, from, shape), `${field.name} [${shape}]`);
        }
        const [a, old] = [someBits(2, length), someBits(2, length)];
        const dst = putBits(old, length);
        ring.strided(dst, to.offset, to.strides, putBits(a, length), from.offset, from.strides, shape);
        getBits(dst).forEach((plane, p) => {
          same(plane, reference([...old[p]!], to, a[p]!, from, shape), `bits [${shape}]`);
        });
      });
    }
  }
  const a = ring.alloc(fields[0]!, 4);
  const b = ring.alloc(fields[0]!, 4);
  assert.throws(() => ring.strided(a, 0, [1], b, 1, [1], [4]), /outside/);
  assert.throws(() => ring.strided(a, 0, [1], b, 2, [-1], [4]), /outside/);
  assert.throws(() => ring.strided(a, 0, [1], a, 0, [1], [4]), /share memory/);
});

test.run();
