/** Products by lattices against products of ring words: two parties, three rings, elementwise and matrices, both strengths. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Factor, ProductRequest, ProductShape } from '../../src/making/cross-terms.ts';
import { productLengths } from '../../src/making/cross-terms.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import { LONG } from '../long.ts';
import { carried, expected, type Pair, pair, same, someShares } from './lattice-support.ts';

const test = suite('lattice products');
const fields = Object.values(FIELDS);
const NOBODY = [false, false] as const;

interface Asked {
  readonly field: Field;
  readonly shape: ProductShape;
  readonly zeros?: { readonly x?: readonly [boolean, boolean]; readonly y?: readonly [boolean, boolean] };
  readonly values?: { readonly x?: number; readonly y?: number };
  /** Both factors' shares are below 2^bits. */
  readonly bits?: { readonly x: number; readonly y: number };
}

/** Words of one value are the same wherever it is asked for. */
type Values = Map<number, readonly [RingArray, RingArray]>;

/** Words that a party may have: edges first, or nothing but zeros. */
const share = (ring: Ring, field: Field, n: number, zero: boolean): RingArray => {
  const a = someShares(ring, field, n);
  const { bytes } = field;
  if (zero) ring.zero(a);
  else
    [0, 255].forEach((byte, i) => {
      ring
        .u8(a)
        .subarray(i * bytes, (i + 1) * bytes)
        .fill(byte);
    });
  if (!zero && n > 4) {
    // The smallest signed word, and one.
    const most = ring
      .u8(a)
      .subarray(2 * bytes, 4 * bytes)
      .fill(0);
    most[bytes - 1] = 128;
    most[bytes] = 1;
  }
  return a;
};

const requests = ({ rings }: Pair, asked: readonly Asked[], values: Values = new Map()) =>
  asked.map(({ field, shape, zeros, bits, values: numbers }) => {
    const lengths = productLengths(shape);
    const factor = (side: 'x' | 'y', length: number): readonly [Factor, Factor] => {
      const zero = zeros?.[side] ?? NOBODY;
      const value = numbers?.[side];
      const own =
        (value === undefined ? undefined : values.get(value)) ??
        ([0, 1].map((i) => share(rings[i]!, field, length, zero[i]!)) as [RingArray, RingArray]);
      const width = bits?.[side];
      if (width !== undefined)
        own.forEach((a, i) => {
          rings[i]!.shr(a, a, field.bits - width);
        });
      if (value !== undefined) values.set(value, own);
      const of = (i: 0 | 1): Factor => ({
        own: own[i],
        zero,
        ...(value === undefined ? {} : { value }),
        ...(width === undefined ? {} : { bits: width }),
      });
      return [of(0), of(1)];
    };
    const [x, y] = [factor('x', lengths[0]), factor('y', lengths[1])];
    const of = (i: 0 | 1): ProductRequest => ({
      x: x[i],
      y: y[i],
      shape,
      out: someShares(rings[i]!, field, lengths[2]),
    });
    return [of(0), of(1)] as const;
  });

/** Makes a batch and checks it; returns the bytes that went each way. */
const check = async (
  both: Pair,
  asked: readonly Asked[],
  values?: Values,
): Promise<readonly [number, number]> => {
  const { rings, makers, ends } = both;
  const batch = requests(both, asked, values);
  const before = ends.map(({ sent }) => sent);
  await Promise.all(
    ([0, 1] as const).map((i) =>
      makers[i].make(
        batch.map((one) => one[i]),
        ends[i],
      ),
    ),
  );
  const [ring, other] = rings;
  batch.forEach(([mine, theirs], i) => {
    const here: ProductRequest = {
      x: { ...theirs.x, own: carried(ring, other, theirs.x.own) },
      y: { ...theirs.y, own: carried(ring, other, theirs.y.own) },
      shape: mine.shape,
      out: carried(ring, other, theirs.out),
    };
    const want = expected(ring, [mine, here]);
    ring.add(here.out, here.out, mine.out);
    same(ring.u8(here.out), ring.u8(want), `request ${i}: ${JSON.stringify(asked[i])}`);
  });
  return [ends[0].sent - before[0]!, ends[1].sent - before[1]!];
};

const elementwise = (length: number): ProductShape => ({ kind: 'elementwise', length });
const matmul = (m: number, k: number, n: number, batch = 1): ProductShape => ({
  kind: 'matmul',
  batch,
  m,
  k,
  n,
});

const common = await pair();

test('elementwise products of every length, in every ring', async () => {
  for (const field of fields)
    await check(
      common,
      [1, 2, 5, 16, 4096, 5000].map((length) => ({ field, shape: elementwise(length) })),
    );
});

