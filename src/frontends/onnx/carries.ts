/** @file What operations do with numbers beyond the ring that stand among secrets. */
import { CARRIES, type Carry } from '../beyond.ts';
import type { Node } from './model.ts';

/** Rules that see infinite constants as they are, and mark their results themselves, or pass arrays on. */
export const TAKES_INFINITE: ReadonlySet<string> = new Set([
  'CastLike',
  'Clip',
  'Div',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'If',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Loop',
  'Max',
  'Min',
  'Mul',
  'Scan',
  'Where',
]);

const { moves, levels, grows, logs, others } = CARRIES;
const each = (carry: Carry, ...names: readonly string[]): Readonly<Record<string, Carry>> =>
  Object.fromEntries(names.map((name) => [name, carry]));

const TABLE: Readonly<Record<string, Carry>> = {
  ...each(
    moves,
    'Ceil',
    'CenterCropPad',
    'Compress',
    'Concat',
    'DepthToSpace',
    'Dropout',
    'Expand',
    'Flatten',
    'Floor',
  ),
  ...each(
    moves,
    'Gather',
    'GatherElements',
    'GatherND',
    'GlobalMaxPool',
    'Identity',
    'MaxPool',
    'Pad',
    'ReduceMax',
  ),
  ...each(
    moves,
    'ReduceMin',
    'Reshape',
    'ReverseSequence',
    'Round',
    'Slice',
    'SpaceToDepth',
    'Split',
    'Squeeze',
    'Tile',
  ),
  ...each(moves, 'TopK', 'Transpose', 'Trilu', 'Unsqueeze'),
  ...each(
    levels,
    'ArgMax',
    'ArgMin',
    'Erf',
    'HardSigmoid',
    'Hardmax',
    'Shape',
    'Sigmoid',
    'Sign',
    'Size',
    'Softmax',
    'Tanh',
  ),
  ...each(logs, 'LogSoftmax', 'ReduceLogSumExp'),
  Abs: CARRIES.size,
  Add: CARRIES.add,
  Exp: grows,
  Neg: CARRIES.negate,
  Relu: ([x]) => CARRIES.largest([x, undefined]),
  Sub: CARRIES.less,
  Sum: CARRIES.add,
  // What is added to scores before the softmax.
  Attention: ([q, k, v, mask, ...rest]) => (levels([mask]) ? others([mask]) : others([q, k, v, ...rest])),
};

/** Elements of updates in place of others. */
const SCATTERS = new Set(['Scatter', 'ScatterElements', 'ScatterND', 'TensorScatter']);
/** Conversions between floats, or to bools, where it is known which. */
const FLOATS = new Set([1, 10, 11, 16, 9]);

/** What a node makes of marks; undefined: its rule does it. */
export const carryOf = (node: Node, key: string): Carry | undefined => {
  if (TAKES_INFINITE.has(key)) return undefined;
  const to = node.attributes.get('to');
  if (key === 'Cast') return to?.kind === 'int' && FLOATS.has(to.value) ? moves : others;
  if (SCATTERS.has(key)) return node.attributes.has('reduction') ? others : moves;
  return Object.hasOwn(TABLE, key) ? (TABLE[key] as Carry) : others;
};
