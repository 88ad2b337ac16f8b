/** Security rows, noise, floods and moduli of products by lattices, worked out anew. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bestTile, costOf } from '../../src/making/lattice/matrix-tiling.ts';
import {
  CIPHER_PRIMES,
  MOST_TERMS,
  noiseOf,
  PLAIN_PRIMES,
  SETTINGS,
  type Setting,
  type Strength,
} from '../../src/making/lattice/parameters.ts';
import { FIELDS } from '../../src/ring/field.ts';

const test = suite('lattice parameters');
const fields = Object.values(FIELDS);

/** Miller and Rabin's test with the bases that decide all numbers below 3.3e24. */
const isPrime = (p: number): boolean => {
  const n = BigInt(p);
  const power = (a: bigint, e: bigint): bigint => {
    let [result, square] = [1n, a];
    for (let rest = e; rest; rest >>= 1n) {
      if (rest & 1n) result = (result * square) % n;
      square = (square * square) % n;
    }
    return result;
  };
  let [odd, twos] = [n - 1n, 0];
  while (odd % 2n === 0n) [odd, twos] = [odd / 2n, twos + 1];
  return [2n, 3n, 5n, 7n, 11n, 13n].every((a) => {
    let x = power(a, odd);
    if (x === 1n || x === n - 1n) return true;
    for (let i = 1; i < twos; i++) {
      x = (x * x) % n;
      if (x === n - 1n) return true;
    }
    return false;
  });
};

/**
 * Most bits of q, by degree, for ternary secrets and 128 bits against classical computers: the Homomorphic Encryption Standard (2019/939,
 * table 1), and the Security Guidelines (Bossuat and others, eprint 2024/463: what its script finds with the Lattice Estimator).
 */
const ROWS: Readonly<Record<number, readonly [standard: number, later: number]>> = {
  4096: [109, 106],
  8192: [218, 214],
  16384: [438, 430],
};

/**
 * log2 of what the primal attack on LWE takes (unique shortest vectors: Alkim, Ducas, Poppelmann, Schwabe 2016, section 6.3, secrets scaled to the
 * noise: Bai, Galbraith 2014), with as many samples as serve it best. A call of sieving in dimension b: 2^(0.292 b + 16.4), 8 d of them
 * (the Standard, section 2.1.3).
 */
const primalAttack = (n: number, modulus: number): number => {
  const [noise, secret] = [Math.sqrt(12), Math.sqrt(2 / 3)];
  const rootHermite = (b: number): number =>
    (Math.log2(Math.PI * b) / b + Math.log2(b / (2 * Math.PI * Math.E))) / (2 * (b - 1));
  let least = Number.POSITIVE_INFINITY;
  for (let m = Math.floor(n / 2); m <= 2 * n; m += n / 64) {
    const d = n + m + 1;
    const volume = (m * modulus + n * Math.log2(noise / secret)) / d;
    const found = (b: number): boolean =>
      0.5 * Math.log2(b) + Math.log2(noise) <= (2 * b - d - 1) * rootHermite(b) + volume;
    let [low, high] = [60, d];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (found(middle)) high = middle;
      else low = middle;
    }
    least = Math.min(least, 0.292 * high + 16.4 + Math.log2(8 * d));
  }
  return least;
};

/** Each setting with its plain modulus' bits and the products that an answer adds up. */
const settings = (strength: Strength): readonly (readonly [string, Setting, number, number])[] => [
  ...fields.map(({ name }) => {
    const bits = Math.log2(Math.max(...PLAIN_PRIMES[name]));
    return [`slots ${name}`, SETTINGS[strength].slots, bits, 2] as const;
  }),
  ...fields.map(
    ({ name, bits }) => [`matrices ${name}`, SETTINGS[strength].matrices[name], bits, MOST_TERMS] as const,
  ),
];

test('primes are prime, different, and have transforms', () => {
  for (const list of [CIPHER_PRIMES, ...Object.values(PLAIN_PRIMES)]) {
    assert.is(new Set(list).size, list.length);
    for (const p of list) assert.ok(isPrime(p), `${p}`);
  }
  for (const strength of ['number', 'session'] as const)
    for (const [name, { n, primes, kept }] of settings(strength)) {
      assert.ok(primes <= CIPHER_PRIMES.length && kept < primes, name);
      for (const q of CIPHER_PRIMES) assert.is(q % (2 * n), 1);
    }
  for (const p of CIPHER_PRIMES) assert.ok(p < 2 ** 26.5 && p > 2 ** 26.4);
  for (const list of Object.values(PLAIN_PRIMES))
    for (const t of list) {
      assert.is(t % (2 * SETTINGS.session.slots.n), 1);
      assert.ok(t < 2 ** 28);
      // A factor is lifted by twice a prime of ciphertexts: that has to be above half of t.
      assert.ok(CIPHER_PRIMES.every((q) => 2 * q > t / 2 && !list.includes(q)));
    }
});

test('moduli of slots are large enough for products to be right but once in 2^40', () => {
  for (const { name, bits } of fields) {
    const P = PLAIN_PRIMES[name].reduce((product, t) => product * BigInt(t), 1n);
    // Two products, each off by up to |y| / 2 times 2^k / P, |y| <= 2^(k - 1); two roundings miss with twice that.
    const off = 2n * 2n * (1n << BigInt(2 * bits - 2));
    assert.ok(P >= off << 39n, name);
    assert.ok(P >= 1n << BigInt(2 * bits + 39), name);
  }
});