test('products of complex numbers: both parts, of factors of any width, and each factor is encrypted once', async () => {
  const { rings, makers, ends } = common;
  for (const field of fields) {
    const width = field.bits / 2 - 2;
    for (const bits of [{ x: width, y: width }, undefined]) {
      const shape = elementwise(5000);
      const plain = await check(common, [{ field, shape, ...(bits && { bits }) }]);
      const [[mine, theirs]] = requests(common, [{ field, shape, ...(bits && { bits }) }]) as [
        readonly [ProductRequest, ProductRequest],
      ];
      const parts = rings.map((ring) => someShares(ring, field, 5000)) as [RingArray, RingArray];
      const before = ends.map(({ sent }) => sent);
      await Promise.all([
        makers[0].make([{ ...mine, real: parts[0] }], ends[0]),
        makers[1].make([{ ...theirs, real: parts[1] }], ends[1]),
      ]);
      const [ring, other] = rings;
      const x = carried(ring, other, theirs.x.own);
      const y = carried(ring, other, theirs.y.own);
      const there = { ...theirs, x: { ...theirs.x, own: x }, y: { ...theirs.y, own: y } };
      const whole = carried(ring, other, theirs.out);
      ring.add(whole, whole, mine.out);
      same(ring.u8(whole), ring.u8(expected(ring, [mine, there])), `${field.name}: the imaginary part`);
      ring.mul(x, x, mine.x.own);
      ring.mul(y, y, mine.y.own);
      ring.sub(x, x, y);
      const real = carried(ring, other, parts[1]);
      ring.add(real, real, parts[0]);
      same(ring.u8(real), ring.u8(x), `${field.name}: the real part`);
      const sum = (sent: readonly number[]): number => sent[0]! + sent[1]!;
      const sent = sum(ends.map((end, i) => end.sent - before[i]!));
      assert.ok(sent < 1.6 * sum(plain), `${sent} bytes for both parts, ${plain} for one`);
    }
  }
});

test('products of several rings in one batch, and an empty one', async () => {
  await check(common, [
    ...fields.map((field) => ({ field, shape: elementwise(7) })),
    { field: FIELDS.FM64, shape: elementwise(0) },
    { field: FIELDS.FM64, shape: matmul(0, 3, 2) },
    { field: FIELDS.FM64, shape: matmul(3, 0, 2) },
  ]);
  await check(common, []);
});

test('narrow factors take fewer bytes, and their products are right to the last bit', async () => {
  for (const field of fields) {
    const shape = elementwise(5000);
    const wide = await check(common, [{ field, shape }]);
    for (const [x, y] of [
      [1, 1],
      [field.bits / 4, field.bits / 4 - 1],
      [field.bits / 2, field.bits / 4],
    ] as const) {
      const narrow = await check(common, [{ field, shape, bits: { x, y } }]);
      if (field.bits > 32)
        assert.ok(narrow[0] < 0.8 * wide[0], `${field.name} ${x} ${y}: ${narrow} of ${wide}`);
    }
    await check(common, [
      { field, shape: matmul(3, 4, 2), bits: { x: 9, y: 6 } },
      { field, shape: elementwise(10), bits: { x: 9, y: 6 }, zeros: { x: [true, false] } },
      { field, shape: elementwise(10) },
    ]);
  }
});

test('shares that are zero by the program take no product', async () => {
  const field = FIELDS.FM64;
  const shape = elementwise(100);
  const one = await check(common, [
    { field, shape, zeros: { x: [false, true], y: [true, false] } },
    { field, shape, zeros: { x: [true, false], y: [false, true] } },
  ]);
  assert.ok(one[0] > 0 && one[1] > 0);
  const both = await check(common, [{ field, shape }]);
  assert.ok(one[0] + one[1] < 2 * (both[0] + both[1]));
  const none = await check(common, [
    { field, shape, zeros: { x: [true, false], y: [true, false] } },
    { field, shape: matmul(9, 9, 9), zeros: { x: [true, true] } },
  ]);
  assert.equal(none, [0, 0]);
});

test('products of matrices: of every form, in slots and in coefficients, batches, one side owned', async () => {
  for (const field of fields)
    await check(common, [
      { field, shape: matmul(1, 1, 1) },
      { field, shape: matmul(3, 4, 2, 3) },
      { field, shape: matmul(1, 700, 3) },
      { field, shape: matmul(40, 33, 17) },
      { field, shape: matmul(300, 1, 20) },
      { field, shape: matmul(20, 30, 25), zeros: { x: [false, true] } },
      { field, shape: matmul(30, 20, 25, 2), zeros: { y: [true, false] } },
    ]);
});

