/** Kernels of polynomials against their definition, on big integers. */
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { FRACTION_LIMBS, Polynomials, packedBytes, packingRoom } from '../../src/ring/polynomials.ts';
import { Prg } from '../../src/ring/prg.ts';
import { blank, fields, get, put, ring, scoped, someWords } from './support.ts';

const test = suite('ring polynomials');
const rows = await Polynomials.on(ring);
const { FM32 } = FIELDS;

/** Primes 1 mod 2^15, of the largest kind that ciphertexts and plain numbers have. */
const [Q, T] = [94863361, 268369921];

const bytesOf = (length: number, seed: number) => {
  const bytes = ring.bytes(length);
  new Prg(ring, new Uint8Array(32).fill(seed)).fill(bytes, 1, seed);
  return bytes;
};
/** n numbers uniform mod p. */
const uniform = (n: number, p: number, seed: number): RingArray => {
  const words = ring.alloc(FM32, n);
  assert.is(rows.uniform(words, bytesOf(5 * n + 400, seed), n, p), n);
  return words;
};
const numbers = (a: RingArray): number[] => [...new Uint32Array(ring.memory.buffer, a.ptr, a.length)];
const mod = (x: bigint, p: number): bigint => ((x % BigInt(p)) + BigInt(p)) % BigInt(p);
const inverse = (x: bigint, p: number): bigint => {
  let [result, square, e] = [1n, mod(x, p), BigInt(p) - 2n];
  for (; e; e >>= 1n) {
    if (e & 1n) result = mod(result * square, p);
    square = mod(square * square, p);
  }
  return result;
};
const R = 1n << 32n;

test('a product of transforms is the product of polynomials mod X^n + 1', () => {
  for (const [n, p] of [
    [16, Q],
    [32, T],
    [64, Q],
    [128, T],
    [256, 12289],
    [512, T],
  ] as const) {
    scoped(() => {
      const table = rows.tables(n, p);
      const [a, b] = [uniform(n, p, n), uniform(n, p, n + 1)];
      const want = new Array<bigint>(n).fill(0n);
      const [x, y] = [numbers(a), numbers(b)];
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          const term = BigInt(x[i]!) * BigInt(y[j]!);
          want[(i + j) % n]! += i + j < n ? term : -term;
        }
      rows.forward(a, table, p);
      rows.forward(b, table, p);
      const product = rows.alloc(n);
      if (p < 1 << 27) {
        rows.scale(a, a, 1, p);
        rows.dot(product, a, n, b, n, 1, p);
        rows.backward(product, table, p);
        rows.scale(product, product, Number(mod(R * inverse(BigInt(n), p), p)), p);
      } else {
        rows.scale(a, a, 1, p);
        rows.scale(b, b, 1, p);
        const both = numbers(a).map((v, i) => Number(mod(BigInt(v) * BigInt(numbers(b)[i]!), p)));
        ring.u8(product).set(new Uint8Array(Uint32Array.from(both).buffer));
        rows.backward(product, table, p);
        rows.scale(product, product, Number(inverse(BigInt(n), p)), p);
      }
      assert.equal(
        numbers(product),
        want.map((v) => Number(mod(v, p))),
        `n = ${n}, p = ${p}`,
      );
    });
  }
});

test('transforms there and back, from edges, at the sizes in use; a known answer', () => {
  for (const n of [4096, 8192, 16384])
    for (const p of [Q, T].filter((q) => q % (2 * n) === 1))
      scoped(() => {
        const table = rows.tables(n, p);
        const most = rows.alloc(n);
        ring.u8(most).set(new Uint8Array(new Uint32Array(n).fill(p - 1).buffer));
        for (const a of [uniform(n, p, n), most]) {
          const before = numbers(a);
          rows.forward(a, table, p);
          assert.ok(numbers(a).every((v) => v < 12 * p));
          rows.scale(a, a, 1, p);
          rows.backward(a, table, p);
          assert.ok(numbers(a).every((v) => v < 2 * p));
          rows.scale(a, a, Number(inverse(BigInt(n), p)), p);
          assert.equal(numbers(a), before);
        }
      });
  scoped(() => {
    const table = rows.tables(4096, Q);
    const a = uniform(4096, Q, 7);
    rows.forward(a, table, Q);
    rows.scale(a, a, 1, Q);
    const digest = createHash('sha256').update(ring.u8(a)).digest('hex').slice(0, 16);
    assert.is(digest, KNOWN);
  });
});
const KNOWN = 'b12d3232f5952adb';

