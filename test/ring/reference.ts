/**
 * @file Mathematics to some 400 digits, in whole numbers: what src/ring/math is measured against. A number is a whole multiple of
 * 2^-BITS.
 */

const BITS = 1400n;
const ONE = 1n << BITS;

const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const over = (a: bigint, b: bigint): bigint => (a << BITS) / b;
const size = (a: bigint): bigint => (a < 0n ? -a : a);

const view = new DataView(new ArrayBuffer(8));

/** x = mantissa 2^exponent. */
const partsOf = (x: number): readonly [bigint, number] => {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 2047n);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [x < 0 ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
};

const shifted = (a: bigint, by: number): bigint => (by < 0 ? a >> BigInt(-by) : a << BigInt(by));

const fixed = (x: number): bigint => {
  const [mantissa, exponent] = partsOf(x);
  return shifted(mantissa, exponent + Number(BITS));
};

/** The square root of a number of twice the bits. */
const isqrt = (a: bigint): bigint => {
  if (a === 0n) return 0n;
  let x = 1n << BigInt((a.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + a / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
};
const root = (a: bigint): bigint => isqrt(a << BITS);

/** 2 artanh t. */
const twiceArtanh = (t: bigint): bigint => {
  const square = times(t, t);
  let [sum, power] = [0n, t];
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = times(power, square);
  }
  return 2n * sum;
};
const LN2 = twiceArtanh(ONE / 3n);

const logOf = (a: bigint): bigint => {
  const k = a.toString(2).length - 1 - Number(BITS);
  const m = shifted(a, -k);
  return BigInt(k) * LN2 + twiceArtanh(over(m - ONE, m + ONE));
};

/** e^a for |a| < 1. */
const expNear = (a: bigint): bigint => {
  let [sum, term] = [ONE, ONE];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = times(term, a) / n;
    sum += term;
  }
  return sum;
};
const expOf = (a: bigint): bigint => {
  const k = a / LN2;
  return shifted(expNear(a - k * LN2), Number(k));
};

const arctanNear = (a: bigint): bigint => {
  const square = times(a, a);
  let [sum, power] = [0n, a];
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = -times(power, square);
  }
  return sum;
};
/** Machin's formula. */
const PI = 16n * arctanNear(ONE / 5n) - 4n * arctanNear(ONE / 239n);

/** The angle is halved until the series is short. */
const arctanOf = (a: bigint): bigint => {
  if (size(a) > ONE) return (a < 0n ? -PI : PI) / 2n - arctanOf(over(ONE, a));
  if (size(a) * 8n < ONE) return arctanNear(a);
  return 2n * arctanOf(over(a, ONE + root(ONE + times(a, a))));
};
const angle = (y: bigint, x: bigint): bigint => {
  if (x === 0n) return y < 0n ? -PI / 2n : PI / 2n;
  const a = arctanOf(over(y, x));
  return x > 0n ? a : y < 0n ? a - PI : a + PI;
};

const sinOf = (a: bigint): bigint => {
  const flips = (2n * a + PI) / (2n * PI);
  const r = a - PI * flips;
  let [sum, term] = [r, r];
  const square = times(r, r);
  for (let n = 2n; term !== 0n && term !== -1n; n += 2n) {
    term = -times(term, square) / (n * (n + 1n));
    sum += term;
  }
  return flips % 2n === 0n ? sum : -sum;
};
const cosOf = (a: bigint): bigint => sinOf(a + PI / 2n);

const cubeRoot = (a: bigint): bigint => {
  if (a < 0n) return -cubeRoot(-a);
  const wide = a << (2n * BITS);
  let x = 1n << BigInt(Math.ceil(wide.toString(2).length / 3));
  for (;;) {
    const next = (2n * x + wide / (x * x)) / 3n;
    if (next >= x) return x;
    x = next;
  }
};

const erfOf = (a: bigint): bigint => {
  const square = times(a, a);
  let [sum, term] = [a, a];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (2n * times(term, square)) / (2n * n + 1n);
    sum += term;
  }
  return over(2n * times(sum, expOf(-square)), root(PI));
};

type Exact = (...at: readonly bigint[]) => bigint;

/** What every function of src/ring/math is. */
const EXACT: Readonly<Record<string, Exact>> = {
  exp: (x) => expOf(x!),
  expm1: (x) => expOf(x!) - ONE,
  log: (x) => logOf(x!),
  log1p: (x) => logOf(ONE + x!),
  log2: (x) => over(logOf(x!), LN2),
  log10: (x) => over(logOf(x!), logOf(10n * ONE)),
  pow: (x, y) => expOf(times(y!, logOf(x!))),
  sin: (x) => sinOf(x!),
  cos: (x) => cosOf(x!),
  tan: (x) => over(sinOf(x!), cosOf(x!)),
  asin: (x) => angle(x!, root(ONE - times(x!, x!))),
  acos: (x) => angle(root(ONE - times(x!, x!)), x!),
  atan: (x) => arctanOf(x!),
  atan2: (y, x) => angle(y!, x!),
  sinh: (x) => (expOf(x!) - expOf(-x!)) / 2n,
  cosh: (x) => (expOf(x!) + expOf(-x!)) / 2n,
  tanh: (x) => over(expOf(2n * x!) - ONE, expOf(2n * x!) + ONE),
  asinh: (x) => (x! < 0n ? -logOf(root(ONE + times(x!, x!)) - x!) : logOf(x! + root(ONE + times(x!, x!)))),
  acosh: (x) => logOf(x! + root(times(x!, x!) - ONE)),
  atanh: (x) => logOf(over(ONE + x!, ONE - x!)) / 2n,
  cbrt: (x) => cubeRoot(x!),
  hypot: (x, y) => root(times(x!, x!) + times(y!, y!)),
  erf: (x) => erfOf(x!),
  sigmoid: (x) => over(ONE, ONE + expOf(-x!)),
  softplus: (x) => logOf(ONE + expOf(x!)),
};

/** How far `got` is from what `name` is at these numbers, in units in the last place of `got`. Not for numbers below 2^-1000. */
export const errorOf = (name: string, at: readonly number[], got: number): number => {
  const want = EXACT[name]!(...at.map(fixed));
  const [, exponent] = partsOf(got);
  const unit = shifted(1n, exponent + Number(BITS));
  return Number((size(fixed(got) - want) * 1000n) / unit) / 1000;
};
