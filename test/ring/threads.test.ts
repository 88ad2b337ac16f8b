/** Threads of one ring: the same words with one, two and three, failures that are told, and no thread left behind. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import type { Bits, Bytes, RingArray } from '../../src/ring/array.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import { dcfRow } from '../../src/ring/fss-compare.ts';
import { ALIGN, costOf, RULES } from '../../src/ring/partition.ts';
import { PlaneWriter, planeOf as plane } from '../../src/ring/plane-program.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';

const test = suite('ring threads');
const rings = await Promise.all([1, 2, 3].map((threads) => Ring.create({ threads })));

/** Starts the helpers, and waits until they listen. */
const awake = async (ring: Ring): Promise<void> => {
  const [d, a] = [ring.alloc(FIELDS.FM128, 256 * 256), filled(ring, ring.alloc(FIELDS.FM128, 256 * 256), 1)];
  for (let tries = 0; ring.helpers < ring.threads - 1; tries++) {
    assert.ok(tries < 1000, `${ring.helpers} of ${ring.threads - 1} helpers listen`);
    ring.matmul(d, a, a, 256, 256, 256);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  ring.release(d);
  ring.release(a);
};

const filled = <A extends RingArray | Bits | Bytes>(ring: Ring, arr: A, draw: number): A => {
  new Prg(ring, new Uint8Array(32).fill(9), 'wasm').fill(arr, 3, draw);
  return arr;
};

/** What `work` leaves in its array must be the same on every ring. */
const alike = (name: string, work: (ring: Ring) => RingArray | Bits | Bytes): void => {
  const [want, ...got] = rings.map((ring) => {
    const arr = work(ring);
    const bytes = ring.u8(arr).slice();
    ring.release(arr);
    return bytes;
  });
  for (const [i, bytes] of got.entries())
    assert.is(Buffer.compare(bytes, want!), 0, `${name}: ${i + 2} threads differ from one`);
};

const words = (ring: Ring, field: Field, n: number, draw: number): RingArray =>
  filled(ring, ring.alloc(field, n), draw);

/** The least that a ring of its own shares, see thread-pool.ts. */
const PIECE_NS = 6e4;

/** Elements from which on a kernel is shared; the other arguments as they are in the call. */
const least = (name: string, given: readonly number[] = []): number => {
  const rule = RULES.get(name)!;
  const args = rule.steps.map((_, i) => given[i] ?? 0);
  args[rule.count] = 1;
  return Math.ceil((2 * PIECE_NS) / costOf(rule, args));
};

/** Lengths at and around those from which on a kernel is cut. */
const around = (name: string, given?: readonly number[]): number[] => {
  const n = Math.max(least(name, given), 2 * ALIGN);
  return [n - 1, n, n + 1, 2 * n + 777];
};

test('the helpers of two and three threads come up, one thread has none', async () => {
  for (const ring of rings) await awake(ring);
  assert.equal(
    rings.map((ring) => [ring.threads, ring.helpers]),
    [
      [1, 0],
      [2, 1],
      [3, 2],
    ],
  );
});

test('elementwise kernels of every field, at and around the length that is cut', () => {
  for (const field of Object.values(FIELDS)) {
    const { bits } = field;
    for (const n of around(`add${bits}`)) {
      for (const op of ['add', 'sub', 'mul', 'xor'] as const)
        alike(`${op}${bits} ${n}`, (ring) => {
          const [d, a, b] = [1, 2, 3].map((draw) => words(ring, field, n, draw)) as [
            RingArray,
            RingArray,
            RingArray,
          ];
          ring[op](d, a, b);
          ring.release(a);
          ring.release(b);
          return d;
        });
      for (const op of ['shl', 'shr', 'sar'] as const)
        alike(`${op}${bits} ${n}`, (ring) => {
          const a = words(ring, field, n, 1);
          ring[op](a, a, 13);
          return a;
        });
    }
    for (const n of around(`mulGate${bits}`)) {
      alike(`mulGate${bits} ${n}`, (ring) => {
        const [d, ...rest] = [1, 2, 3, 4, 5].map((draw) => words(ring, field, n, draw)) as RingArray[];
        const [cx, cy, rx, ry] = rest as [RingArray, RingArray, RingArray, RingArray];
        ring.mulGate(d!, cx, cy, rx, ry, d!, true);
        for (const arr of rest) ring.release(arr);
        return d!;
      });
      for (const secret of [true, false])
        alike(`selectAdd${bits} ${n}`, (ring) => {
          const [d, c, r, beta, betaR] = [1, 2, 3, 4, 5].map((draw) => words(ring, field, n, draw)) as [
            RingArray,
            RingArray,
            RingArray,
            RingArray,
            RingArray,
          ];
          const m = filled(ring, ring.bits(n), 6);
          ring.selectAdd(d, m, c, secret ? r : null, beta, secret ? betaR : null, true);
          for (const arr of [c, r, beta, betaR, m]) ring.release(arr);
          return d;
        });
    }
  }
});

test('the key stream, from any offset', () => {
  const [seed, n] = [new Uint8Array(32).fill(5), around('stream').at(-1)!];
  for (const offset of [0, 64, 4096 * 64])
    alike(`stream at ${offset}`, (ring) => {
      const out = ring.bytes(n);
      new Prg(ring, seed).fill(out, 2 ** 33 + 1, 7, offset);
      return out;
    });
  alike('stream, and its kernel', (ring) => {
    const [one, two] = [ring.bytes(n), ring.bytes(n)];
    new Prg(ring, seed).fill(one, 4, 1, 128);
    new Prg(ring, seed, 'wasm').fill(two, 4, 1, 128);
    assert.is(Buffer.compare(ring.u8(one), ring.u8(two)), 0);
    ring.release(two);
    return one;
  });
});

test('matrix products of all shapes', () => {
  const shapes = [
    [63, 63, 63], [64, 64, 64], [65, 64, 63], [9, 300, 200], [17, 100, 129], [1, 1000, 300], [1000, 300, 1],
    [5000, 40, 7], [3, 400, 400], [200, 1, 900], [129, 257, 65],
  ] as const; // biome-ignore format: a table
  for (const field of Object.values(FIELDS))
    for (const [m, k, n] of shapes)
      for (const accumulate of [false, true])
        alike(`matmul ${field.name} ${m} ${k} ${n}`, (ring) => {
          const [d, a, b] = [
            words(ring, field, m * n, 1),
            words(ring, field, m * k, 2),
            words(ring, field, k * n, 3),
          ];
          ring.matmul(d, a, b, m, k, n, accumulate);
          ring.release(a);
          ring.release(b);
          return d;
        });
});

test('functions by weighed tables', () => {
  const shape = { count: 24, step: 2, turn: 30 } as const;
  const coef = Float64Array.from({ length: 48 }, (_, i) => Math.sin(i));
  const pieces = { pieces: 32, pieceBits: 20, fraction: 18 };
  for (const field of Object.values(FIELDS)) {
    for (const n of around('fourierEval', [0, 0, 0, 0, 0, shape.count])) {
      alike(`fourierDeal ${field.name} ${n}`, (ring) => {
        const [d, r] = [ring.alloc(field, n * 48), words(ring, field, n, 1)];
        ring.fourierDeal(d, r, { ...shape, t1: 40 });
        ring.release(r);
        return d;
      });
      alike(`fourierEval ${field.name} ${n}`, (ring) => {
        const [d, c, table] = [ring.alloc(field, n), words(ring, field, n, 1), words(ring, field, n * 48, 2)];
        ring.fourierEval(d, c, table, coef, { ...shape, t2: 30 });
        for (const arr of [c, table]) ring.release(arr);
        return d;
      });
    }
    for (const n of around('exponentialDeal', [0, 0, 0, pieces.pieces])) {
      alike(`exponentialDeal ${field.name} ${n}`, (ring) => {
        const [d, r] = [ring.alloc(field, n * 32), words(ring, field, n, 1)];
        ring.exponentialDeal(d, r, { ...pieces, t1: 24 });
        ring.release(r);
        return d;
      });
      alike(`exponentialEval ${field.name} ${n}`, (ring) => {
        const [d, c, table] = [ring.alloc(field, n), words(ring, field, n, 1), words(ring, field, n * 32, 2)];
        ring.exponentialEval(d, c, table, { ...pieces, lo: -20, t2: 25 });
        for (const arr of [c, table]) ring.release(arr);
        return d;
      });
    }
  }
});

test('keys of comparisons: a key of a later piece has its own number', () => {
  for (const field of Object.values(FIELDS)) {
    for (const n of around('dcfGen', [0, 0, 0, 0, 0, 0, 32])) {
      const keys = (ring: Ring): { cw: Bytes; seeds: [Bytes, Bytes]; a: RingArray } => {
        const seeds: [Bytes, Bytes] = [
          filled(ring, ring.bytes(n * 16), 1),
          filled(ring, ring.bytes(n * 16), 2),
        ];
        const [cw, a] = [ring.bytes(n * dcfRow(32)), words(ring, field, n, 3)];
        ring.dcfGen(cw, ...seeds, a, 32);
        return { cw, seeds, a };
      };
      alike(`dcfGen ${field.name} ${n}`, (ring) => {
        const { cw, seeds, a } = keys(ring);
        for (const arr of [...seeds, a]) ring.release(arr);
        return cw;
      });
      for (const [party, wanted] of [[0, 3], [1, 1], [1, 2]] as const) // biome-ignore format: pairs
        alike(`dcfEval ${field.name} ${n}`, (ring) => {
          const { cw, seeds, a } = keys(ring);
          const out = ring.bits(n, 2);
          ring.zero(out);
          const plane = (i: number): Bits | null => (wanted & (1 << i) ? out.plane(i) : null);
          ring.dcfEval(plane(0), plane(1), cw, seeds[party], a, 32, party);
          for (const arr of [cw, ...seeds, a]) ring.release(arr);
          return out;
        });
    }
  }
});

test('planes: programs, digits, and words as planes and back', () => {
  const writer = new PlaneWriter();
  writer.copy(plane(0, 1), plane(1, 0));
  writer.xor(plane(0, 0), plane(1, 1), plane(1, 0));
  writer.andXor(plane(0, 1), plane(0, 0), plane(1, 1));
  writer.and(plane(1, 1), plane(0, 1), plane(0, 0));
  const program = writer.end();
  for (const bytes of around('runPlanes', [0, 4]))
    alike(`runPlanes of ${bytes} bytes`, (ring) => {
      const n = bytes * 8 - 5;
      const [out, given] = [ring.bits(n, 2), filled(ring, ring.bits(n, 2), 2)];
      ring.runPlanes(program, [out, given]);
      ring.xor(out, out, given);
      ring.release(given);
      return out;
    });
  for (const bytes of around('digitSelect')) {
    const n = bytes * 8;
    alike(`digitSelect of ${bytes} bytes`, (ring) => {
      const [table, digit, out] = [
        filled(ring, ring.bits(n, 16), 1),
        filled(ring, ring.bits(n, 4), 2),
        ring.bits(n, 2),
      ];
      ring.digitSelect(out.plane(0), out.plane(1), table, digit);
      for (const arr of [table, digit]) ring.release(arr);
      return out;
    });
    alike(`oneHot of ${bytes} bytes`, (ring) => {
      const [digit, out] = [filled(ring, ring.bits(n, 4), 2), ring.bits(n, 16)];
      ring.oneHot(out, digit);
      ring.release(digit);
      return out;
    });
  }
  for (const field of Object.values(FIELDS))
    for (const n of around('toPlanes', [0, 0, 0, 0, field.bytes]).map((n) => Math.ceil(n / 128) * 128)) {
      alike(`toPlanes ${field.name} ${n}`, (ring) => {
        const [a, planes] = [words(ring, field, n, 1), ring.bits(n, field.bits)];
        ring.toPlanes(planes, a);
        ring.release(a);
        return planes;
      });
      alike(`fromPlanes ${field.name} ${n}`, (ring) => {
        const [a, planes] = [ring.alloc(field, n), filled(ring, ring.bits(n, field.bits - 3), 1)];
        ring.fromPlanes(a, planes);
        ring.release(planes);
        return a;
      });
    }
});

test('numbers of the host, and the first that has no word', () => {
  for (const field of Object.values(FIELDS)) {
    const n = 3 * 2 ** 18 + 5;
    const reals = Float64Array.from({ length: n }, (_, i) => (i - n / 2) / 1024);
    const whole = Int32Array.from(reals);
    alike(`encode ${field.name}`, (ring) => {
      const a = ring.alloc(field, n);
      assert.is(ring.encode(a, reals, 8), -1);
      return a;
    });
    alike(`encodeInt ${field.name}`, (ring) => {
      const a = ring.alloc(field, n);
      ring.encodeInt(a, whole);
      return a;
    });
    for (const out of [reals, whole])
      alike(`decode ${field.name}`, (ring) => {
        const a = words(ring, field, n, 1);
        const got = out.slice();
        if (got instanceof Float64Array) ring.decode(got, a, 8);
        else ring.decodeInt(got, a);
        ring.release(a);
        const bytes = ring.bytes(got.byteLength);
        ring.u8(bytes).set(new Uint8Array(got.buffer));
        return bytes;
      });
    for (const bad of [[0], [1], [n - 1], [200_000, 131_072, 500_000], [262_143, 262_144]])
      for (const ring of rings) {
        const broken = reals.slice();
        for (const at of bad) broken[at] = Number.NaN;
        const a = ring.alloc(field, n);
        assert.is(ring.encode(a, broken, 8), Math.min(...bad), `${field.name}, ${ring.threads} threads`);
        ring.release(a);
      }
  }
});

test('sums over an axis, and copies of any strides', () => {
  const shapes = [
    [1, 400_000, 1], [1, 1, 300_000], [1, 3, 200_000], [1, 100_001, 3], [2, 70_001, 3], [3, 5, 40_000], [1000, 300, 1],
    [7, 50_000, 1], [40, 20, 700], [300_000, 1, 1],
  ] as const; // biome-ignore format: a table
  for (const field of Object.values(FIELDS)) {
    for (const [outer, axis, inner] of shapes)
      alike(`sumAxis ${field.name} ${outer} ${axis} ${inner}`, (ring) => {
        const [d, a] = [ring.alloc(field, outer * inner), words(ring, field, outer * axis * inner, 1)];
        ring.sumAxis(d, a, outer, axis, inner);
        ring.release(a);
        return d;
      });
    for (const [rows, columns] of [[700, 501], [3, 100_000], [200_001, 2]] as const) // biome-ignore format: pairs
      alike(`transpose ${field.name} ${rows} ${columns}`, (ring) => {
        const n = rows * columns;
        const [d, a] = [ring.alloc(field, n), words(ring, field, n, 1)];
        ring.strided(d, 0, [1, rows], a, n - 1, [-columns, -1], [rows, columns]);
        ring.release(a);
        return d;
      });
  }
});

test('a piece that fails is told to who called, and the ring goes on', async () => {
  const ring = rings[1]!;
  const n = 4 * least('add128');
  // Addresses beyond the memory: every piece traps, in whichever thread it runs.
  const outside = 2 ** 32 - 4096;
  for (let i = 0; i < 20; i++) {
    assert.throws(
      () => ring.kernels.add128(outside, outside, outside, n),
      (e: TesseraError) =>
        e.code === 'PARTY_FAILED' && /kernel add128 failed: .*(memory|bounds)/.test(e.message),
    );
  }
  const a = words(ring, FIELDS.FM128, n, 1);
  ring.sub(a, a, a);
  assert.ok(ring.u8(a).every((byte) => byte === 0));
  ring.release(a);
});

test('a closed ring has no helpers and works on', async () => {
  for (const ring of rings) {
    await ring.close();
    assert.is(ring.helpers, 0);
  }
  alike('closed', (ring) => {
    const a = words(ring, FIELDS.FM128, 200 * 200, 1);
    const d = ring.alloc(FIELDS.FM128, 200 * 200);
    ring.matmul(d, a, a, 200, 200, 200);
    ring.release(a);
    assert.is(ring.helpers, 0);
    return d;
  });
});

test.run();
