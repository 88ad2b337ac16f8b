/** @file Programs of many ops on single numbers: what an op costs beside its arithmetic. */

import type { np } from '../../src/index.ts';
import { reals, type Workload } from './workloads.ts';

type Array_ = np.BaseArray;

export interface SmallOps extends Workload {
  readonly ops: number;
}

const repeated =
  (ops: number, step: (y: Array_, x: Array_) => Array_) =>
  (x: Array_): Array_ => {
    let y = x;
    for (let i = 0; i < ops; i++) y = step(y, x);
    return y;
  };

const small = (name: string, ops: number, size: string, program: Workload['program']): SmallOps => ({
  name: `small ops: ${name}`,
  size,
  ops,
  inputs: () => Array.from({ length: program.length }, (_, i) => reals([], 0.9, 1.1, 91 + i)),
  program,
});

export const SMALL_OPS: readonly SmallOps[] = [
  small('additions', 16_000, '16000 additions of one number, one after another', (x) =>
    repeated(16_000, (y, one) => y.add(one))(x!),
  ),
  small(
    'products',
    16_000,
    '16000 independent products: a number more each time, by another number',
    (x, y) => Array.from({ length: 16_000 }, (_, i) => x!.add(i).mul(y!)),
  ),
  small('chain of products', 4000, '4000 products, one after another: as many rounds', (x) =>
    repeated(4000, (y, one) => y.mul(one))(x!),
  ),
];
