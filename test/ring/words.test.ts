import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ring } from '../../src/ring/ring.ts';
import {
  blank,
  eachLength,
  fields,
  get,
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

const test = suite('ring words');

const binary = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
  xor: (a: bigint, b: bigint) => a ^ b,
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
};

for (const [name, op] of Object.entries(binary) as [
  keyof typeof binary,
  (a: bigint, b: bigint) => bigint,
][]) {
  test(`${name}, also in place`, () => {
    eachLength((field, n) => {
      const a = someWords(field, n);
      const b = someWords(field, n);
      const expected = a.map((x, i) => wrap(op(x, b[i]!), field));
      const [da, db, dst] = [put(field, a), put(field, b), blank(field, n)];
      ring[name](dst, da, db);
      same(get(dst), expected, `${name} ${field.name}`);
      same(get(da), a, 'the input');
      ring[name](da, da, db);
      same(get(da), expected, `${name} ${field.name} onto a`);
      ring[name](db, put(field, a), db);
      same(get(db), expected, `${name} ${field.name} onto b`);
    });
  });

  test(`${name} of any two words`, () => {
    for (const field of fields) {
      const word = fc.bigInt({ min: 0n, max: (1n << BigInt(field.bits)) - 1n });
      fc.assert(
        fc.property(word, word, (x, y) =>
          scoped(() => {
            const dst = blank(field, 1);
            ring[name](dst, put(field, [x]), put(field, [y]));
            assert.is(get(dst)[0], wrap(op(x, y), field));
          }),
        ),
      );
    }
  });
}

test('neg', () => {
  eachLength((field, n) => {
    const a = someWords(field, n);
    const dst = put(field, a);
    ring.neg(dst, dst);
    same(
      get(dst),
      a.map((x) => wrap(-x, field)),
      field.name,
    );
  });
});

test('shifts by every amount', () => {
  for (const field of fields) {
    for (let s = 0; s <= field.bits + 1; s++) {
      scoped(() => {
        const a = someWords(field, 7);
        const [src, dst] = [put(field, a), blank(field, 7)];
        const by = BigInt(s);
        ring.shl(dst, src, s);
        same(
          get(dst),
          a.map((x) => wrap(x << by, field)),
          `${field.name} shl ${s}`,
        );
        ring.shr(dst, src, s);
        same(
          get(dst),
          a.map((x) => x >> by),
          `${field.name} shr ${s}`,
        );
        ring.sar(dst, src, s);
        same(
          get(dst),
          a.map((x) => wrap(signed(x, field) >> by, field)),
          `${field.name} sar ${s}`,
        );
        ring.sar(src, src, s);
        same(get(src), get(dst), `${field.name} sar ${s} in place`);
      });
    }
  }
  eachLength((field, n) => {
    const a = someWords(field, n);
    const dst = blank(field, n);
    ring.shr(dst, put(field, a), 13);
    same(
      get(dst),
      a.map((x) => x >> 13n),
      `${field.name} shr`,
    );
    ring.sar(dst, put(field, a), 26);
    same(
      get(dst),
      a.map((x) => wrap(signed(x, field) >> 26n, field)),
      `${field.name} sar`,
    );
    ring.shl(dst, put(field, a), 3);
    same(
      get(dst),
      a.map((x) => wrap(x << 3n, field)),
      `${field.name} shl`,
    );
  });
});

test('scalars', () => {
  eachLength((field, n) => {
    const a = someWords(field, n);
    const s = someWords(field, 1);
    const dst = blank(field, n);
    ring.addScalar(dst, put(field, a), put(field, s));
    same(
      get(dst),
      a.map((x) => wrap(x + s[0]!, field)),
      `${field.name} add`,
    );
    ring.mulScalar(dst, put(field, a), put(field, s));
    same(
      get(dst),
      a.map((x) => wrap(x * s[0]!, field)),
      `${field.name} mul`,
    );
  });
});

test('scale: all bits of the product, the size rounded down', () => {
  const size = (x: bigint): bigint => (x < 0n ? -x : x);
  eachLength((field, n) => {
    const a = someWords(field, n);
    const dst = blank(field, n);
    for (const s of [0, 1, 13, field.bits / 2, field.bits - 1]) {
      for (const count of n === 1 ? [1] : [1, n]) {
        const factors = someWords(field, count).map((x, i) =>
          i % 3 === 0 ? x : x >> BigInt(field.bits / 2),
        );
        for (const asSigned of [false, true]) {
          ring.scale(dst, put(field, a), put(field, factors), s, asSigned);
          const want = a.map((x, i) => {
            const p = signed(factors[count === 1 ? 0 : i]!, field);
            const scaled = ((asSigned ? signed(x, field) : x) * size(p)) >> BigInt(s);
            return wrap(p < 0n ? -scaled : scaled, field);
          });
          same(get(dst), want, `${field.name} scale by 2^-${s}, ${asSigned}`);
        }
      }
    }
  });
});

