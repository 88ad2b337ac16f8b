/** Programs of two parties without a dealer, in three rings, against plain numbers; and what goes wrong at either of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clusterDef, readClusterDef } from '../../src/device/cluster-def.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { FieldName } from '../../src/ring/field.ts';
import { LONG } from '../long.ts';
import { bareBase } from './bare-base.ts';
import { pair } from './world.ts';

// transfers.test.ts and faults.test.ts have those of the group.
bareBase(!LONG);

const programs = suite('programs without a dealer');
const numbers = (x: readonly number[]): NDArray => NDArray.from(Float64Array.from(x));
const X = [0, 1, -1, 0.5, -2.25, 6.125, -5.875, 3, 3];
const Y = [0, -1, 1, 0.25, 4.5, -0.375, -2, 3, 2.9375];

type Case = readonly [
  name: string,
  fn: (x: BaseArray, y: BaseArray) => unknown,
  want: (x: number, y: number) => number,
];
const among = (x: BaseArray): BaseArray => np.where(np.array(X.map((v) => v > 0)), x, -4);
const CASES: readonly Case[] = [
  ['public values among secrets', (x) => np.multiply(among(x), 0.37), (x) => (x > 0 ? x : -4) * 0.37],
  ['their product', (x, y) => np.multiply(among(x), np.add(y, 1)), (x, y) => (x > 0 ? x : -4) * (y + 1)],
  [
    'their whole part',
    (x) => np.floor(np.multiply(among(x), 0.3)),
    (x) => Math.floor((x > 0 ? x : -4) * 0.3),
  ],
  ['their power of two', (x) => np.multiply(among(x), 0.125), (x) => (x > 0 ? x : -4) / 8],
  ['product', (x, y) => np.multiply(np.add(x, y), np.subtract(x, y)), (x, y) => (x + y) * (x - y)],
  // Of these the other party has nothing, so that shares which lie all at one are shifted: they are refreshed before.
  ['product of what rank 0 has', (x) => np.multiply(x, np.add(x, 1.5)), (x) => x * (x + 1.5)],
  ['product of what rank 1 has', (_, y) => np.multiply(y, np.add(y, 1.5)), (_, y) => y * (y + 1.5)],
  [
    'scaled by a public factor',
    (x, y) => np.add(np.multiply(x, -0.37), np.multiply(y, 0.61)),
    (x, y) => 0.61 * y - 0.37 * x,
  ],
  ['square and a public factor', (x) => np.multiply(np.square(x), 0.37), (x) => x * x * 0.37],
  ['comparison and choice', (x, y) => np.where(np.less(x, y), x, y), Math.min],
  [
    'and',
    (x, y) => np.where(np.logical_and(np.less(x, y), np.less(x, 0)), 1, 2),
    (x, y) => (x < y && x < 0 ? 1 : 2),
  ],
  ['equality', (x, y) => np.where(np.equal(x, y), 1, 2), (x, y) => (x === y ? 1 : 2)],
  ['floor', (x) => np.floor(x), Math.floor],
  ['remainder', (x) => np.mod(x, 2), (x) => ((x % 2) + 2) % 2],
  ['sigmoid', (x) => np.sigmoid(x), (x) => 1 / (1 + Math.exp(-x))],
  ['sine', (x) => np.sin(x), Math.sin],
  ['exponential', (x) => np.exp(np.subtract(x, 4)), (x) => Math.exp(x - 4)],
  ['quotient', (x, y) => np.divide(x, np.add(np.abs(y), 1)), (x, y) => x / (Math.abs(y) + 1)],
  ['root', (x) => np.sqrt(np.abs(x)), (x) => Math.sqrt(Math.abs(x))],
  ['logarithm', (x) => np.log(np.add(np.abs(x), 1)), (x) => Math.log(Math.abs(x) + 1)],
];

/** What a result of the size of 1 may be off by, and a larger one for each 1: its last bits. */
const LIMIT: Readonly<Record<FieldName, number>> = { FM128: 2 ** -18, FM64: 2 ** -11, FM32: 0.1 };

