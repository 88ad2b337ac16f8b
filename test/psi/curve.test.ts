/** Points of Curve25519, four at a time: published vectors, and numbers of any size. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { SetMemory } from '../../src/ring/set-memory.ts';
import { suite } from '../link/helpers.ts';

const test = suite('psi/curve');
const P = (1n << 255n) - 19n;
const A = 486662n;

const power = (base: bigint, exponent: bigint): bigint => {
  let [out, b] = [1n, base % P];
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) out = (out * b) % P;
    b = (b * b) % P;
  }
  return out;
};

/** RFC 9380, section 6.7.1, with Z = 2 and without y. */
const elligator = (u: bigint): bigint => {
  const w = ((P - A) * power(1n + 2n * u * u, P - 2n)) % P;
  const square = power(w * w * w + A * w * w + w, (P - 1n) / 2n) === 1n;
  return square ? w : (2n * P - w - A) % P;
};

/** RFC 7748's ladder. */
const times = (k: bigint, u: bigint): bigint => {
  let [x2, z2, x3, z3] = [1n, 0n, u, 1n];
  for (let t = 254n; t >= 0n; t--) {
    const bit = (k >> t) & 1n;
    if (bit) [x2, z2, x3, z3] = [x3, z3, x2, z2];
    const [a, b, c, d] = [x2 + z2, x2 - z2, x3 + z3, x3 - z3].map((v) => ((v % P) + P) % P) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const [aa, bb, da, cb] = [(a * a) % P, (b * b) % P, (d * a) % P, (c * b) % P];
    const e = (aa - bb + P) % P;
    x3 = ((da + cb) * (da + cb)) % P;
    z3 = (u * (((da - cb) * (da - cb)) % P)) % P;
    x2 = (aa * bb) % P;
    z2 = (e * (aa + 121665n * e)) % P;
    if (bit) [x2, z2, x3, z3] = [x3, z3, x2, z2];
  }
  return (x2 * power(z2, P - 2n)) % P;
};

const bytesOf = (x: bigint): Uint8Array => Buffer.from(x.toString(16).padStart(64, '0'), 'hex').reverse();
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

const kernel = async (name: 'maskElements' | 'maskPoints') => {
  const memory = await SetMemory.create();
  const [scalar, from, to] = [memory.take(32), memory.take(32 * 16), memory.take(32 * 16)];
  return (k: Uint8Array, given: readonly Uint8Array[]) => {
    memory.bytes(scalar, 32).set(k);
    for (const [i, bytes] of given.entries()) memory.bytes(from + 32 * i, 32).set(bytes);
    const good = memory.kernels[name](to, from, given.length, scalar);
    return { good, out: given.map((_, i) => memory.bytes(to + 32 * i, 32).slice()) };
  };
};

test('multiples are those of RFC 7748, section 5.2', async () => {
  const mask = await kernel('maskPoints');
  const vectors = [
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ] as const;
  for (const [k, u, want] of vectors) {
    const scalar = Buffer.from(k, 'hex');
    scalar[0]! &= 248;
    scalar[31] = (scalar[31]! & 127) | 64;
    const { out } = mask(scalar, [Buffer.from(u, 'hex')]);
    assert.is(Buffer.from(out[0]!).toString('hex'), want);
  }
});

test('elements are mapped as in RFC 9380, appendix J.4.2, and by the formula', async () => {
  const mask = await kernel('maskElements');
  const one = bytesOf(1n);
  const u = BigInt('0x608d892b641f0328523802a6603427c26e55e6f27e71a91a478148d45b5093cd');
  const x = BigInt('0x51125222da5e763d97f3c10fcc92ea6860b9ccbbd2eb1285728f566721c1e65b');
  assert.is(elligator(u), x);
  assert.is(numberOf(mask(one, [bytesOf(u)]).out[0]!), x);
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: (1n << 255n) - 1n }), { minLength: 1, maxLength: 9 }),
      (us) => {
        assert.equal(
          mask(one, us.map(bytesOf)).out.map(numberOf),
          us.map((v) => elligator(v % P)),
        );
      },
    ),
    { seed: 6, numRuns: 40, examples: [[[0n, 1n, P - 1n, P, P + 1n, (1n << 255n) - 1n]]] },
  );
});

test('multiples of any points, at limbs of any size, are those of numbers', async () => {
  const mask = await kernel('maskPoints');
  const limbs = fc.oneof(
    fc.constant(0n),
    fc.constant((1n << 255n) - 1n),
    fc.bigInt({ min: 0n, max: (1n << 255n) - 1n }),
  );
  fc.assert(
    fc.property(limbs, fc.array(limbs, { minLength: 1, maxLength: 6 }), (k, us) => {
      assert.equal(
        mask(bytesOf(k), us.map(bytesOf)).out.map(numberOf),
        us.map((u) => times(k, u % P)),
      );
    }),
    { seed: 7, numRuns: 30 },
  );
});

test('in either order two numbers give the same; points of small order are found', async () => {
  const [map, mask] = [await kernel('maskElements'), await kernel('maskPoints')];
  const [a, b] = [8n * 123456789n ** 7n, 8n * 987654321n ** 7n].map((k) => bytesOf(k % (1n << 255n))) as [
    Uint8Array,
    Uint8Array,
  ];
  const us = [5n, 6n, 7n, 8n, 9n].map(bytesOf);
  assert.equal(mask(b, map(a, us).out), mask(a, map(b, us).out));
  for (const small of [0n, 1n, P - 1n, P]) assert.is(mask(a, [us[0]!, bytesOf(small)]).good, 0);
  assert.is(mask(a, us).good, 1);
});

test.run();