test('a short polynomial is transformed from its repetition', () => {
  for (const block of [16, 64, 512, 2048])
    scoped(() => {
      const n = 4096;
      const table = rows.tables(n, Q);
      const short = uniform(n, Q, block);
      ring.u8(short).fill(0, block * 4);
      const all = rows.alloc(n);
      ring.copy(all, short);
      rows.forward(all, table, Q);
      rows.repeat(short, block);
      rows.forward(short, table, Q, n / block);
      rows.scale(all, all, 1, Q);
      rows.scale(short, short, 1, Q);
      assert.equal(numbers(short), numbers(all));
    });
});

test('sums of products, scaling, adding, lifting, picking', () => {
  scoped(() => {
    const [n, count] = [32, 128];
    const [a, b] = [uniform(n * count, Q, 1), uniform(n * count, Q, 2)];
    ring.u8(a).set(new Uint8Array(new Uint32Array(n * count).fill(Q - 1).buffer), 0);
    ring.u8(b).set(new Uint8Array(new Uint32Array(count * 8).fill(12 * Q - 1).buffer), 0);
    const [x, y, d] = [numbers(a), numbers(b), rows.alloc(n)];
    for (const some of [1, 2, 7, 128]) {
      rows.dot(d, a, n, b, n, some, Q);
      const want = numbers(d).map((_, i) => {
        let sum = 0n;
        for (let j = 0; j < some; j++) sum += BigInt(x[j * n + i]!) * BigInt(y[j * n + i]!);
        return Number(mod(sum * inverse(R, Q), Q));
      });
      assert.equal(numbers(d), want, `${some}`);
    }
    const [e, f] = [a.view(n, n), b.view(1200, n)];
    rows.add(d, f, f, Q);
    assert.equal(
      numbers(d),
      numbers(f).map((v) => (2 * v) % Q),
    );
    rows.subtract(d, e, f, Q);
    assert.equal(
      numbers(d),
      numbers(e).map((v, i) => (v - numbers(f)[i]! + Q) % Q),
    );
    rows.addScaled(d, e, f, 77, Q);
    const sums = numbers(e).map((v, i) => Number(mod(BigInt(v) + 77n * BigInt(numbers(f)[i]!), Q)));
    assert.ok(numbers(d).every((v) => v < 4 * Q));
    assert.equal(
      numbers(d).map((v) => v % Q),
      sums,
    );
    rows.lift(d, f, Q, 5 * Q);
    assert.equal(
      numbers(d),
      numbers(f).map((v) => 5 * Q + (v > Q / 2 ? v - Q : v)),
    );
    rows.pick(d, a, 3, 5);
    assert.equal(
      numbers(d),
      numbers(d).map((_, i) => x[3 + 5 * i]!),
    );
  });
});

test('rounding by a prime: to the nearest, and under a mask', () => {
  scoped(() => {
    const n = 4096;
    const [p, dropped] = [Q, 94273537];
    // v = low + dropped high, known mod both.
    const [low, high] = [uniform(n, dropped, 3), uniform(n, p, 4)];
    const [v, r] = [rows.alloc(n), uniform(n, dropped, 5)];
    const known = (): void => rows.addScaled(v, low, high, dropped % p, p);
    for (const mask of [r, undefined]) {
      known();
      rows.scale(v, v, 1, p);
      const half = rows.alloc(n);
      ring.u8(half).set(new Uint8Array(new Uint32Array(n).fill((dropped - 1) / 2).buffer));
      const used = mask ?? half;
      const d = rows.alloc(n);
      rows.remainder(d, low, used, dropped);
      rows.divide(v, d, Number(inverse(BigInt(dropped), p)), dropped, p);
      const [l, h, m] = [numbers(low), numbers(high), numbers(used)];
      assert.equal(
        numbers(v),
        h.map((x, i) => (x + (l[i]! + m[i]! >= dropped ? 1 : 0)) % p),
      );
    }
  });
});

