/** @file The codec: what goes in comes out, what may not pass does not, and no input does harm. */
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { controlCodec, createCodec } from '../../src/link/codec.ts';
import { TypeRegistry } from '../../src/link/types.ts';
import { suite } from './helpers.ts';

const test = suite('link/codec');
const codec = createCodec();
const round = (value: unknown, via = codec) => via.decode(via.encode(value));

const refusal = (run: () => unknown): TesseraError => {
  try {
    run();
  } catch (error) {
    assert.instance(error, TesseraError);
    assert.is((error as TesseraError).code, 'SERIALIZATION');
    return error as TesseraError;
  }
  throw new Error('expected a refusal');
};

test('plain values come back as they were', () => {
  const values: unknown[] = [
    0,
    -0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    0.1,
    Number.NaN,
    Infinity,
    -Infinity,
    1e-320,
    '',
    'ü😀',
    'x'.repeat(70_000),
    true,
    false,
    null,
    undefined,
    0n,
    -1n,
    2n ** 200n,
    -(2n ** 64n),
    [],
    {},
    [[[]]],
    { a: 1, b: [{ c: null }] },
    { '1': 'a', '0': 'b' },
    new Date(1e12),
    new Map<unknown, unknown>([
      [1, 'a'],
      ['b', new Map()],
    ]),
    new Set([1, '2', null]),
    { constructor: 1, toJSON: 'x' },
    { hasOwnProperty: 1, prototype: {} },
  ];
  for (const value of values) assert.equal(round(value), value);
  assert.ok(Object.is(round(-0), -0));
});

test('every kind of typed array, small and large, at any alignment', () => {
  const kinds = [
    Uint8Array,
    Uint8ClampedArray,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    BigUint64Array,
    BigInt64Array,
    Float32Array,
    Float64Array,
  ];
  for (const kind of kinds) {
    for (const length of [0, 3, 5000]) {
      const array = new kind(length);
      new Uint8Array(array.buffer).set(Array.from({ length: array.byteLength }, (_, i) => (i * 7) % 63));
      const back = round({ pad: 'x', array, again: array }) as { array: typeof array; again: typeof array };
      assert.is(back.array.constructor, kind);
      assert.equal(back.array, array);
      assert.equal(back.again, array);
      if (length > 0)
        assert.is.not(
          back.again.buffer === back.array.buffer && back.again.byteOffset === back.array.byteOffset,
          true,
        );
    }
  }
  const encoded = codec.encode(Float64Array.from({ length: 100 }, (_, i) => i / 3));
  const moved = new Uint8Array(encoded.byteLength + 3);
  moved.set(encoded, 3);
  assert.equal(
    codec.decode(moved.subarray(3)),
    Float64Array.from({ length: 100 }, (_, i) => i / 3),
  );
  assert.equal(
    codec.decode(Buffer.from(encoded)),
    Float64Array.from({ length: 100 }, (_, i) => i / 3),
  );
});

test('bytes are little-endian on the wire', () => {
  const bytes = codec.encode(Uint32Array.from({ length: 200 }, () => 0x01020304));
  assert.equal([...bytes.subarray(-4)], [4, 3, 2, 1]);
});

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}
const pointType = {
  module: 'geo',
  name: 'Point',
  test: (v: unknown) => v instanceof Point,
  encode: (p: Point) => ({ x: p.x }),
  decode: (data: unknown) => {
    const { x } = data as { x: unknown };
    if (typeof x !== 'number') throw new Error('no x');
    return new Point(x);
  },
};
const types = new TypeRegistry();
types.register(pointType);

test('registered types pass, unregistered classes do not', () => {
  const back = round([new Point(3)], createCodec({ types })) as Point[];
  assert.instance(back[0], Point);
  assert.is(back[0]!.x, 3);
  assert.match(refusal(() => codec.encode({ deep: [new Point(1)] })).message, 'value.deep[0] is a Point');
  assert.match(refusal(() => codec.decode(createCodec({ types }).encode(new Point(1)))).message, 'geo:Point');
  const forged = createCodec({
    types: Object.assign(new TypeRegistry(), { find: () => ({ ...pointType, encode: () => ({ x: 'a' }) }) }),
  });
  refusal(() => createCodec({ types }).decode(forged.encode(new Point(1))));
});

test("the allow-list has the guide's form and fails closed in both directions", () => {
  const open = createCodec({ types });
  const list = (allowed: Record<string, string[] | '*'>) => createCodec({ types, allowed });
  const array = new Float32Array(4);
  for (const allowed of [{ geo: ['Point'] }, { geo: ['*'] }, { geo: '*' as const }, { '*': ['*'] }]) {
    assert.instance(round(new Point(1), list(allowed)), Point);
  }
  for (const allowed of [
    {},
    { geo: [] },
    { ge: ['*'] },
    { geo: ['Poin'] },
    { 'geo.sub': ['*'] },
    { Geo: ['*'] },
    { toString: ['*'] },
  ]) {
    refusal(() => list(allowed).encode(new Point(1)));
    refusal(() => list(allowed).decode(open.encode(new Point(1))));
    refusal(() => list(allowed).encode(array));
    refusal(() => list(allowed).decode(open.encode(array)));
    assert.equal(round({ plain: [1, 'a', new Uint8Array(3)] }, list(allowed)), {
      plain: [1, 'a', new Uint8Array(3)],
    });
  }
  // The guide's own list lets arrays of numbers pass.
  assert.equal(round(array, list({ 'numpy.core.numeric': ['*'], numpy: ['dtype'] })), array);
  assert.equal(round(array, list({ tessera: ['Float32Array'] })), array);
  assert.throws(() => createCodec({ allowed: { a: 5 as unknown as string[] } }), /neither a list/);
});

