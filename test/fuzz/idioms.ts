/** @file Functions that programs write out, and near misses of them: what passes recognise (ir/compile/passes) has to be what was written. */
import { type Ref, sizeOf } from './arrays.ts';
import type { Arg, Step } from './program.ts';
import type { Gen } from './reference.ts';

/** Adds steps, each with its value. */
export interface Writer extends Gen {
  /** The place of the step's value. */
  write(step: Step): Arg;
}

type Write = (w: Writer, fn: string, ...args: Arg[]) => Arg;
const written: Write = (w, fn, ...args) => w.write({ fn, args });

/** Mostly the one, sometimes the other. */
const mostly = <T>(w: Writer, usual: T, ...rare: T[]): T => (w.rng.chance(0.75) ? usual : w.rng.pick(rare));

interface Subject {
  readonly x: Arg;
  readonly ref: Ref;
  readonly axis: number;
  readonly along: Arg;
}

const ELEMENTS = 40;
const subject = (w: Writer, end = 20): Subject => {
  const { arg, ref } = w.value({ dtype: 'fxp', rank: [1, 3], least: 2, lo: -end, hi: end, most: ELEMENTS });
  const axis = w.rng.int(0, ref.shape.length - 1);
  const other = mostly(w, axis, ref.shape.length - 1);
  return { x: arg, ref, axis, along: { options: { axis: other, keepdims: true } } };
};

const other = (w: Writer, { x, ref }: Subject): Arg =>
  mostly(w, x, w.value({ dtype: 'fxp', shape: ref.shape, lo: -20, hi: 20 }).arg);

/** At FM32 larger sums of squares are those of the coarser scale, off by up to 2^-5 of themselves. */
const exactSquares = (fraction: number): number => Math.sqrt(2 ** (28 - 2 * fraction) / ELEMENTS);

type Idiom = (w: Writer) => void;

const IDIOMS: readonly Idiom[] = [
  // softmax
  (w) => {
    const s = subject(w);
    const largest = written(w, mostly(w, 'max', 'mean', 'min'), s.x, {
      options: { axis: s.axis, keepdims: true },
    });
    const powers = written(w, 'exp', written(w, 'subtract', other(w, s), largest));
    written(w, 'divide', mostly(w, powers, s.x), written(w, 'sum', powers, s.along));
  },
  // softplus
  (w) => {
    const s = subject(w);
    const size = written(w, 'negative', written(w, mostly(w, 'abs', 'negative'), s.x));
    const rest = written(w, 'log', written(w, 'add', mostly(w, 1, 2, 0.5), written(w, 'exp', size)));
    const sum = written(w, 'add', written(w, 'maximum', other(w, s), mostly(w, 0, 1)), rest);
    written(w, 'exp', written(w, 'subtract', s.x, sum));
  },
  // GELU
  (w) => {
    const s = subject(w);
    const inner = written(w, 'multiply', s.x, mostly(w, Math.SQRT1_2, 0.7, -Math.SQRT1_2));
    const outer = written(w, mostly(w, 'add', 'subtract'), mostly(w, 1, 2), written(w, 'erf', inner));
    written(w, 'multiply', written(w, 'multiply', other(w, s), mostly(w, 0.5, 0.25, -0.5)), outer);
  },
  // GELU by tanh
  (w) => {
    const s = subject(w);
    const cube = written(w, 'multiply', written(w, 'multiply', s.x, s.x), s.x);
    const sum = written(w, 'add', s.x, written(w, 'multiply', cube, mostly(w, 0.044715, 0.05)));
    const inner = written(w, 'multiply', sum, mostly(w, Math.sqrt(2 / Math.PI), 0.8));
    const outer = written(w, 'add', 1, written(w, 'tanh', inner));
    written(w, 'multiply', written(w, 'multiply', other(w, s), 0.5), outer);
  },
  // by its own length
  (w) => {
    const s = subject(w, w.spec.field === 'FM32' ? exactSquares(w.spec.f) : 20);
    const squares = written(w, 'multiply', s.x, other(w, s));
    const sum = written(w, mostly(w, 'mean', 'sum'), squares, s.along);
    const length = written(w, 'add', sum, mostly(w, 1e-2, 1, 0));
    const root = written(w, mostly(w, 'sqrt', 'rsqrt'), length);
    written(w, mostly(w, 'divide', 'multiply'), other(w, s), root);
  },
  // a pool of what is held above a number
  (w) => {
    const s = subject(w);
    const held = written(w, mostly(w, 'maximum', 'minimum'), s.x, mostly(w, 0, 1.5, other(w, s)));
    written(w, mostly(w, 'max', 'min'), held, { options: { axis: s.axis } });
  },
  // places by equal steps
  (w) => {
    const s = subject(w);
    const n = s.ref.shape[s.axis]!;
    const [rows, columns] = [w.rng.int(1, 3), w.rng.int(1, 4)];
    const [down, right, start] = [w.rng.int(-2, 2), w.rng.int(-2, 2), w.rng.int(0, n - 1)];
    const places = Array.from({ length: rows * columns }, (_, i) => {
      const at = start + down * Math.floor(i / columns) + right * (i % columns);
      return mostly(w, ((at % n) + n) % n, w.rng.int(0, n - 1));
    });
    if (sizeOf(s.ref.shape) * places.length <= 200 * n)
      written(w, 'take', s.x, places, { options: { axis: s.axis } });
  },
];

/** Writes one of them. */
export const writeIdiom = (w: Writer): void => w.rng.pick(IDIOMS)(w);
