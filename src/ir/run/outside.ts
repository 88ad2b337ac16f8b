/**
 * @file Values that are too large for the ring's memory: their words lie outside of it, in the host's, in pieces one after another, and
 * come in where they are used. A slice of rows, a join and another shape move nothing.
 */
import { Scratch } from '../../dealer/scratch.ts';
import type { Value } from '../../gates/gate.ts';
import type { RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import type { DType, Shape, Tensor } from '../ops/graph.ts';
import { decodeTensor } from './encode.ts';
import type { MaskStream } from './mask-stream.ts';

/** Words of c and of r on the wire, as far as they are here, or the stream that r is. */
interface Part {
  readonly length: number;
  readonly c?: Uint8Array;
  readonly r?: Uint8Array;
  readonly stream?: MaskStream;
}

export interface Outside {
  readonly parts: readonly Part[];
}

/** What is put outside: `length` words. */
export const putOutside = (
  ring: Ring,
  length: number,
  value: Value & { readonly stream?: MaskStream },
): Outside => {
  const bytes = (array: Value['c']): Uint8Array => {
    const out = new Uint8Array(ring.wireBytes(array as RingArray));
    ring.writeWire(out, 0, array as RingArray);
    return out;
  };
  const { c, r, stream } = value;
  return {
    parts: [{ length, ...(c && { c: bytes(c) }), ...(r && { r: bytes(r) }), ...(stream && { stream }) }],
  };
};

/** Words start .. start + length. */
export const sliceOutside = ({ parts }: Outside, start: number, length: number): Outside => {
  const found: Part[] = [];
  let at = 0;
  for (const part of parts) {
    const [from, to] = [Math.max(start - at, 0), Math.min(start + length - at, part.length)];
    at += part.length;
    if (from >= to) continue;
    const cut = (bytes: Uint8Array): Uint8Array => {
      const each = bytes.length / part.length;
      return bytes.subarray(from * each, to * each);
    };
    const { c, r, stream } = part;
    found.push({
      length: to - from,
      ...(c && { c: cut(c) }),
      ...(r && { r: cut(r) }),
      ...(stream && { stream: { ...stream, start: stream.start + from, length: to - from } }),
    });
  }
  return { parts: found };
};

export const joinOutside = (all: readonly Outside[]): Outside => ({
  parts: all.flatMap(({ parts }) => parts),
});

/** Brings words in, for as long as `scratch` lives. */
export const takeInside = (scratch: Scratch, { parts }: Outside): Value => {
  const { ring } = scratch;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const gather = (fill: (to: RingArray, part: Part) => boolean): RingArray => {
    const all = scratch.words(length);
    let [at, zero] = [0, true];
    for (const part of parts) {
      zero = fill(all.view(at, part.length), part) && zero;
      at += part.length;
    }
    all.zero = zero;
    return all;
  };
  const c = parts.every((part) => part.c)
    ? gather((to, part) => {
        ring.readWire(to, part.c!, 0);
        return false;
      })
    : undefined;
  const r = parts.some((part) => part.r ?? part.stream)
    ? gather((to, { r: bytes, stream }) => {
        if (bytes) {
          ring.readWire(to, bytes, 0);
          return false;
        }
        const drawn = stream!.source.take(stream!.start, stream!.length);
        ring.copy(to, drawn);
        const { zero } = drawn;
        ring.release(drawn);
        return zero;
      })
    : undefined;
  return { ...(c && { c }), ...(r && { r }) };
};

interface Decoding {
  readonly ring: Ring;
  readonly field: Field;
  readonly fraction: number;
}

/** What was revealed, part by part; undefined where it is not known. */
export const decodeOutside = (
  { ring, field, fraction }: Decoding,
  { parts }: Outside,
  shape: Shape,
  dtype: DType,
): Tensor | undefined => {
  let all: Tensor | undefined;
  let at = 0;
  for (const part of parts) {
    if (!part.c || part.r || part.stream) return undefined;
    const scratch = new Scratch(ring, field);
    const { c } = takeInside(scratch, { parts: [part] });
    const { data } = decodeTensor(ring, c!, [part.length], dtype, fraction);
    scratch.end();
    const length = parts.reduce((sum, p) => sum + p.length, 0);
    all ??= { shape, dtype, data: new (data.constructor as new (n: number) => typeof data)(length) };
    (all.data as Float64Array).set(data as Float64Array, at);
    at += part.length;
  }
  return all;
};
