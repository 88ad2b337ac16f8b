/** @file Attention and rotary embeddings, as operators of their own (opset 23). */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { LEAST } from '../../beyond.ts';
import { choose } from '../../finite.ts';
import { type Call, isPublic, np, type Rule, type Rules, range } from '../call.ts';

/** [batch, length, heads size] -> [batch, heads, length, size]. */
const apart = (x: BaseArray, heads: number): BaseArray => {
  const [b, n, size] = x.shape as [number, number, number];
  return np.transpose(np.reshape(x, [b, n, heads, size / heads]), [0, 2, 1, 3]);
};

/** Which keys each query may see, [batch or 1, 1, n, m], and what is added to scores. */
interface Seen {
  readonly mask: BaseArray | undefined;
  readonly bias: BaseArray | undefined;
}

const and = (x: BaseArray | undefined, y: BaseArray | undefined): BaseArray | undefined =>
  x && y ? np.logicalAnd(x, y) : (x ?? y);
const bools = (list: readonly boolean[], shape: readonly number[]): BaseArray =>
  np.astype(np.reshape(np.asarray(list.map(Number)), [...shape]), 'bool');

/** A mask of bools, or of numbers of which infinite ones hide. Keys beyond it are hidden. */
const given = (mask: BaseArray | undefined, m: number): Seen => {
  if (!mask) return { mask: undefined, bias: undefined };
  const widths = range(mask.ndim).map((i) =>
    i === mask.ndim - 1 ? [0, Math.max(0, m - (mask.shape[i] as number))] : [0, 0],
  );
  if (mask.dtype === 'bool') return { mask: np.pad(mask, widths as never, false), bias: undefined };
  const wide = np.pad(mask, widths as never, 0);
  const inside = np.pad(np.ones([...mask.shape], 'bool'), widths as never, false);
  if (!isPublic(mask)) return { mask: inside, bias: wide };
  const finite = np.greater(wide, -LEAST);
  return { mask: np.logicalAnd(inside, finite), bias: np.where(finite, wide, 0) };
};

/** By the distance between the places of queries and keys. */
const nearby = (
  call: Call,
  n: number,
  m: number,
  past: number,
  lengths: readonly number[] | undefined,
): BaseArray | undefined => {
  const [left, right] = [call.int('left_window_size', -1), call.int('right_window_size', -1)];
  const isCausal = call.flag('is_causal');
  if (!isCausal && left < 0 && right < 0) return undefined;
  const starts = lengths ? lengths.map((l) => l - n) : [past];
  const list = starts.flatMap((start) =>
    range(n * m).map((i) => {
      const ahead = (i % m) - (Math.floor(i / m) + start);
      return (!isCausal || ahead <= 0) && (left < 0 || -ahead <= left) && (right < 0 || ahead <= right);
    }),
  );
  return bools(list, [starts.length, 1, n, m]);
};

const attend: Rule = (call) => {
  const isFlat = call.input(0).ndim === 3;
  const [qHeads, kvHeads] = [call.int('q_num_heads', 0), call.int('kv_num_heads', 0)];
  const at = (i: number, heads: number): BaseArray => (isFlat ? apart(call.input(i), heads) : call.input(i));
  const q = at(0, qHeads);
  let [k, v] = [at(1, kvHeads), at(2, kvHeads)];
  const [oldK, oldV] = [call.optional(4), call.optional(5)];
  if (oldK) k = np.concatenate([oldK, k], 2);
  if (oldV) v = np.concatenate([oldV, v], 2);
  const [presentK, presentV] = [k, v];
  const [batch, heads, n, size] = q.shape as [number, number, number, number];
  const m = k.shape[2] as number;
  const groups = heads / (k.shape[1] as number);
  if (groups > 1) [k, v] = [np.repeat(k, groups, 1), np.repeat(v, groups, 1)];
  const scale = call.attribute('scale') ? call.float('scale') : 1 / Math.sqrt(size);
  const raw = np.multiply(np.matmul(q, np.swapaxes(k, -1, -2)), scale);
  const cap = call.float('softcap', 0);
  const scores = cap > 0 ? np.multiply(np.tanh(np.divide(raw, cap)), cap) : raw;

  const lengths = call.places(6, 'how much of its keys is there');
  const own = given(call.optional(3), m);
  const there =
    lengths &&
    bools(
      lengths.flatMap((l) => range(m).map((i) => i < l)),
      [lengths.length, 1, 1, m],
    );
  const mask = and(and(own.mask, nearby(call, n, m, oldK?.shape[2] ?? 0, lengths)), there);
  const biased = own.bias ? np.add(scores, own.bias) : scores;
  const hidden = mask ? choose(mask, biased, np.asarray(-Infinity)) : biased;
  const softmax = np.nn.softmax(hidden, -1);
  // A query that sees nothing takes nothing.
  const sees = mask && np.any(mask, { axis: -1, keepdims: true });
  const weights = sees ? np.where(sees, softmax, 0) : softmax;
  const y = np.matmul(weights, v);
  const result = isFlat
    ? np.reshape(np.transpose(y, [0, 2, 1, 3]), [batch, n, heads * (v.shape[3] as number)])
    : y;
  const stages = [scores, scores, hidden, weights];
  return [
    result,
    presentK,
    presentV,
    call.wants(3) ? stages[call.int('qk_matmul_output_mode', 0)] : undefined,
  ];
};

const rotary: Rule = (call) => {
  const given = call.input(0);
  const heads = call.int('num_heads', 0);
  const isFlat = given.ndim === 3;
  // [batch, length, heads, size]
  const [b, n] = isFlat
    ? (given.shape as [number, number])
    : [given.shape[0] as number, given.shape[2] as number];
  const x = isFlat
    ? np.reshape(given, [b, n, heads, (given.shape[2] as number) / heads])
    : np.transpose(given, [0, 2, 1, 3]);
  const size = x.shape[3] as number;
  const turning = call.int('rotary_embedding_dim', 0) || size;
  const ids = call.optional(3);
  const rows = (i: number): BaseArray => {
    const table = call.input(i);
    const own = ids ? np.reshape(np.take(table, np.ravel(ids), 0), [b, n, turning / 2]) : table;
    return np.expandDims(own, 2);
  };
  const [cos, sin] = [rows(1), rows(2)];
  const part = (y: BaseArray, from: number, to: number, step = 1): BaseArray =>
    np.slice(y, '...', [from, to, step]);
  const own = part(x, 0, turning);
  const half = turning / 2;
  const isInterleaved = call.flag('interleaved');
  const [a, c] = isInterleaved
    ? [part(own, 0, turning, 2), part(own, 1, turning, 2)]
    : [part(own, 0, half), part(own, half, turning)];
  const real = np.subtract(np.multiply(cos, a), np.multiply(sin, c));
  const imaginary = np.add(np.multiply(sin, a), np.multiply(cos, c));
  const turned = isInterleaved
    ? np.reshape(np.stack([real, imaginary], -1), [...own.shape])
    : np.concatenate([real, imaginary], 3);
  const all = turning < size ? np.concatenate([turned, part(x, turning, size)], 3) : turned;
  return isFlat ? np.reshape(all, [...given.shape]) : np.transpose(all, [0, 2, 1, 3]);
};

const swiglu: Rule = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  const alpha = call.float('alpha', 1);
  const gate = alpha === 1 ? np.nn.silu(a) : np.multiply(a, np.sigmoid(np.multiply(a, alpha)));
  return np.multiply(gate, b);
};

export const attention: Rules = { Attention: attend, RotaryEmbedding: rotary, SwiGLU: swiglu };
