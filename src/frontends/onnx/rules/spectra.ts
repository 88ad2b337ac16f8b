/** @file Fourier transforms: complex numbers stand in pairs along the last axis. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Complex, halfBack, transform } from '../../spectra.ts';
import { axisIn, type Call, np, type Rule, type Rules, range } from '../call.ts';
import { checkedShape } from './shapes.ts';

const apart = (x: BaseArray): Complex => ({
  real: np.slice(x, '...', 0),
  imaginary: x.shape.at(-1) === 2 ? np.slice(x, '...', 1) : undefined,
});
const together = ({ real, imaginary }: Complex): BaseArray =>
  np.stack([real, imaginary ?? np.zerosLike(real)], real.ndim);

/** n numbers of the last axis: cut, or zeros behind. */
const fitted = (x: BaseArray, n: number): BaseArray => {
  const own = x.shape.at(-1) ?? 0;
  if (own === n) return x;
  if (own > n) return np.slice(x, '...', [0, n]);
  return np.pad(x, range(x.ndim).map((i) => (i === x.ndim - 1 ? [0, n - own] : [0, 0])) as never);
};
const both = (x: Complex, f: (y: BaseArray) => BaseArray): Complex => ({
  real: f(x.real),
  imaginary: x.imaginary && f(x.imaginary),
});

const transformed = (call: Call, x: Complex, length: number | undefined): Complex | BaseArray => {
  const [inverse, oneSided] = [call.flag('inverse'), call.flag('onesided')];
  const own = x.real.shape.at(-1) ?? 0;
  const n = length ?? (inverse && oneSided ? 2 * (own - 1) : own);
  checkedShape(call, [n, n]);
  if (!inverse)
    return transform(
      both(x, (y) => fitted(y, n)),
      -1,
      oneSided ? Math.floor(n / 2) + 1 : n,
    );
  if (oneSided) {
    const half = both(x, (y) => fitted(y, Math.floor(n / 2) + 1));
    return np.multiply(halfBack(half, n), 1 / n);
  }
  const all = both(x, (y) => fitted(y, n));
  return both(transform(all, 1), (y) => np.multiply(y, 1 / n));
};

const dft: Rule = (call) => {
  const x = call.input(0);
  const given = call.opset >= 20 ? (call.places(2, 'its axis')?.[0] ?? -2) : call.int('axis', 1);
  const axis = axisIn(call, given, x.ndim);
  if (axis === x.ndim - 1) return call.malformed('its axis is that of the pairs');
  const last = x.ndim - 2;
  const moved = both(apart(x), (y) => np.moveaxis(y, axis, last));
  const out = transformed(call, moved, call.places(1, 'its length')?.[0]);
  const back = (y: BaseArray): BaseArray => np.moveaxis(y, last, axis);
  return 'real' in out && 'imaginary' in out
    ? together(both(out as Complex, back))
    : np.expandDims(back(out as BaseArray), x.ndim - 1);
};

/** Frames of a signal, each transformed. */
const stft: Rule = (call) => {
  const x = apart(call.input(0).ndim === 3 ? call.input(0) : np.expandDims(call.input(0), 2));
  const step = call.places(1, 'its step')?.[0] ?? 1;
  const window = call.optional(2);
  const length = call.places(3, 'its length')?.[0] ?? window?.size ?? call.malformed('it has no length');
  const n = x.real.shape[1] as number;
  if (!(step >= 1 && length >= 1 && length <= n))
    return call.malformed(`frames of ${length} in steps of ${step}`);
  const frames = 1 + Math.floor((n - length) / step);
  const places = range(frames).flatMap((f) => range(length).map((i) => f * step + i));
  const framed = both(x, (y) => {
    const parts = np.reshape(np.take(y, places, 1), [y.shape[0] as number, frames, length]);
    return window ? np.multiply(parts, window) : parts;
  });
  return together(transform(framed, -1, call.flag('onesided', true) ? Math.floor(length / 2) + 1 : length));
};

export const spectra: Rules = { DFT: dft, STFT: stft };
