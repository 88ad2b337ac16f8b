/** Linear ops, products, truncation and select: values against BigInt, rounds and bytes as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import type { GraphCircuit } from '../../src/ir/compile/graph-circuit.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import {
  bits,
  FIELD_NAMES,
  LENGTHS,
  type Plain,
  type Result,
  random,
  randomRaw,
  raw,
  runCase,
  same,
  signed,
} from './harness.ts';

type Build = (c: GraphCircuit, ...ins: Wire[]) => Wire | readonly Wire[];
const PARTIES = [2, 3, 5];

const run = (
  field: FieldName,
  parties: number,
  build: Build,
  inputs: readonly Plain[],
  allowMsbError = false,
) => runCase({ field, parties, inputs, build, allowMsbError });

const costs = (r: Result, rounds: number, bytes: number, dealerBytes: number, what: string): void =>
  assert.equal([r.rounds, r.bytes, r.dealerBytes], [rounds, bytes, dealerBytes], what);

/** Raw elements for a field: 0, +-1, the ends of what fits `width` bits, then random ones. */
const data = (n: number, width: number, seed: number): bigint[] => {
  const next = random(seed);
  const top = 2n ** BigInt(width) - 1n;
  const edges = [0n, 1n, -1n, top, -top];
  return Array.from({ length: n }, (_, i) => edges[(i + seed) % (n > 9 ? 40 : 5)] ?? randomRaw(next, width));
};

const ringOut = (shape: readonly number[]) => ({ shape, kind: 'ring', secret: true }) as const;

