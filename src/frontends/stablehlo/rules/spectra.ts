/** @file Fourier transforms (StableHLO specification, fft): of pairs of a real and an imaginary part, or of real numbers alone. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Complex, halfBack, transform } from '../../spectra.ts';
import { input, isPublic, np, numbers, type Rule, type Rules, range, text, unsupported } from './rule.ts';

const both = ({ real, imaginary }: Complex, f: (x: BaseArray) => BaseArray): Complex => ({
  real: f(real),
  imaginary: imaginary && f(imaginary),
});

/** One axis after another, each as the last one. */
const along = (x: Complex, axis: number, f: (x: Complex) => Complex): Complex => {
  const last = x.real.ndim - 1;
  const out = f(both(x, (y) => np.moveaxis(y, axis, last)));
  return both(out, (y) => np.moveaxis(y, last, axis));
};

const isZero = (x: BaseArray): boolean =>
  isPublic(x) && Array.from(x.data as Float64Array).every((v) => v === 0);

const fft: Rule = (op, inputs) => {
  const [kind, lengths] = [text(op, 'fft_type'), numbers(op, 'fft_length')];
  const [real, second] = [input(inputs, 0, op), inputs[1]];
  const rank = real.ndim;
  const last = rank - 1;
  const axes = range(lengths.length).map((i) => rank - lengths.length + i);
  const isHalf = kind === 'IRFFT';
  const fits = axes.every((axis, i) => {
    const n = lengths[i] as number;
    return real.shape[axis] === (isHalf && axis === last ? Math.floor(n / 2) + 1 : n);
  });
  if (lengths.length < 1 || lengths.length > 3 || !fits)
    return unsupported(op, `lengths ${lengths} of an array of shape (${real.shape})`);
  let x: Complex = { real, imaginary: second && isZero(second) ? undefined : second };
  const n = lengths.at(-1) as number;
  const zero = (y: Complex): BaseArray => y.imaginary ?? np.zeros(y.real.shape);
  switch (kind) {
    case 'FFT':
      for (const axis of axes) x = along(x, axis, (y) => transform(y, -1));
      return [x.real, zero(x)];
    case 'RFFT':
      x = transform(x, -1, Math.floor(n / 2) + 1);
      for (const axis of axes.slice(0, -1)) x = along(x, axis, (y) => transform(y, -1));
      return [x.real, zero(x)];
    case 'IFFT':
    case 'IRFFT': {
      for (const axis of isHalf ? axes.slice(0, -1) : axes) x = along(x, axis, (y) => transform(y, 1));
      const share = 1 / lengths.reduce((a, b) => a * b, 1);
      const scaled = (y: BaseArray): BaseArray => np.multiply(y, share);
      return isHalf ? scaled(halfBack(x, n)) : [scaled(x.real), scaled(zero(x))];
    }
    default:
      return unsupported(op, `a transform of the kind ${kind}`);
  }
};

export const spectra: Rules = { fft };
