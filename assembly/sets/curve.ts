/**
 * @file Points of Curve25519 by their x alone, four at a time: multiples by a secret number (RFC 7748's ladder), of points that are given
 * or that field elements are mapped to (Elligator 2, RFC 9380, section 6.7.1), so that what is masked lies on the curve and never on
 * its twist. Time and addresses depend on neither points nor number.
 */
import { compress4, KEYED, transpose4 } from './blake3';
import { add, copy, FOUR, invert, mul, mulSmall, pack, set, sub, swap, symbol, unpack } from './field';

/** y^2 = x^3 + A x^2 + x. */
const A = 486662;
const A24 = 121665;

const MESSAGE: usize = memory.data(256, 16);
const OUTPUT: usize = memory.data(256, 16);
const TURNED: usize = memory.data(128, 16);
const BYTES: usize = memory.data(32, 16);
const MASK: usize = memory.data(16, 16);

const X1: usize = memory.data(160, 16);
const Z1: usize = memory.data(160, 16);
const X2: usize = memory.data(160, 16);
const Z2: usize = memory.data(160, 16);
const X3: usize = memory.data(160, 16);
const Z3: usize = memory.data(160, 16);
const S: usize = memory.data(160, 16);
const D: usize = memory.data(160, 16);
const U: usize = memory.data(160, 16);
const V: usize = memory.data(160, 16);
const ZERO: usize = memory.data(160, 16);

/** Field elements of keys: 32 bytes of the keyed hash of each digest, other ones than of the same key in a band. */
export function fieldElements(out: usize, digests: usize, n: usize, seed: usize): void {
  memory.fill(MESSAGE, 0, 256);
  v128.store(MESSAGE, i32x4.splat(2), 64);
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i - 1, from = digests + 16 * i;
    transpose4(MESSAGE, from, from + 16 * min<usize>(1, left), from + 16 * min<usize>(2, left), from + 16 * min<usize>(3, left));
    compress4(OUTPUT, MESSAGE, 17, seed, KEYED);
    transpose4(TURNED, OUTPUT, OUTPUT + 16, OUTPUT + 32, OUTPUT + 48);
    transpose4(TURNED + 64, OUTPUT + 64, OUTPUT + 80, OUTPUT + 96, OUTPUT + 112);
    for (let j: usize = 0; j < min<usize>(4, left + 1); j++) {
      v128.store(out + 32 * (i + j), v128.load(TURNED + 16 * j));
      v128.store(out + 32 * (i + j), v128.load(TURNED + 16 * j, 64), 16);
    }
  }
}

/** X1 / Z1 = the x that Elligator 2 gives for the elements in X1. */
function map(): void {
  // d = 1 + 2 r^2, which is never 0; w = -A / d.
  mul(U, X1, X1);
  add(U, U, U);
  set(V, 1);
  add(Z1, U, V);
  mulSmall(Z1, Z1, 1);
  // Whether w^3 + A w^2 + w is a square: its symbol is that of -A d (A^2 - A^2 d + d^2).
  mulSmall(U, Z1, A);
  mulSmall(U, U, A);
  mul(V, Z1, Z1);
  sub(V, V, U);
  mulSmall(V, V, 1);
  set(S, A);
  mulSmall(S, S, A);
  add(V, V, S);
  mulSmall(U, Z1, A);
  sub(U, ZERO, U);
  mul(V, V, U);
  symbol(S, V);
  // -1 is even, 1 is odd.
  for (let j: usize = 0; j < 4; j++) {
    pack(BYTES, S, j);
    store<i32>(MASK + 4 * j, <i32>(load<u8>(BYTES) & 1) - 1);
  }
  // x = w, or -w - A = (A - A d) / d.
  set(S, A);
  sub(X1, ZERO, S);
  mulSmall(U, Z1, A);
  sub(U, S, U);
  mulSmall(X1, X1, 1);
  mulSmall(U, U, 1);
  swap(X1, U, MASK);
}

/** X2 / Z2 = the x of `scalar` (32 bytes) times the points X1 / Z1. */
function ladder(scalar: usize): void {
  set(X2, 1);
  set(Z2, 0);
  copy(X3, X1);
  copy(Z3, Z1);
  let before: i32 = 0;
  for (let bit = 254; bit >= 0; bit--) {
    const now = (<i32>load<u8>(scalar + (bit >> 3)) >> (bit & 7)) & 1;
    v128.store(MASK, i32x4.splat(0 - (before ^ now)));
    before = now;
    swap(X2, X3, MASK);
    swap(Z2, Z3, MASK);
    add(S, X2, Z2);
    sub(D, X2, Z2);
    add(U, X3, Z3);
    sub(V, X3, Z3);
    mul(V, V, S);
    mul(U, U, D);
    mul(S, S, S);
    mul(D, D, D);
    add(X3, V, U);
    sub(Z3, V, U);
    mul(X3, X3, X3);
    mul(Z3, Z3, Z3);
    mul(X3, X3, Z1);
    mul(Z3, Z3, X1);
    mul(X2, S, D);
    sub(D, S, D);
    mulSmall(U, D, A24);
    add(U, U, S);
    mul(Z2, D, U);
  }
  v128.store(MASK, i32x4.splat(0 - before));
  swap(X2, X3, MASK);
  swap(Z2, Z3, MASK);
}

/** Multiplies and writes four x. Returns 0 if one of them is 0: its point is of small order. */
function multiply(out: usize, count: usize, scalar: usize): i32 {
  ladder(scalar);
  invert(U, Z2);
  mul(X2, X2, U);
  let good = 1;
  for (let j: usize = 0; j < count; j++) {
    const to = out + 32 * j;
    pack(to, X2, j);
    if ((load<u64>(to) | load<u64>(to, 8) | load<u64>(to, 16) | load<u64>(to, 24)) === 0) good = 0;
  }
  return good;
}

/** The x of `scalar` times the points to which n elements of 32 bytes are mapped. */
export function maskElements(out: usize, elements: usize, n: usize, scalar: usize): void {
  memory.fill(ZERO, 0, FOUR);
  for (let i: usize = 0; i < n; i += 4) {
    for (let j: usize = 0; j < 4; j++) unpack(X1, j, elements + 32 * min<usize>(i + j, n - 1));
    map();
    multiply(out + 32 * i, min<usize>(4, n - i), scalar);
  }
}

/** The x of `scalar` times n points by their x. Returns 0 if a point is of small order, else 1. */
export function maskPoints(out: usize, points: usize, n: usize, scalar: usize): i32 {
  let good = 1;
  for (let i: usize = 0; i < n; i += 4) {
    for (let j: usize = 0; j < 4; j++) unpack(X1, j, points + 32 * min<usize>(i + j, n - 1));
    set(Z1, 1);
    good &= multiply(out + 32 * i, min<usize>(4, n - i), scalar);
  }
  return good;
}

/** The first 16 bytes of n points become values, whose hashes are records. */
export function valuesOfPoints(out: usize, points: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) v128.store(out + 16 * i, v128.load(points + 32 * i));
}