/** Powers of two are shifts. */
const FACTORS = [-3, -1, 0, 1, 2, 2 ** 20, -(2 ** 20), 2 ** 24 + 2 ** 8];

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const wrap = (v: bigint): bigint => signed(v, k);
  const size = k / 8;

  test(`${field}: add, sub, neg, times public and sums are local`, () => {
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [5]) {
        const [x, y] = [data(n, k - 1, 1), data(n, k - 1, 2)];
        const p = Float64Array.from({ length: n }, (_, i) => [0, 1, -1, 3, -17][i % 5]!);
        const r = run(
          field,
          parties,
          (c, u, v) => [
            B.add(c, u!, v!),
            B.sub(c, u!, v!),
            B.neg(c, u!),
            ...FACTORS.map((factor) => B.timesInteger(c, u!, factor)),
            B.mul(c, u!, c.constant(p, [n], 0), 0),
            B.sum(c, u!, 1, n, 1, [1]),
            B.addNumber(c, u!, 5, 0),
            B.addNumber(c, u!, -1.75, 3),
            B.addNumber(c, B.filled(c, 2 ** (k - 3), [n], 0), 0.5, 1),
            B.sub(c, c.constant(p, [n], 0), u!),
          ],
          [raw(x), raw(y)],
        );
        const want = [
          x.map((v, i) => v + y[i]!),
          x.map((v, i) => v - y[i]!),
          x.map((v) => -v),
          ...FACTORS.map((factor) => x.map((v) => BigInt(factor) * v)),
          x.map((v, i) => v * BigInt(p[i]!)),
          [x.reduce((a, b) => a + b, 0n)],
          x.map((v) => v + 5n),
          x.map((v) => v - 14n),
          x.map(() => 2n ** BigInt(k - 3) + 1n),
          x.map((v, i) => BigInt(p[i]!) - v),
        ];
        want.forEach((w, i) => {
          same(r.raw[i]!, w.map(wrap), `${parties} parties, ${n} elements, op ${i}`);
        });
        costs(r, 0, 0, 0, 'local');
      }
    }
  });

  test(`${field}: a public number that the ring does not hold is a RANGE error`, () => {
    const beyond: Build[] = [
      (c, u) => B.addNumber(c, u!, 2 ** (k - 1), 0),
      (c, u) => B.timesInteger(c, u!, -3 * 2 ** (k - 2)),
      (c, u) => B.add(c, u!, B.filled(c, 1, u!.shape, k - 1)),
    ];
    for (const build of beyond)
      assert.throws(() => run(field, 2, build, [raw([1n])]), /cannot encode the public number/);
  });

  test(`${field}: views, joins, picks and updates are local`, () => {
    const x = data(12, k - 1, 3);
    const y = data(4, k - 1, 4);
    const at = (i: number, j: number): bigint => x[4 * i + j]!;
    for (const parties of PARTIES) {
      const r = run(
        field,
        parties,
        (c, u, v) => [
          B.view(c, u!, [4, 3], [1, 4]),
          B.view(c, u!, [3, 4], [4, -1], 3),
          B.view(c, v!, [3, 4], [0, 1]),
          B.concat(c, [u!, B.view(c, v!, [3, 1], [1, 1])], 3, [3, 5]),
          B.concat(c, [u!, B.filled(c, -7, [3, 1], 0)], 3, [3, 5]),
          c.emit('gather', [u!], { outer: 1, axis: 3, inner: 4, indices: [2, 0, 2] }, [ringOut([3, 4])])[0]!,
          c.emit('update', [u!, v!], { shape: [3, 4], size: [2, 2], start: [1, 1] }, [ringOut([3, 4])])[0]!,
          B.sum(c, u!, 3, 4, 1, [3]),
          B.sum(c, u!, 1, 3, 4, [4]),
        ],
        [raw(x, [3, 4]), raw(y)],
      );
      const grid = (rows: number, columns: number, f: (i: number, j: number) => bigint): bigint[] =>
        Array.from({ length: rows * columns }, (_, i) => f(Math.floor(i / columns), i % columns));
      const want = [
        grid(4, 3, (i, j) => at(j, i)),
        grid(3, 4, (i, j) => at(i, 3 - j)),
        grid(3, 4, (_, j) => y[j]!),
        grid(3, 5, (i, j) => (j < 4 ? at(i, j) : y[i]!)),
        grid(3, 5, (i, j) => (j < 4 ? at(i, j) : -7n)),
        grid(3, 4, (i, j) => at([2, 0, 2][i]!, j)),
        grid(3, 4, (i, j) => (i >= 1 && (j === 1 || j === 2) ? y[2 * (i - 1) + j - 1]! : at(i, j))),
        grid(3, 1, (i) => wrap(at(i, 0) + at(i, 1) + at(i, 2) + at(i, 3))),
        grid(1, 4, (_, j) => wrap(at(0, j) + at(1, j) + at(2, j))),
      ];
      want.forEach((w, i) => {
        same(r.raw[i]!, w, `${parties} parties, op ${i}`);
      });
      costs(r, 0, 0, 0, 'local');
    }
  });

  test(`${field}: multiply and square are 1 round and k/8 bytes`, () => {
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [129]) {
        const [x, y] = [data(n, k - 1, 5), data(n, k - 1, 6)];
        const r = run(field, parties, (c, u, v) => B.mul(c, u!, v!, 0), [raw(x), raw(y)]);
        same(
          r.raw[0]!,
          x.map((v, i) => wrap(v * y[i]!)),
          `${parties} parties, ${n} elements`,
        );
        costs(r, 1, n * size, n * size, `${n} products`);
        const s = run(field, parties, (c, u) => B.mul(c, u!, u!, 0), [raw(x)]);
        same(
          s.raw[0]!,
          x.map((v) => wrap(v * v)),
          `squares, ${n}`,
        );
        costs(s, 1, n * size, n * size, `${n} squares`);
      }
    }
  });

  test(`${field}: a product of matrices is 1 round and k/8 bytes an output, also in batches and by public ones`, () => {
    for (const [batch, m, kk, n, parties] of [
      [1, 1, 1, 1, 2],
      [1, 3, 5, 2, 3],
      [1, 7, 1, 9, 2],
      [2, 3, 4, 5, 2],
      [3, 1, 6, 1, 5],
      [1, 17, 33, 18, 2],
      [1, 2, 0, 3, 2],
    ] as const) {
      const [x, y] = [data(batch * m * kk, k - 1, 7), data(batch * kk * n, k - 1, 8)];
      const p = Float64Array.from({ length: batch * kk * n }, (_, i) => (i % 7) - 3);
      const dims = { batch, m, k: kk, n };
      const product = (b: (i: number) => bigint): bigint[] =>
        Array.from({ length: batch * m * n }, (_, at) => {
          const [t, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
          let sum = 0n;
          for (let l = 0; l < kk; l++) sum += x[(t * m + i) * kk + l]! * b((t * kk + l) * n + j);
          return wrap(sum);
        });
      const shape = [batch, m, n];
      const ins = [raw(x, [batch, m, kk]), raw(y, [batch, kk, n])];
      const r = run(field, parties, (c, u, v) => B.matmul(c, u!, v!, dims, shape, 0), ins);
      same(
        r.raw[0]!,
        product((i) => y[i]!),
        `(${batch}, ${m}, ${kk})(${kk}, ${n})`,
      );
      costs(r, 1, batch * m * n * size, batch * m * n * size, 'matmul');
      const q = run(
        field,
        parties,
        (c, u) => B.matmul(c, u!, c.constant(p, [batch, kk, n], 0), dims, shape, 0),
        ins.slice(0, 1),
      );
      same(
        q.raw[0]!,
        product((i) => BigInt(p[i]!)),
        'by a public matrix',
      );
      costs(q, 0, 0, 0, 'by a public matrix');
      // (x^T)^T: a public matrix from the left, as (n, k)(k, m).
      const t = run(
        field,
        parties,
        (c, u) => {
          const left = c.constant(p, [batch, n, kk], 0);
          return B.matmul(c, left, u!, { batch, m: n, k: kk, n: m }, [batch, n, m], 0);
        },
        [raw(x, [batch, kk, m])],
      );
      const want = Array.from({ length: batch * n * m }, (_, at) => {
        const [b, i, j] = [Math.floor(at / (m * n)), Math.floor(at / m) % n, at % m];
        let sum = 0n;
        for (let l = 0; l < kk; l++) sum += BigInt(p[(b * n + i) * kk + l]!) * x[(b * kk + l) * m + j]!;
        return wrap(sum);
      });
      same(t.raw[0]!, want, 'a public matrix from the left');
    }
  });

  test(`${field}: rows by themselves, alone and in batches`, () => {
    for (const [batch, kk, parties] of [
      [1, 1, 2],
      [1, 70, 3],
      [3, 9, 5],
      [2, 0, 2],
    ] as const) {
      const x = data(batch * kk, k - 1, 9);
      const dims = { batch, m: 1, k: kk, n: 1 };
      const r = run(field, parties, (c, u) => B.matmul(c, u!, u!, dims, [batch, 1, 1], 0), [
        raw(x, [batch, kk]),
      ]);
      const want = Array.from({ length: batch }, (_, b) =>
        wrap(x.slice(b * kk, (b + 1) * kk).reduce((sum, v) => sum + v * v, 0n)),
      );
      same(r.raw[0]!, want, `${batch} rows of ${kk}`);
      costs(r, 1, batch * size, batch * size, 'rows by themselves');
    }
  });

  /** |z| up to this many bits is truncated right: of the free form up to 2^-40, of the exact form always. */
  const reach = k === 128 ? 86 : k - 2;
  const trunc = FIELDS[field].fraction;
  const offBy = (got: readonly bigint[], z: readonly bigint[], bitsOff: number, what: string): void =>
    got.forEach((v, i) => {
      const d = v - (z[i]! >> BigInt(bitsOff));
      assert.ok(d === 0n || d === 1n, `${what}: [${i}] ${z[i]} became ${v}`);
    });

  test(`${field}: truncation is off by at most one unit, and costs ${k === 128 ? 'nothing' : 'a round'}`, () => {
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [129]) {
        const z = data(n, reach, 9);
        const r = run(field, parties, (c, u) => B.truncate(c, u!, trunc), [raw(z)]);
        offBy(r.raw[0]!, z, trunc, `${parties} parties`);
        costs(
          r,
          ...((k === 128 ? [0, 0, n * size] : [1, n * size, 3 * n * size - n * size]) as [
            number,
            number,
            number,
          ]),
          'truncate',
        );
        // A product that is truncated: of two factors whose product stays inside.
        const half = Math.floor(reach / 2);
        const [x, y] = [data(n, half, 10), data(n, half, 11)];
        const p = run(field, parties, (c, u, v) => B.mul(c, u!, v!, trunc), [raw(x), raw(y)]);
        offBy(
          p.raw[0]!,
          x.map((v, i) => v * y[i]!),
          trunc,
          'products',
        );
        costs(
          p,
          k === 128 ? 1 : 2,
          (k === 128 ? 1 : 2) * n * size,
          (k === 128 ? 1 : 2) * n * size,
          'mul, trunc',
        );
      }
    }
  });

  test(`${field}: a public value that turned secret is truncated right, alone and among secret ones`, () => {
    const z = [-5, -1, 0, 1, 77, -(2 ** 20)];
    for (const parties of [2, 3]) {
      const r = run(
        field,
        parties,
        (c, u) => {
          const p = c.constant(Float64Array.from(z), [6], 0);
          const joined = B.concat(c, [u!, p], 1, [8]);
          const difference = B.sub(c, B.hidden(c, p), B.hidden(c, B.neg(c, p)));
          return [
            B.truncate(c, B.hidden(c, p), 3),
            B.truncate(c, joined, 3),
            B.truncate(c, difference, 3),
            B.timesNumber(c, joined, 0.3),
          ];
        },
        [raw([-9n, 900n])],
      );
      const big = z.map(BigInt);
      offBy(r.raw[0]!, big, 3, 'hidden');
      offBy(r.raw[1]!, [-9n, 900n, ...big], 3, 'joined');
      offBy(
        r.raw[2]!,
        big.map((v) => 2n * v),
        3,
        'differences',
      );
      r.raw[3]!.forEach((v, i) => {
        const want = Number([-9n, 900n, ...big][i]) * 0.3;
        assert.ok(Math.abs(Number(v) - want) <= 1 + Math.abs(want) * 2 ** -8, `0.3 times: ${v}, ${want}`);
      });
    }
  });

  test(`${field}: select adds terms in 1 round and k/8 bytes, also truncated and on a base`, () => {
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [9]) {
        const next = random(n);
        const flags = Array.from({ length: 3 }, () => Array.from({ length: n }, () => next() < 0.5));
        const xs = [12, 13, 14].map((seed) => data(n, k === 128 ? 80 : k - 5, seed));
        const p = Float64Array.from({ length: n }, (_, i) => (i % 9) - 4);
        const ins = [...flags.map(bits), ...xs.map((x) => raw(x))];
        const pick = (j: number, x: (i: number) => bigint): bigint[] =>
          flags[j]!.map((b, i) => (b ? x(i) : 0n));
        const build =
          (terms: number, publicOne: boolean, base: boolean, shift: number): Build =>
          (c, ...w) => {
            const list = Array.from({ length: terms }, (_, j): [Wire, Wire] => [w[j]!, w[3 + j]!]);
            if (publicOne) list.push([w[2]!, c.constant(p, [n], 0)]);
            return B.selectSum(c, list, shift, base ? w[5] : undefined);
          };
        for (const [terms, publicOne, base] of [
          [1, false, false],
          [2, false, true],
          [3, true, false],
          [1, true, true],
          [0, true, false],
        ] as const) {
          const parts = [
            ...Array.from({ length: terms }, (_, j) => pick(j, (i) => xs[j]![i]!)),
            ...(publicOne ? [pick(2, (i) => BigInt(p[i]!))] : []),
            ...(base ? [xs[2]!] : []),
          ];
          const sum = Array.from({ length: n }, (_, i) => parts.reduce((s, v) => s + v[i]!, 0n));
          const what = `${terms} terms, public ${publicOne}, base ${base}`;
          const r = run(field, parties, build(terms, publicOne, base, 0), ins);
          same(r.raw[0]!, sum.map(wrap), what);
          const dealt = 2 * terms + Number(publicOne);
          costs(r, 1, n * size, dealt * n * size, what);
          const t = run(field, parties, build(terms, publicOne, base, 2), ins);
          offBy(t.raw[0]!, sum, 2, what);
          const f = k === 128 ? 1 : 2;
          costs(t, f, f * n * size, (dealt + f) * n * size, `${what}, truncated`);
        }
      }
    }
  });
}

