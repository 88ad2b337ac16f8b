/** @file What the compiler refuses of ops: each line below is an error of tsc, which `npm run check` holds it to. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LowerTable } from '../../src/ir/compile/lowering-state.ts';
import { GraphBuilder } from '../../src/ir/ops/builder.ts';
import type { InferTable } from '../../src/ir/ops/infer.ts';
import type { IntegerOp } from '../../src/ir/ops/integer/catalogue.ts';
import type { PlainTable } from '../../src/ir/ops/plain-kernel.ts';
import type { BatchTable } from '../../src/ir/trace/batch-rule.ts';
import type { GradTable } from '../../src/ir/trace/grad-rule.ts';
import { apply } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { throws } from '../numpy/both.ts';
import { secret } from './snapshot.ts';

test('unknown ops, attributes and numbers of operands are errors of the compiler, and of whoever gets past it', () => {
  const x = np.array([1, 2]);
  // @ts-expect-error an unknown op
  throws(() => apply('mich', [x]), 'UNSUPPORTED', 'unknown op "mich"');
  // @ts-expect-error a misspelt attribute
  throws(() => apply('sum', [x], { axis: [0] }), 'INVALID_ARGUMENT', 'sum has no attribute axis');
  // @ts-expect-error a mistyped attribute
  throws(() => apply('sum', [x], { axes: 0 }), 'INVALID_ARGUMENT', 'axes is to be a list');
  // @ts-expect-error an attribute is missing
  throws(() => apply('sum', [x]), 'INVALID_ARGUMENT', 'axes is to be a list');
  // @ts-expect-error an attribute of an op that has none
  throws(() => apply('exp', [x], { axis: 0 }), 'INVALID_ARGUMENT', 'exp has no attribute axis');
  // @ts-expect-error too few operands
  throws(() => apply('add', [x]), 'INVALID_ARGUMENT', 'add does not take 1 operands');
  const b = new GraphBuilder();
  const id = b.input(secret([2]));
  // @ts-expect-error too many operands
  throws(() => b.emit('neg', [id, id], {}), 'INVALID_ARGUMENT', 'neg does not take 2 operands');
  assert.equal(b.typeOf(b.emit('neg', [id], {})), secret([2]));
});

test('a facet is missing: an error of the compiler', () => {
  // @ts-expect-error no type rule
  const infer: InferTable<IntegerOp> = {};
  // @ts-expect-error no plain meaning
  const plain: PlainTable<IntegerOp> = {};
  // @ts-expect-error no lowering
  const lower: LowerTable<IntegerOp> = {};
  // @ts-expect-error no gradient
  const grad: GradTable<IntegerOp> = {};
  // @ts-expect-error no rule for batches
  const batch: BatchTable<IntegerOp> = {};
  assert.equal([infer, plain, lower, grad, batch], [{}, {}, {}, {}, {}]);
});

test.run();