test('words to numbers mod a prime and back, at their edges', () => {
  for (const field of fields)
    for (const p of [Q, T])
      scoped(() => {
        const k = BigInt(field.bits);
        const count = field.bits / 32;
        const edges = [0n, 1n, (1n << k) - 1n, 1n << (k - 1n), (1n << (k - 1n)) - 1n];
        const words = [...edges, ...someWords(field, 64 - edges.length)];
        const planes = rows.alloc(64, count);
        rows.split(planes, put(field, words));
        const factor = 12345n;
        const weights = Array.from({ length: count }, (_, j) => mod((factor << BigInt(32 * j)) * R, p));
        weights.push(mod(-(factor << (k - 1n)) * R, p));
        const w = put(FM32, weights);
        const d = rows.alloc(64);
        rows.reduce(d, planes, w, p);
        assert.ok(numbers(d).every((v) => v < 2 * p));
        assert.equal(
          numbers(d).map((v) => v % p),
          words.map((v) => Number(mod(BigInt.asIntN(field.bits, v) * factor, p))),
        );
      });
});

test('sums of fractions to words: rounded to the nearest, whatever the ring', () => {
  for (const field of fields)
    scoped(() => {
      const k = BigInt(field.bits);
      const limbs = field.bits / 32 + FRACTION_LIMBS;
      const fraction = BigInt(32 * FRACTION_LIMBS);
      for (const count of [1, 3, 15]) {
        const weights = Array.from({ length: count }, (_, j) => (1n << (k + fraction)) / BigInt(T - 2 * j));
        const w = put(
          FM32,
          weights.flatMap((v) =>
            Array.from({ length: limbs }, (_, l) => (v >> BigInt(32 * l)) & 0xffffffffn),
          ),
        );
        const planes = uniform(64 * count, T, count);
        ring.u8(planes).set(new Uint8Array(new Uint32Array(64).fill(2 ** 28 - 1).buffer), 0);
        const x = numbers(planes);
        const d = blank(field, 64);
        rows.join(d, planes, w);
        const want = Array.from({ length: 64 }, (_, i) => {
          let sum = 1n << (fraction - 1n);
          for (let j = 0; j < count; j++) sum += BigInt(x[j * 64 + i]!) * weights[j]!;
          return BigInt.asUintN(field.bits, sum >> fraction);
        });
        assert.equal(get(d), want);
      }
    });
});

test('numbers of two primes, scaled to a third and rounded', () => {
  scoped(() => {
    const [q0, q1] = [Q, 94273537];
    const n = 64;
    const [a, b, d] = [uniform(n, q0, 8), uniform(n, q1, 9), rows.alloc(n)];
    const [w0, w1] = [inverse(BigInt(q1), q0), inverse(BigInt(q0), q1)];
    rows.round(d, [a, b], [Number(w0), Number(w1)], [q0, q1], T);
    const product = BigInt(q0) * BigInt(q1);
    const [x, y] = [numbers(a), numbers(b)];
    const want = x.map((v, i) => {
      const whole = (BigInt(v) * w0 * BigInt(q1) + BigInt(y[i]!) * w1 * BigInt(q0)) % product;
      return Number(mod((2n * whole * BigInt(T) + product) / (2n * product), T));
    });
    assert.equal(numbers(d), want);
  });
});