test('what was encrypted once serves all its products', async () => {
  const field = FIELDS.FM64;
  const values: Values = new Map();
  const product = (x: number, y: number): Asked => ({ field, shape: matmul(200, 40, 1), values: { x, y } });
  const first = await check(common, [product(100, 101)], values);
  // The second time the matrix is encrypted, and not what is smaller: there may be a third.
  await check(common, [product(100, 102)], values);
  const again = await check(common, [product(100, 103)], values);
  const both = await check(common, [product(100, 104), product(100, 105)], values);
  assert.ok(again[0] < 0.4 * first[0] && again[1] < 0.4 * first[1], `${again} of ${first}`);
  assert.ok(both[0] <= 2 * again[0] && both[1] <= 2 * again[1], `${both} of ${again}`);
  // Others of the same shape are others: at the same time, and after what was kept.
  await check(common, [product(106, 107), product(108, 107), product(106, 109)], values);
  await check(common, [product(108, 105), product(100, 107)], values);
  const long = (x: number, y: number): Asked => ({ field, shape: elementwise(9000), values: { x, y } });
  const all = await check(common, [long(110, 111)], values);
  const half = await check(common, [long(110, 112)], values);
  const down = await check(common, [long(110, 111), long(112, 110)], values);
  assert.ok(half[0] < 0.7 * all[0], `${half} of ${all}`);
  assert.ok(down[0] + down[1] < 1.4 * (all[0] + all[1]), `${down} of ${all}`);
  // A square encrypts one factor.
  const square = await check(
    common,
    [{ field, shape: elementwise(9000), values: { x: 120, y: 120 } }],
    values,
  );
  assert.ok(square[0] < 0.7 * all[0]);
});

test('operands that no longer fit are forgotten by both', async () => {
  const both = await pair('number', 2_000_000);
  const field = FIELDS.FM64;
  const values: Values = new Map();
  for (const [x, y] of [
    [1, 2],
    [3, 4],
    [1, 2],
    [5, 1],
    [2, 1],
    [3, 3],
  ] as const)
    await check(both, [{ field, shape: elementwise(5000), values: { x, y } }], values);
});

test('shares of the same products are fresh words, whoever answers', async () => {
  for (const field of [FIELDS.FM64, FIELDS.FM128])
    for (const shape of [elementwise(5000), matmul(40, 40, 40)]) {
      const both = await pair();
      const asked = requests(both, [{ field, shape }])[0]!;
      const seen: Set<string>[] = [new Set(), new Set()];
      for (let run = 0; run < 2; run++) {
        await Promise.all(([0, 1] as const).map((i) => both.makers[i].make([asked[i]], both.ends[i])));
        asked.forEach(({ out }, i) => {
          const text = Buffer.from(both.rings[i]!.u8(out)).toString('hex');
          for (let at = 0; at < text.length; at += field.bits / 4)
            seen[i]!.add(text.slice(at, at + field.bits / 4));
        });
      }
      // Equal words of 64 bits among 10,000 are there once in 4e11 times.
      for (const words of seen) assert.is(words.size, 2 * asked[0].out.length);
    }
});

test('both strengths', async () => {
  const strong = await pair('session');
  for (const field of LONG ? fields : [FIELDS.FM64])
    await check(strong, [
      { field, shape: elementwise(300) },
      { field, shape: matmul(20, 30, 20) },
    ]);
});

test('timers have their turns while a large product is made', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    await check(common, [{ field: FIELDS.FM128, shape: matmul(128, 128, 128) }]);
  } finally {
    clearInterval(timer);
  }
  assert.ok(turns > 2, `${turns} turns`);
});

test('memory comes back', async () => {
  const both = await pair();
  const shapes: Asked[] = [
    { field: FIELDS.FM64, shape: elementwise(100) },
    { field: FIELDS.FM64, shape: matmul(20, 30, 20) },
  ];
  await check(both, shapes);
  const used = both.rings.map(({ heap }) => heap.used);
  const outside = requests(both, shapes);
  const own = both.rings.map(({ heap }, i) => heap.used - used[i]!);
  assert.ok(own[0]! > 0);
  await Promise.all(
    ([0, 1] as const).map((i) =>
      both.makers[i].make(
        outside.map((one) => one[i]),
        both.ends[i],
      ),
    ),
  );
  both.rings.forEach(({ heap }, i) => {
    assert.is(heap.used, used[i]! + own[i]!);
  });
  both.makers.forEach((maker) => {
    maker.close();
  });
  both.rings.forEach(({ heap }, i) => {
    assert.ok(heap.used < used[i]!);
  });
});

test.run();