for (const field of ['FM128', 'FM64', 'FM32'] as const)
  programs(`${field}: every kind of gate, and nothing is left in memory`, async () => {
    const p = await pair(field);
    // What a session keeps is there after its first products by either way.
    await p.run((x, y) => [np.multiply(x!, y!), np.sigmoid(x!)], [numbers(X), numbers(Y)]);
    const before = p.rings.map((ring) => ring.heap.used);
    for (const [name, fn, want] of CASES) {
      const [got] = await p.run(fn as (...xs: BaseArray[]) => unknown, [numbers(X), numbers(Y)]);
      X.forEach((x, i) => {
        const wanted = want(x, Y[i]!);
        const off = Math.abs(Number(got!.data[i]) - wanted);
        assert.ok(
          off <= LIMIT[field] * Math.max(1, Math.abs(wanted)),
          `${name} of ${x}, ${Y[i]}: ${got!.data[i]}, not ${wanted}`,
        );
      });
    }
    const sorted = await p.run((x) => np.sort(x!), [numbers(X), numbers(Y)]);
    assert.equal(
      Array.from(sorted[0]!.data, Number),
      [...X].sort((a, b) => a - b),
    );
    const places = (x: BaseArray) => np.astype(np.where(np.less(x, 0), 1, 5), 'int32');
    const looked = await p.run(
      (x, y) => [np.take(np.array([3, 4, 5, 6, 7, 8]), places(x!)), np.take(y!, places(x!))],
      [numbers(X), numbers(Y)],
    );
    assert.equal(
      Array.from(looked[0]!.data, Number),
      X.map((x) => (x < 0 ? 4 : 8)),
    );
    assert.equal(
      Array.from(looked[1]!.data, Number),
      X.map((x) => Y[x < 0 ? 1 : 5]!),
    );
    const [product] = await p.run(
      (x, y) => np.matmul(np.reshape(x!, [3, 3]), np.reshape(y!, [3, 3])),
      [numbers(X), numbers(Y)],
    );
    for (let i = 0; i < 9; i++) {
      const wanted = [0, 1, 2].reduce(
        (sum, k) => sum + X[3 * Math.floor(i / 3) + k]! * Y[3 * k + (i % 3)]!,
        0,
      );
      assert.ok(Math.abs(Number(product!.data[i]) - wanted) <= 4 * LIMIT[field]);
    }
    assert.equal(
      p.rings.map((ring) => ring.heap.used),
      before,
    );
    await p.close();
  });

programs('integers: bits, shifts and comparisons over the whole range', async () => {
  const p = await pair('FM128');
  const a = [0, 1, -1, 2147483647, -2147483648, 123456789, -987654];
  const b = [0, -1, 1, -2147483648, 2147483647, -5, 77];
  const ints = (x: readonly number[]) => NDArray.from(Int32Array.from(x));
  const [less, shifted, both] = await p.run(
    (x, y) => [np.where(np.less(x!, y!), 1, 0), np.right_shift(x!, 3), np.bitwise_and(x!, y!)],
    [ints(a), ints(b)],
  );
  assert.equal(
    Array.from(less!.data, Number),
    a.map((x, i) => +(x < b[i]!)),
  );
  assert.equal(
    Array.from(shifted!.data, Number),
    a.map((x) => x >> 3),
  );
  assert.equal(
    Array.from(both!.data, Number),
    a.map((x, i) => x & b[i]!),
  );
  await p.close();
});

programs('what is revealed on the way decides how it goes on, and loops run', async () => {
  const p = await pair('FM64');
  const [got] = await p.run(
    (x) =>
      np.whileRevealed(
        (c) => np.less(np.sum(c), 100),
        (c) => np.multiply(c, 2),
        np.abs(x!),
        { maxIterations: 12 },
      ),
    [numbers([1, 2]), numbers([0, 0])],
  );
  assert.ok(Math.abs(Number(got!.data[0]) - 64) < 1e-2 && Math.abs(Number(got!.data[1]) - 128) < 1e-2);
  await p.close();
});

programs('a window smaller than the program is made piece by piece', async () => {
  const p = await pair('FM64', { maxBytes: 24 << 20 });
  const x = numbers(Array.from({ length: 2000 }, (_, i) => (i % 17) - 8));
  const [got] = await p.run(
    (a) => np.fori(0, 6, (_, c) => np.maximum(np.multiply(c as BaseArray, 0.5), a!), a!) as BaseArray,
    [x, x],
  );
  got!.data.forEach((v, i) => {
    const a = (i % 17) - 8;
    assert.ok(Math.abs(Number(v) - (a < 0 ? a / 64 : a)) < 0.01);
  });
  await p.close();
});

programs('a message of another length is an error that names who sent it', async () => {
  let spoil = false;
  const p = await pair('FM64', {
    spy: (rank, channel) =>
      rank === 0
        ? channel
        : {
            self: channel.self,
            peers: channel.peers,
            stats: channel.stats,
            send: (to, tag, bytes) => channel.send(to, tag, spoil ? bytes.slice(1) : bytes),
            recv: (from, tag) => channel.recv(from, tag),
            notice: (from, heard) => channel.notice(from, heard),
            close: () => channel.close(),
          },
  });
  const fn = (x?: BaseArray, y?: BaseArray) => np.multiply(x!, y!);
  await p.run(fn, [numbers(X), numbers(Y)]);
  spoil = true;
  let failed: { code?: string; message?: string } = {};
  await p.run(fn, [numbers(X), numbers(Y)]).catch((e: { code: string; message: string }) => {
    failed = e;
  });
  assert.is(failed.code, 'DIVERGED');
  assert.match(failed.message!, /bob sent \d+ bytes where \d+ belong/);
  await p.cut();
});

