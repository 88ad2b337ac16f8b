/**
 * @file Programs of JAX as workloads: exported once by bench/peers/jax_models.py, which has the functions, and read by `sf.program`. Weights are
 * arguments of alice's, made from a seed, the same here and there; bob has the data.
 */
import { readFileSync } from 'node:fs';
import { projectFile } from '../../examples/lib/project.ts';
import { program } from '../../src/frontends/stablehlo-program.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { shaped, stream } from './inputs.ts';
import type { Workload } from './workloads.ts';

interface Argument {
  readonly owner: 'alice' | 'bob';
  readonly shape: readonly number[];
  readonly lo: number;
  readonly hi: number;
  /** 'whole': rounded down. 'classes': a 1 in each row. */
  readonly kind?: 'whole' | 'classes';
}

interface Spec {
  readonly file: string;
  readonly size: string;
  readonly heavy?: boolean;
  readonly inputs: readonly Argument[];
}

const fileOf = (name: string): string => projectFile('bench', 'models', name);

const SPECS = JSON.parse(readFileSync(fileOf('models.json'), 'utf8')) as Readonly<Record<string, Spec>>;

export const MODEL_NAMES: readonly string[] = Object.keys(SPECS);

const FIRST_SEED = 101;

const arrayOf = ({ shape, lo, hi, kind }: Argument, seed: number): NDArray => {
  const next = stream(seed);
  if (kind === 'classes') {
    const [rows, columns] = shape as [number, number];
    const ones = Array.from({ length: rows }, (_, i) => i * columns + Math.floor(next() * columns));
    const isOne = new Set(ones);
    return shaped(shape, (i) => Number(isOne.has(i)));
  }
  return shaped(shape, () => {
    const x = lo + (hi - lo) * next();
    return kind === 'whole' ? Math.floor(x) : x;
  });
};

/** A program of bench/models, ready to run; undefined if there is none of this name. */
export const modelOf = async (name: string): Promise<Workload | undefined> => {
  const spec = SPECS[name];
  if (spec === undefined) return undefined;
  const run = await program(readFileSync(fileOf(spec.file)));
  return {
    name,
    size: spec.size,
    inputs: () => spec.inputs.map((one, i) => arrayOf(one, FIRST_SEED + i)),
    owners: spec.inputs.map(({ owner }) => (owner === 'alice' ? 0 : 1)),
    program: (...inputs) => run(...inputs),
    error: true,
    ...(spec.heavy && { heavy: true }),
  };
};
