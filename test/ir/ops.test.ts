/** @file The op table refuses what does not fit: graphs may come from elsewhere, so every attribute is checked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '../../src/errors.ts';
import { GraphBuilder } from '../../src/ir/ops/builder.ts';
import { run } from '../../src/ir/ops/evaluate.ts';
import type { Attrs, Type } from '../../src/ir/ops/graph.ts';
import { inferTypes } from '../../src/ir/ops/types.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { throws } from '../numpy/both.ts';
import { open, secret } from './snapshot.ts';

const BAD: readonly (readonly [string, readonly Type[], Attrs, ErrorCode, string])[] = [
  ['nope', [], {}, 'UNSUPPORTED', 'unknown op "nope"'],
  ['constructor', [], {}, 'UNSUPPORTED', 'unknown op "constructor"'],
  ['add', [secret([])], {}, 'INVALID_ARGUMENT', 'add does not take 1 operands'],
  ['add', [secret([2]), secret([])], {}, 'SHAPE', 'add: shapes differ: (2,) ()'],
  ['add', [secret([]), secret([], 'int8')], {}, 'DTYPE', 'add: dtypes differ: float64 int8'],
  ['add', [secret([], 'bool'), secret([], 'bool')], {}, 'DTYPE', 'add takes numbers, not bool'],
  ['exp', [secret([], 'int8')], {}, 'DTYPE', 'exp takes float64, not int8'],
  ['not', [secret([])], {}, 'DTYPE', 'not takes bool, not float64'],
  ['exp', [secret([], 'ring')], {}, 'DTYPE', 'exp takes float64, not ring'],
  ['select', [secret([]), secret([]), secret([])], {}, 'DTYPE', 'select takes bool'],
  ['convert', [secret([])], {}, 'INVALID_ARGUMENT', 'attribute dtype is to be a dtype'],
  ['convert', [secret([])], { dtype: 'toString' }, 'DTYPE', 'unknown dtype "toString"'],
  ['sum', [secret([2])], { axes: 0 }, 'INVALID_ARGUMENT', 'axes is to be a list'],
  ['sum', [secret([2])], { axes: [1] }, 'SHAPE', 'axis 1 is out of bounds'],
  ['max', [secret([2])], {}, 'INVALID_ARGUMENT', 'axis is to be a whole number'],
  ['matmul', [secret([2]), secret([2])], {}, 'SHAPE', 'one rank of 2 or more'],
  ['matmul', [secret([2, 3, 4]), secret([3, 4, 1])], {}, 'SHAPE', 'batch dimensions differ'],
  ['broadcast', [secret([2])], { shape: [-2] }, 'SHAPE', 'whole numbers from 0'],
  ['reshape', [secret([2])], { shape: [3] }, 'SHAPE', 'cannot reshape array of size 2 into shape (3,)'],
  ['transpose', [secret([2, 2])], { perm: [0, 0] }, 'SHAPE', 'is not a permutation'],
  ['slice', [secret([2])], { start: [1], size: [2], step: [1] }, 'SHAPE', 'leaves axis 0 of size 2'],
  ['slice', [secret([2])], { start: [0], size: [2], step: [-1] }, 'SHAPE', 'leaves axis 0 of size 2'],
  [
    'slice',
    [secret([2])],
    { start: [], size: [2], step: [1] },
    'SHAPE',
    '0 entries for an array of dimension 1',
  ],
  ['gather', [secret([2])], { axis: 0, indices: [2] }, 'RANGE', 'index 2 is out of bounds'],
  ['concat', [], { axis: 0 }, 'INVALID_ARGUMENT', 'concat does not take 0 operands'],
  ['pad', [secret([2]), secret([])], { lo: [0], hi: [0] }, 'INVALID_ARGUMENT', 'public scalar'],
  [
    'dynamicSlice',
    [secret([2]), secret([], 'int64')],
    { size: [1] },
    'SECRET_IN_CONTROL_FLOW',
    'the index is secret',
  ],
  ['dynamicUpdateSlice', [secret([2]), secret([3]), open([], 'int64')], {}, 'SHAPE', 'does not fit (2,)'],
  ['const', [], {}, 'INVALID_ARGUMENT', 'value is to be an array'],
  ['const', [], { value: { shape: [2], dtype: 'fxp', data: new Float64Array(1) } }, 'SHAPE', 'do not fill'],
  ['loop', [], { lo: 0, hi: 1 }, 'INVALID_ARGUMENT', 'loop: no body'],
];

for (const [op, ins, attrs, code, text] of BAD)
  test(`${op} refuses: ${text}`, () => throws(() => inferTypes(op, ins, attrs), code, text));

test('a loop refuses a body that does not fit', () => {
  const body = new GraphBuilder();
  const i = body.input(open([], 'int64'));
  const x = body.input(secret([2]));
  const keeps = body.finish([x]);
  const attrs = { lo: 0, hi: 1 };
  throws(
    () => inferTypes('loop', [], attrs, keeps),
    'INVALID_ARGUMENT',
    'the body takes 2 values, the loop gives 1',
  );
  throws(
    () => inferTypes('loop', [open([2])], attrs, keeps),
    'SHAPE',
    'operand 1 is fxp[2], the body takes fxp[2] secret',
  );
  throws(
    () => inferTypes('loop', [secret([2])], attrs, body.finish([i])),
    'SHAPE',
    'carry 0 is fxp[2] secret before',
  );
  assert.equal(inferTypes('loop', [secret([2])], attrs, keeps), [secret([2])]);
});

test('a graph takes inputs of its types only', () => {
  const b = new GraphBuilder();
  const graph = b.finish([b.input(secret([2]))]);
  throws(() => run(graph, []), 'INVALID_ARGUMENT', 'the program takes 1 inputs, not 0');
  throws(
    () => run(graph, [NDArray.from([1])]),
    'SHAPE',
    'input 0 is fxp[1], the program takes fxp[2] secret',
  );
});

test.run();
