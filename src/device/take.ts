/**
 * @file Large arrays that change hands: what is given to a call is copied at the call, unless the program gives it away.
 *
 * A buffer that was given away is detached, as by `postMessage`: its views have length 0 from then on.
 */
import { fail } from '../errors.ts';
import type { TensorData } from '../ir/ops/graph.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { describe } from '../names.ts';

/** What can be taken over: an array of numbers that has its buffer for itself. */
export type Takeable = NDArray | TensorData | Float32Array | Uint8ClampedArray;

/** Buffers that `take` gave out: the next call may keep them. */
const given = new WeakSet<ArrayBufferLike>();
/** Buffers that are gone. */
const gone = new WeakSet<ArrayBufferLike>();

type View = Exclude<Takeable, NDArray>;

const move = (view: View, what: string): View => {
  const { buffer } = view;
  checkThere(view, what);
  if (!(buffer instanceof ArrayBuffer) || view.byteOffset !== 0 || view.byteLength !== buffer.byteLength)
    return fail(
      'INVALID_ARGUMENT',
      `${what}: the array shares its memory with others, who would lose it: hand it over as it is, which copies it`,
    );
  let fresh: ArrayBuffer;
  try {
    fresh = structuredClone(buffer, { transfer: [buffer] });
  } catch {
    return fail('INVALID_ARGUMENT', `${what}: this memory cannot change hands: hand the array over as it is`);
  }
  gone.add(buffer);
  given.add(fresh);
  const type = (view instanceof Uint8Array ? Uint8Array : view.constructor) as new (b: ArrayBuffer) => View;
  return new type(fresh);
};

/** Throws INVALID_ARGUMENT for an array whose memory was taken over. */
export const checkThere = (view: ArrayBufferView, what: string): void => {
  if (gone.has(view.buffer))
    fail(
      'INVALID_ARGUMENT',
      `${what} is an array that was taken over by sf.take, or by the call that it was given to: it is empty since then`,
    );
};

/** The array itself where a call may keep it, with nobody else holding it from then on; undefined where it is to be copied. */
export const keep = (view: ArrayBufferView, what: string): ArrayBufferView | undefined => {
  if (!given.has(view.buffer)) return undefined;
  given.delete(view.buffer);
  const kept = move(view as View, what);
  given.delete(kept.buffer);
  return kept;
};

/**
 * `array`, an array of numbers or an NDArray, for one call or one `sf.to` to keep: its memory is handed over and not copied.
 * The array that was given here is empty from then on, and so is the result once a call has it; a later call with either is an
 * INVALID_ARGUMENT error. So is an array that is a part of a larger buffer, as small Buffers of Node are.
 * @example
 * const big = Float64Array.of(1, 2, 3);
 * await sf.reveal(alice((x: Float64Array) => x.length)(sf.take(big))) // 3
 * big.length // 0
 */
export const take = <T extends Takeable>(array: T): T => {
  if (array instanceof NDArray) {
    const { shape, dtype, data } = array;
    return new NDArray(shape, dtype, move(data, 'sf.take') as TensorData) as T;
  }
  if (!ArrayBuffer.isView(array) || array instanceof DataView)
    return fail('INVALID_ARGUMENT', `sf.take takes over arrays of numbers, not ${describe(array)}`);
  return move(array, 'sf.take') as T;
};