programs(
  'a link that is cut in the middle of a batch is an error at both, and nobody waits for ever',
  async () => {
    let left = 3;
    const p = await pair('FM64', {
      spy: (rank, channel) => ({
        self: channel.self,
        peers: channel.peers,
        stats: channel.stats,
        send: (to, tag, bytes) => {
          if (rank === 0 && left-- === 0) void p.cut();
          return channel.send(to, tag, bytes);
        },
        recv: (from, tag) => channel.recv(from, tag),
        notice: (from, heard) => channel.notice(from, heard),
        close: () => channel.close(),
      }),
    });
    const job = p.run((x, y) => np.maximum(x!, y!), [numbers(X), numbers(Y)]);
    let code = '';
    await job.catch((e: { code: string }) => {
      code = e.code;
    });
    assert.ok(['CLOSED', 'PEER_LOST', 'PARTY_FAILED'].includes(code), code);
  },
);

programs('three parties are told what to do', () => {
  const parties = ['alice', 'bob', 'carol'];
  const def = clusterDef(parties, { beaver_type: 'MultiParty' });
  assert.throws(
    () => readClusterDef(def, parties),
    (e: { code: string; message: string }) => e.code === 'UNSUPPORTED' && /an SPU of two/.test(e.message),
  );
});

programs('matrices of one shape are told apart, in one program and from one to the next', async () => {
  const p = await pair('FM64');
  const [rows, inner, columns] = [24, 40, 8];
  const matrix = (m: number, n: number, seed: number): NDArray =>
    np.reshape(numbers(Array.from({ length: m * n }, (_, i) => ((i * seed) % 23) / 4 - 2.5)), [
      m,
      n,
    ]) as NDArray;
  const inputs = [3, 5, 7, 11].map((seed, i) =>
    i % 2 === 0 ? matrix(rows, inner, seed) : matrix(inner, columns, seed),
  );
  const programsOf: ((...xs: BaseArray[]) => BaseArray[])[] = [
    (a, b, c, d) => [np.matmul(a!, b!), np.matmul(c!, b!), np.matmul(a!, d!), np.matmul(c!, d!)],
    (a, b) =>
      (
        [
          [0, 12],
          [12, 24],
        ] as const
      ).map((some) => np.matmul(np.slice(a!, some), b!)),
    (a, b, c, d) => [np.matmul(np.add(a!, c!), b!), np.matmul(np.subtract(a!, c!), np.multiply(d!, 2))],
  ];
  for (const fn of programsOf) {
    const got = await p.run(fn, inputs);
    fn(...inputs).forEach((want, i) => {
      (want as NDArray).data.forEach((v, j) => {
        assert.ok(
          Math.abs(Number(got[i]!.data[j]) - Number(v)) < 0.02,
          `${i} ${j}: ${got[i]!.data[j]}, not ${v}`,
        );
      });
    });
  }
  await p.close();
});

/** Bytes that a comparison takes ahead, where the parties are told of these links. */
const bytesOn = async (bandwidth: readonly [number | undefined, number | undefined]): Promise<number> => {
  const p = await pair('FM64', { bandwidth });
  const [x, y] = [1, 2].map((seed) =>
    NDArray.from(Float64Array.from({ length: 2000 }, (_, i) => (((i * 37 + seed * 11) % 101) - 50) / 8)),
  ) as [NDArray, NDArray];
  const [got] = await p.run((a, b) => np.less(a!, b!), [x, y]);
  got!.data.forEach((bit, i) => {
    assert.is(Number(bit), Number(Number(x.data[i]) < Number(y.data[i])), `${i}`);
  });
  const { making } = p.bytes();
  await p.close();
  return making;
};

programs(
  'the slower the link, the fewer bytes a transfer; who is told of different links takes the least work',
  async () => {
    const [fast, slow, slower, mixed] = [
      await bytesOn([undefined, undefined]),
      await bytesOn([2.5e6, 2.5e6]),
      await bytesOn([5e5, 5e5]),
      await bytesOn([5e5, undefined]),
    ];
    assert.is(mixed, fast);
    // Of 4 bytes a transfer 1.25 are saved, and 2: all but what the answers take.
    const [part, half] = [(fast - slow) / fast, (fast - slower) / fast];
    assert.ok(part > 0.26 && part < 1.25 / 4, `${part}`);
    assert.ok(half > 0.42 && half < 1 / 2, `${half}`);
  },
);

programs.run();
