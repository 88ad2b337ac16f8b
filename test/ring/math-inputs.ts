/** @file Arguments for the functions of src/ring/math, made alike on every engine, and a digest of what the functions make of them. */
import * as math from '../../src/ring/math/index.ts';

/** mulberry32: whole numbers of 32 bits. */
const generator = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
};

type Draw = (next: () => number) => number;

const words = new Uint32Array(2);
const float = new Float64Array(words.buffer);

/** Any number of that sign with an exponent from lo to hi. */
const magnitude =
  (lo: number, hi: number, signed = true): Draw =>
  (next) => {
    const high = next();
    words[0] = next();
    words[1] = ((1023 + lo + (next() % (hi - lo + 1))) << 20) | (high & 0x800f_ffff);
    return signed ? float[0]! : Math.abs(float[0]!);
  };
const uniform =
  (lo: number, hi: number): Draw =>
  (next) =>
    lo + (hi - lo) * ((next() + 0.5) / 0x1_0000_0000);
/** Now and then the one, now and then the other. */
const mixed =
  (...some: readonly Draw[]): Draw =>
  (next) =>
    some[next() % some.length]!(next);

const positive = mixed(magnitude(-900, 900, false), uniform(0.5, 2), uniform(0.99, 1.01), uniform(0, 100));
const angles = mixed(magnitude(-30, 800), uniform(-10, 10), uniform(-1e6, 1e6));
const part = mixed(magnitude(-40, -2), uniform(-1, 1), uniform(0.999, 1));
const moderate = mixed(magnitude(-40, 8), uniform(-5, 5));

/** Arguments of each function. */
export const ARGUMENTS: Readonly<Record<string, readonly Draw[]>> = {
  exp: [mixed(magnitude(-60, 8), uniform(-690, 709))],
  expm1: [mixed(magnitude(-60, 8), uniform(-3, 3))],
  log: [positive],
  log1p: [mixed(magnitude(-60, -2), magnitude(-3, 900, false), uniform(-1, 1))],
  log2: [positive],
  log10: [positive],
  pow: [mixed(uniform(0, 10), uniform(0.99, 1.01)), mixed(uniform(-200, 200), uniform(-3, 3))],
  sin: [angles],
  cos: [angles],
  tan: [angles],
  asin: [part],
  acos: [part],
  atan: [mixed(magnitude(-40, 60), uniform(-3, 3))],
  atan2: [mixed(magnitude(-40, 40), uniform(-3, 3)), mixed(magnitude(-40, 40), uniform(-3, 3))],
  sinh: [moderate],
  cosh: [moderate],
  tanh: [mixed(magnitude(-40, 3), uniform(-5, 5))],
  asinh: [mixed(magnitude(-40, 500), uniform(-5, 5))],
  acosh: [mixed(uniform(1, 1.01), uniform(1, 10), magnitude(1, 500, false))],
  atanh: [part],
  cbrt: [magnitude(-900, 900)],
  hypot: [magnitude(-30, 30), magnitude(-30, 30)],
  erf: [mixed(magnitude(-40, 2), uniform(-6, 6))],
  sigmoid: [uniform(-40, 40)],
  softplus: [uniform(-40, 40)],
  mish: [uniform(-40, 40)],
  gelu: [uniform(-8, 8)],
  geluTanh: [uniform(-8, 8)],
  arccosRest: [uniform(0, 1)],
};

type Fn = (...at: readonly number[]) => number;
const FUNCTIONS: Readonly<Record<string, Fn>> = { ...math };
export const fnOf = (name: string): Fn => FUNCTIONS[name]!;

/** n lists of arguments. */
export function* argumentsOf(name: string, n: number): Generator<number[]> {
  const next = generator(name.length * 1000 + name.charCodeAt(0));
  for (let i = 0; i < n; i++) yield ARGUMENTS[name]!.map((draw) => draw(next));
}

/** What every function makes of n lists of arguments, a digest each. */
export const digests = (n: number): Record<string, string> => {
  const out: Record<string, string> = {};
  for (const name of Object.keys(ARGUMENTS)) {
    const fn = fnOf(name);
    let [a, b] = [0x811c9dc5, 0x1b873593];
    for (const at of argumentsOf(name, n)) {
      const y = fn(...at);
      // One NaN is as good as another.
      float[0] = Number.isNaN(y) ? Number.NaN : y;
      for (const word of words) {
        a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15);
        b = Math.imul(b ^ word, 0x85ebca6b) ^ (b >>> 13);
      }
    }
    out[name] = [a, b].map((x) => (x >>> 0).toString(16).padStart(8, '0')).join('');
  }
  return out;
};