test('ciphertexts have 128 bits of security', () => {
  for (const strength of ['number', 'session'] as const)
    for (const [name, setting] of settings(strength)) {
      const { modulus } = noiseOf(setting, 27, 1);
      const [standard, later] = ROWS[setting.n]!;
      assert.ok(modulus < standard && modulus < later, `${strength} ${name}: ${modulus} bits`);
      const attack = primalAttack(setting.n, modulus);
      assert.ok(attack >= 128, `${strength} ${name}: an attack takes 2^${attack.toFixed(1)}`);
    }
});

test('the estimate of an attack agrees with the rows, and refuses what is wider', () => {
  for (const [n, [standard, later]] of Object.entries(ROWS)) {
    const [at, beyond] = [primalAttack(Number(n), later), primalAttack(Number(n), 1.1 * standard)];
    assert.ok(at >= 128 && at < 140, `${n}, ${later} bits: 2^${at.toFixed(1)}`);
    assert.ok(beyond < 128, `${n}, ${1.1 * standard} bits: 2^${beyond.toFixed(1)}`);
  }
});

test('the distance of the noise from its flood, of the numbers themselves', () => {
  for (const strength of ['number', 'session'] as const)
    for (const [name, setting, plainBits, terms] of settings(strength)) {
      const { n, primes, kept, flood } = setting;
      // What a coefficient of e y has, e of variance 12 and up to one more by rounding the message, y uniform in -t / 2 .. t / 2.
      const variance = n * terms * (12 + 1 / 3) * (2 ** (2 * plainBits) / 12);
      const width = CIPHER_PRIMES.slice(kept, primes).reduce((product, q) => product * q, 2 ** flood);
      // Two floods whose places differ by v have a distance of |v| / width; a normal number is sqrt(2 / pi) deviations away from 0.
      const distance = Math.log2((Math.sqrt(variance) * Math.sqrt(2 / Math.PI)) / width);
      const says = noiseOf(setting, plainBits, terms).distance;
      assert.ok(Math.abs(distance - says) < 0.1, `${strength} ${name}: 2^${distance}, said to be 2^${says}`);
    }
});

test('floods hide the noise, and answers can be decrypted', () => {
  for (const strength of ['number', 'session'] as const)
    for (const [name, setting, plainBits, terms] of settings(strength)) {
      const { deviation, distance, flood, most, room } = noiseOf(setting, plainBits, terms);
      const says = `${strength} ${name}: 2^${deviation.toFixed(1)} in 2^${flood.toFixed(1)}, distance 2^${distance.toFixed(1)}`;
      assert.ok(distance < (strength === 'number' ? -40 : -68), says);
      assert.ok(most < room, `${says}, 2^${most} of 2^${room}`);
      // Random flood words have 32 bits.
      assert.ok(setting.flood <= 30);
    }
});

test('the largest noise of the worst factors stays below half a step', () => {
  for (const strength of ['number', 'session'] as const)
    for (const [name, { n, primes, kept, flood }, plainBits] of settings(strength)) {
      // |noise| <= 24 + 1, |y| <= t / 2, all n of one sign, for 2 products; the blinding's noise times ternary numbers.
      const product = CIPHER_PRIMES.slice(kept, primes).reduce((bits, q) => bits + Math.log2(q), 0);
      const before = 2 * n * 25 * 2 ** (plainBits - 1) + 2 * n * 24;
      const after = 2 ** (flood - 1) + before / 2 ** product + (n + 1) / 2 + 1;
      const step = CIPHER_PRIMES.slice(0, kept).reduce((bits, q) => bits + Math.log2(q), -plainBits - 1);
      assert.ok(Math.log2(after) < step, `${strength} ${name}`);
    }
});

test('tiles: powers of two that fill the degree, cheapest in bytes and work; 512 x 512 x 512 is below 50 MB a cross term', () => {
  const setting = SETTINGS.number.matrices.FM64;
  for (const shape of [
    { m: 512, k: 512, n: 512 },
    { m: 1, k: 30, n: 569 },
    { m: 569, k: 30, n: 1 },
    { m: 1, k: 1_000_000, n: 1 },
  ]) {
    const { tile } = bestTile(setting, shape, () => false);
    assert.is(tile.rows * tile.inner * tile.columns, setting.n);
    assert.ok(tile.inner <= setting.n / 16 && Math.ceil(shape.k / tile.inner) <= MOST_TERMS);
    const { up, down } = costOf(setting, shape, tile);
    if (shape.m === 512 && shape.n === 512) assert.ok(up + down < 50e6, `${up + down}`);
  }
  assert.throws(() => bestTile(setting, { m: 1, k: 1e7, n: 1 }, () => false), /cut it into several/);
  // What the other party has already costs nothing: then answers with many columns are worth it.
  const shape = { m: 512, k: 64, n: 8 };
  const once = bestTile(setting, shape, () => false).tile;
  const again = bestTile(setting, shape, () => true).tile;
  assert.ok(costOf(setting, shape, again).down <= costOf(setting, shape, once).down);
});

test.run();