test('control messages are never in the way of an allow-list, and are small', () => {
  assert.equal(round({ code: 'X', op: 3 }, controlCodec), { code: 'X', op: 3 });
  refusal(() => controlCodec.encode('x'.repeat(2 << 20)));
  refusal(() => controlCodec.encode(new Point(1)));
});

test('what cannot be sent is refused with its path', () => {
  assert.match(refusal(() => codec.encode({ a: [() => 1] })).message, 'value.a[0] is a function');
  const loop: unknown[] = [];
  loop.push({ loop });
  assert.match(refusal(() => codec.encode(loop)).message, 'contains itself');
  let deep: unknown = 1;
  for (let i = 0; i < 70; i++) deep = [deep];
  assert.match(refusal(() => codec.encode(deep)).message, 'too deep');
  refusal(() => codec.encode(JSON.parse('{"__proto__": 1}')));
  refusal(() => createCodec({ limits: { maxItems: 10 } }).encode(new Array(11).fill(0)));
  refusal(() => createCodec({ limits: { maxBytes: 1000 } }).encode(new Float64Array(1000)));
});

/** A head as an attacker writes it. */
const message = (...head: number[]) => {
  const out = new Uint8Array(4 + head.length);
  new DataView(out.buffer).setUint32(0, head.length, true);
  out.set(head, 4);
  return out;
};

test('hostile heads are refused for what they are', () => {
  const text = (s: string) => [0x60 + s.length, ...new TextEncoder().encode(s)];
  const cases: [string, number[], RegExp][] = [
    ['prototype', [0x82, 0x80, 0xa1, ...text('__proto__'), 0xa1, 0x61, 0x78, 1], /__proto__/],
    ['non-text key', [0x82, 0x80, 0xa1, 1, 1], /not text/],
    ['huge array', [0x82, 0x80, 0x9a, 0xff, 0xff, 0xff, 0xff], /truncated/],
    ['huge map', [0x82, 0x80, 0xba, 0xff, 0xff, 0xff, 0xff], /truncated/],
    ['huge text', [0x82, 0x80, 0x7a, 0xff, 0xff, 0xff, 0xff], /truncated/],
    ['64-bit length', [0x82, 0x80, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0], /64-bit/],
    ['indefinite', [0x82, 0x80, 0x9f, 1, 0xff], /indefinite/],
    ['shared reference', [0x82, 0x80, 0xd8, 28, 0x81, 0xd8, 29, 0], /foreign tag 28/],
    ['record structure', [0x82, 0x80, 0xd9, 0xdf, 0xff, 0x80], /foreign tag/],
    ['regular expression', [0x82, 0x80, 0xd8, 27, 0x82, 1, 1], /foreign tag 27/],
    ['trailing bytes', [0x82, 0x80, 1, 1], /follow/],
    ['unknown simple', [0x82, 0x80, 0xf8, 99], /simple/],
    ['break', [0x82, 0x80, 0xff], /indefinite/],
    ['no segments', [0x01], /no head/],
    ['deep', [0x82, 0x80, ...new Array(5000).fill(0x81), 0], /deeper/],
    ['segment out of range', [0x82, 0x81, 0x19, 4, 0, 1], /truncated/],
  ];
  for (const [name, head, pattern] of cases) {
    assert.match(refusal(() => codec.decode(message(...head))).message, pattern, name);
  }
  assert.is(({} as Record<string, unknown>).x, undefined);
});

test('one segment cannot become two values', () => {
  const bytes = codec.encode([new Uint8Array(1000), new Uint8Array(1000)]);
  const text = new TextDecoder('latin1').decode(bytes);
  const second = text.indexOf('bytes', text.indexOf('bytes') + 1) + 5;
  assert.is(bytes[second], 1);
  bytes[second] = 0;
  assert.match(refusal(() => codec.decode(bytes)).message, 'points nowhere');
});

const mustBeTyped = (bytes: Uint8Array) => {
  try {
    codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
  }
};

test('1e5 random and mutated inputs: no crash, no hang, bounded memory', () => {
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => mustBeTyped(message(...bytes))),
    { numRuns: 40_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), mustBeTyped), { numRuns: 10_000 });
  const sample = codec.encode({
    n: [1, -2, 0.5, 2n ** 90n],
    t: 'text',
    m: new Map([[1, 'a']]),
    s: new Set([1]),
    d: new Date(0),
    f: new Float64Array(80),
    u: new Uint16Array(3),
    b: new Uint8Array(600),
  });
  const edits = fc.array(fc.tuple(fc.nat(220), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(edits, fc.nat(sample.length), (changes, cut) => {
      const bytes = sample.slice(0, cut % 3 === 0 ? cut : sample.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      mustBeTyped(bytes);
    }),
    { numRuns: 50_000 },
  );
  assert.ok(performance.now() - start < 60_000);
  assert.ok(process.memoryUsage().heapUsed - before < 256 << 20);
});

test('arbitrary data comes back equal', () => {
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    key: fc.string().filter((k) => k !== '__proto__'),
  });
  fc.assert(
    fc.property(value, (v) => {
      let bytes: Uint8Array;
      try {
        bytes = codec.encode(v);
      } catch (error) {
        if (error instanceof TesseraError) return;
        throw error;
      }
      assert.equal(codec.encode(codec.decode(bytes)), bytes);
    }),
    { numRuns: 3000 },
  );
});

test.run();