test('sumAxis', () => {
  const shapes = [
    [0, 3, 2],
    [1, 0, 3],
    [1, 1, 1],
    [3, 5, 1],
    [2, 100, 1],
    [4, 3, 5],
    [2, 7, 16],
    [1, 129, 3],
    [5, 1, 9],
  ];
  for (const field of fields) {
    for (const [outer, axis, inner] of shapes as [number, number, number][]) {
      scoped(() => {
        const a = someWords(field, outer * axis * inner);
        const expected = Array.from({ length: outer * inner }, (_, at) => {
          const [o, i] = [Math.floor(at / inner), at % inner];
          let sum = 0n;
          for (let x = 0; x < axis; x++) sum += a[(o * axis + x) * inner + i]!;
          return wrap(sum, field);
        });
        const dst = blank(field, outer * inner);
        ring.sumAxis(dst, put(field, a), outer, axis, inner);
        same(get(dst), expected, `${field.name} ${outer}x${axis}x${inner}`);
      });
    }
  }
});

test('mulGate and squareGate', () => {
  eachLength((field, n) => {
    const [cx, cy, rx, ry, u] = Array.from({ length: 5 }, () => someWords(field, n)) as [
      bigint[],
      bigint[],
      bigint[],
      bigint[],
      bigint[],
    ];
    const arrs = [cx, cy, rx, ry, u].map((words) => put(field, words));
    const [acx, acy, arx, ary, au] = arrs as [
      (typeof arrs)[0],
      (typeof arrs)[0],
      (typeof arrs)[0],
      (typeof arrs)[0],
      (typeof arrs)[0],
    ] &
      typeof arrs;
    for (const first of [0, 1]) {
      const f = BigInt(first);
      const dst = blank(field, n);
      ring.mulGate(dst, acx!, acy!, arx!, ary!, au!, first);
      const gate = cx.map((x, i) => wrap(f * x * cy[i]! - x * ry[i]! - cy[i]! * rx[i]! + u[i]!, field));
      same(get(dst), gate, `${field.name} mulGate ${first}`);
      ring.mulGate(dst, acx!, acy!, arx!, null, au!, first);
      same(
        get(dst),
        cx.map((x, i) => wrap(cy[i]! * (f * x - rx[i]!) + u[i]!, field)),
        `${field.name} y public ${first}`,
      );
      ring.squareGate(dst, acx!, arx!, au!, first);
      same(
        get(dst),
        cx.map((x, i) => wrap(f * x * x - 2n * x * rx[i]! + u[i]!, field)),
        `${field.name} square ${first}`,
      );
    }
    ring.mulGate(au!, acx!, acy!, arx!, ary!, au!, true);
    same(
      get(au!),
      cx.map((x, i) => wrap(x * cy[i]! - x * ry[i]! - cy[i]! * rx[i]! + u[i]!, field)),
      'onto u',
    );
  });
});

test('selectAdd, bitsToRing, maskByBits', () => {
  eachLength((field, n) => {
    const [c, r, beta, betaR, old] = Array.from({ length: 5 }, () => someWords(field, n)) as [
      bigint[],
      bigint[],
      bigint[],
      bigint[],
      bigint[],
    ];
    const m = someBits(1, n);
    const bits = putBits(m, n);
    const bit = (i: number): bigint => BigInt(m[0]![i]!);
    for (const first of [0, 1]) {
      for (const secret of [true, false]) {
        const dst = put(field, old);
        ring.selectAdd(
          dst,
          bits,
          put(field, c),
          secret ? put(field, r) : null,
          put(field, beta),
          secret ? put(field, betaR) : null,
          first,
        );
        const expected = old.map((x, i) => {
          const own = bit(i) * (BigInt(first) * c[i]! - (secret ? r[i]! : 0n));
          return wrap(x + own + (1n - 2n * bit(i)) * (c[i]! * beta[i]! - (secret ? betaR[i]! : 0n)), field);
        });
        same(get(dst), expected, `${field.name} selectAdd ${first} ${secret}`);
      }
    }
    const dst = blank(field, n);
    ring.bitsToRing(dst, bits);
    same(
      get(dst),
      c.map((_, i) => bit(i)),
      `${field.name} bitsToRing`,
    );
    ring.maskByBits(dst, put(field, c), bits);
    same(
      get(dst),
      c.map((x, i) => bit(i) * x),
      `${field.name} maskByBits`,
    );
  });
});

test('what does not fit is refused', async () => {
  const [fm32, fm64] = fields as [(typeof fields)[0], (typeof fields)[0]] & typeof fields;
  const a = ring.alloc(fm32!, 4);
  assert.throws(() => ring.add(a, a, ring.alloc(fm32!, 5)), /FM32\[4\], FM32\[4\], FM32\[5\]/);
  assert.throws(() => ring.add(a, a, ring.alloc(fm64!, 4)), /do not fit/);
  assert.throws(() => ring.matmul(a, a, ring.alloc(fm32!, 4), 2, 2, 2), /shares memory/);
  assert.throws(() => ring.matmul(a, ring.alloc(fm32!, 3), ring.alloc(fm32!, 4), 2, 2, 2), /expected 4/);
  assert.throws(() => ring.shl(a, a, -1), /shift/);
  assert.throws(() => a.view(2, 3), /outside/);
  assert.throws(() => ring.selectAdd(a, ring.bits(5), a, null, a, null, 1), /expected bits/);
  const other = await Ring.create();
  const b = other.alloc(fm32!, 3);
  other.retain(b);
  other.release(b);
  other.zero(b);
  other.release(b);
  assert.throws(() => other.zero(b), /released/);
  assert.throws(() => other.release(b), /released/);
});

test.run();
