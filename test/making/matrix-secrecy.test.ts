/** What answers to encrypted matrices are made of: a blinding of their own with noise, and a mask of their own. Seeds are fixed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answerTo } from '../../src/making/lattice/answers.ts';
import { Matrices } from '../../src/making/lattice/matrices.ts';
import { SETTINGS } from '../../src/making/lattice/parameters.ts';
import { Source } from '../../src/making/lattice/random-polynomials.ts';
import { OtherKey, OwnKey, Scheme } from '../../src/making/lattice/scheme.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { Polynomials } from '../../src/ring/polynomials.ts';
import { Ring } from '../../src/ring/ring.ts';
import { FM32 } from './lattice-support.ts';

const test = suite('secrecy of products of matrices');
const ring = await Ring.create();
const rows = await Polynomials.on(ring);
const setting = SETTINGS.number.matrices.FM32;
const { n } = setting;
const seed = (i: number): Uint8Array => new Uint8Array(32).fill(i);

const numbers = (a: RingArray): Uint32Array => new Uint32Array(ring.memory.buffer, a.ptr, a.length).slice();
const put = (a: RingArray, values: ArrayLike<number>): RingArray => {
  new Uint32Array(ring.memory.buffer, a.ptr, a.length).set(values);
  return a;
};

/** A matrix of n numbers, encrypted, times one of two columns, of which the last numbers alone are not 0: as polynomials, constants. */
const Y = [1, 5] as const;
const INNER = 16;
const shape = { m: n / INNER, k: INNER, n: Y.length };
const tile = { rows: shape.m, inner: INNER, columns: 1 };

/** What the party that answers has drawn, and the second halves of its answers before they are rounded. */
const answered = () => {
  const scheme = new Scheme(rows, setting);
  const source = (i: number): Source => new Source(rows, seed(i), n, setting.primes);
  const key = new OwnKey(scheme, source(1), source(2));
  const own = source(3);
  const other = new OtherKey(scheme, own, source(2), key.publicKey());
  const matrices = new Matrices(scheme, FM32);
  const x = put(ring.alloc(FM32, n), new Uint32Array(n).fill(9));
  const y = put(ring.alloc(FM32, INNER * Y.length), [
    ...new Array<number>((INNER - 1) * Y.length).fill(0),
    ...Y,
  ]);
  const share = ring.alloc(FM32, shape.m * Y.length);
  const left = { words: x, offset: 0, row: INNER, column: 1 };
  const ciphers = [{ bytes: matrices.encrypt(key, left, shape, tile, 0, 0), number: 1 }];
  const secrets: Uint32Array[] = [];
  const seconds: Uint32Array[] = [];
  const { blind, finish } = other;
  other.blind = (secret, noise) => {
    blind.call(other, secret, noise);
    secrets.push(numbers(secret));
  };
  other.finish = (c0, length, c1, scratch) => {
    seconds.push(numbers(c1));
    finish.call(other, c0, length, c1, scratch);
  };
  const right = { words: y, offset: 0, row: Y.length, column: 1 };
  const to = { words: share, offset: 0, row: Y.length, column: 1 };
  const answers = [...answerTo(matrices, other, own, ciphers, right, shape, tile, to)].filter((a) => a);
  assert.is(answers.length, Y.length);
  return { scheme, other, secrets, seconds, shares: numbers(share), answers: answers as Uint8Array[] };
};

test('each second half is blinded by a secret of its own, and has noise of its own', () => {
  const { scheme, other, secrets, seconds } = answered();
  assert.is(secrets.length, Y.length);
  assert.not.equal(secrets[0], secrets[1]);
  const found = Y.map((y, a) => {
    const noises = scheme.primes.map((p, i) => {
      const [sum, product, u, second, plain] = [0, 1, 2, 3, 4].map(() => rows.alloc(n)) as RingArray[];
      // What both know, times y; and the public key, times the secret.
      other.second(second!, 1, i);
      rows.dot(sum!, second!, 0, put(plain!, new Uint32Array(n).fill(y)), 0, 1, p);
      other.blinding(u!, put(ring.alloc(FM32, n), secrets[a]!), i);
      rows.dot(product!, scheme.at(other.a, i), 0, u!, 0, 1, p);
      rows.add(sum!, sum!, product!, p);
      other.back(sum!, i, undefined);
      const bare = numbers(sum!);
      return Int32Array.from(bare, (v, j) => {
        const e = (seconds[a]![i * n + j]! - v + p) % p;
        return e > p / 2 ? e - p : e;
      });
    });
    for (const other of noises) assert.equal(other, noises[0], 'the same noise mod each prime');
    const [noise] = noises as [Int32Array];
    const variance = noise.reduce((total, e) => total + e * e, 0) / n;
    assert.ok(noise.every((e) => Math.abs(e) <= 24));
    assert.ok(Math.abs(variance - 12) < 1.5, `variance ${variance}`);
    return noise;
  });
  assert.not.equal(found[0], found[1]);
  scheme.close();
});

test('each answer has a mask of its own, and its shares are noise', () => {
  const { scheme, shares, answers } = answered();
  const [first, second] = [0, 1].map((c) => shares.filter((_, i) => i % 2 === c)) as [
    Uint32Array,
    Uint32Array,
  ];
  assert.ok(first.filter((v, i) => v === second[i]).length <= 1);
  assert.ok(new Set(first).size > shape.m - 4 && new Set(second).size > shape.m - 4);
  const [a, b] = answers as [Uint8Array, Uint8Array];
  const alike = a.filter((byte, i) => byte === b[i]).length / a.length;
  assert.ok(Math.abs(alike - 1 / 256) < 2e-3, `${alike} of two answers is the same`);
  scheme.close();
});

test.run();