test('random numbers: which bytes are taken, and how they are spread', () => {
  scoped(() => {
    const n = 65536;
    const p = 94863361;
    const random = bytesOf(5 * n, 11);
    const words = new Uint32Array(ring.u8(random).slice().buffer);
    const limit = Math.floor(0xffffffff / p) * p;
    const want = [...words]
      .filter((v) => v < limit)
      .slice(0, n)
      .map((v) => v % p);
    const d = ring.alloc(FM32, n);
    assert.is(rows.uniform(d, random, n, p), n);
    assert.equal(numbers(d), want);
    assert.is(rows.uniform(d, random, 10, p), 10);

    const small = bytesOf(n, 12);
    const trits = [...ring.u8(small)].filter((v) => v < 255).map((v) => ((v % 3) - 1) >>> 0);
    const count = rows.ternary(d, small, n);
    assert.is(count, trits.length);
    assert.equal(numbers(d.view(0, count)), trits);

    const noisy = bytesOf(6 * n, 13);
    const e = ring.alloc(FM32, n);
    rows.noise(e, noisy);
    const values = numbers(e).map((v) => v | 0);
    const mean = values.reduce((x, y) => x + y, 0) / n;
    const variance = values.reduce((x, y) => x + y * y, 0) / n;
    // Six standard deviations of the mean (0.0135 each) and of the variance (0.066): missed once in 5e8.
    assert.ok(Math.abs(mean) < 0.082, `mean ${mean}`);
    assert.ok(Math.abs(variance - 12) < 0.4, `variance ${variance}`);
    assert.ok(values.every((v) => Math.abs(v) <= 24));
  });
});

test('on the wire: packed, and refused where a number is too large', () => {
  scoped(() => {
    const n = 96;
    const [a, b, room] = [uniform(n, Q, 21), rows.alloc(n), ring.bytes(packingRoom(n))];
    const bytes = new Uint8Array(packedBytes(n) + 7);
    assert.is(rows.pack(bytes, 7, a, room), packedBytes(n));
    let all = 0n;
    numbers(a).forEach((v, i) => {
      all |= BigInt(v) << BigInt(27 * i);
    });
    assert.equal(
      [...bytes.subarray(7)],
      [...bytes.subarray(7)].map((_, i) => Number((all >> BigInt(8 * i)) & 255n)),
    );
    rows.unpack(b, bytes, 7, Q, room);
    assert.equal(numbers(b), numbers(a));
    for (const [value, at] of [
      [Q, 0],
      [Q, n - 1],
      [0x7ffffff, 31],
    ] as const) {
      const wrong = rows.alloc(n);
      ring.copy(wrong, a);
      new Uint32Array(ring.memory.buffer, wrong.ptr, n)[at] = value;
      rows.pack(bytes, 7, wrong, room);
      assert.throws(() => rows.unpack(b, bytes, 7, Q, room), /not below its modulus/);
    }
    assert.throws(() => rows.unpack(b, bytes, 8, Q, room), /is not in/);
    assert.throws(() => rows.unpack(b, bytes, 0, Q, ring.bytes(8)), /not packed/);
  });
});

test('arrays of other lengths and fields are refused, and so are sizes without a transform', () => {
  scoped(() => {
    const [a, b] = [rows.alloc(32), rows.alloc(48)];
    assert.throws(() => rows.add(a, a, b, Q), /32 words of FM32, not 48/);
    assert.throws(() => rows.scale(a, ring.alloc(FIELDS.FM64, 32), 1, Q), /FM64/);
    assert.throws(() => rows.forward(a, b, Q), /128 words/);
    assert.throws(() => rows.tables(24, Q), /no transform/);
    assert.throws(() => rows.tables(4096, 12289), /no transform/);
    assert.throws(() => rows.dot(a, a, 32, a, 32, 2, Q), /64 words/);
    assert.throws(() => rows.repeat(b, 32), /blocks of 32/);
    assert.throws(() => rows.scale(rows.alloc(8), rows.alloc(8), 1, Q), /multiple of 16/);
    ring.release(a);
    assert.throws(() => rows.add(a, a, a, Q), /released/);
  });
});

test.run();