test('the exact form is right up to its edge, |z| < 2^(k-2), and wrong by 2^(k-t) beyond', () => {
  for (const field of ['FM64', 'FM32'] as const) {
    const k = FIELDS[field].bits;
    const edge = 2n ** BigInt(k - 2);
    const inside = [edge - 1n, edge - 2n, -edge, -edge + 1n];
    const beyond = [edge, edge + 5n, -edge - 1n, 2n * edge - 1n];
    for (const parties of PARTIES) {
      for (const t of [1, 8, k - 3]) {
        const r = run(field, parties, (c: Circuit, u) => B.truncate(c, u!, t), [
          raw(Array.from({ length: 64 }, (_, i) => [...inside, ...beyond][i % 8]!)),
        ]);
        const off = r.raw[0]!.map((v, i) => v - ([...inside, ...beyond][i % 8]! >> BigInt(t)));
        off.forEach((d, i) => {
          if (i % 8 < 4) assert.ok(d === 0n || d === 1n, `${field}, ${parties}, t = ${t}: off by ${d}`);
        });
        const wrong = 2n ** BigInt(k - t);
        const gross = off.filter((d, i) => i % 8 >= 4 && d !== 0n && d !== 1n);
        assert.ok(gross.length > 0, 'some of those beyond are wrong');
        for (const d of gross)
          assert.ok([0n, 1n].includes(BigInt.asUintN(k - t, d)), `${d} is no multiple of ${wrong}`);
      }
    }
  }
});

test('the free form is wrong with probability |z| / 2^k (FM32, allowed errors; 6 sigma)', () => {
  const n = 20000;
  for (const parties of [2, 3]) {
    for (const z of [2n ** 27n, -(2n ** 29n), 2n ** 24n]) {
      const r = run('FM32', parties, (c, u) => B.truncate(c, u!, 8), [raw(new Array(n).fill(z))], true);
      assert.is(r.rounds, 0);
      const wrong = r.raw[0]!.filter((v) => ![0n, 1n].includes(v - (z >> 8n)));
      const p = Math.abs(Number(z)) / 2 ** 32;
      const [mean, sigma] = [n * p, Math.sqrt(n * p * (1 - p))];
      assert.ok(Math.abs(wrong.length - mean) < 6 * sigma, `${wrong.length} wrong, ${mean} expected`);
    }
  }
});

test('1e5 random products of fixed-point numbers without a wrong one', () => {
  const n = 50000;
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
  ] as const) {
    const f = FIELDS[field].fraction;
    const width = field === 'FM128' ? 40 : 30;
    const [x, y] = [data(n, width, 20), data(n, width, 21)];
    const r = run(field, parties, (c, u, v) => B.mul(c, u!, v!), [raw(x), raw(y)]);
    const wrong = r.raw[0]!.filter((v, i) => {
      const d = v - ((x[i]! * y[i]!) >> BigInt(f));
      return d !== 0n && d !== 1n;
    });
    assert.is(wrong.length, 0);
  }
});

test.run();
