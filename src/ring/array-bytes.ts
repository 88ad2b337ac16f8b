/** @file Arrays as bytes on the wire: words as they are, planes trimmed to whole bytes, values packed to their width. */

import { fail } from '../errors.ts';
import type { Bits, Bytes, RingArray } from './array.ts';
import { RingKeys } from './fss-payload.ts';
import { SCRATCH } from './memory.ts';

type Wired = RingArray | Bits | Bytes;

export class RingWire extends RingKeys {
  /** Bytes that the array takes on the wire; `width` is that of a value in Bytes. */
  wireBytes(arr: Wired, width = 8): number {
    if (arr.kind === 'bits') return arr.planes * Math.ceil(arr.length / 8);
    return arr.kind === 'bytes' ? Math.ceil((arr.length * width) / 8) : arr.bytes;
  }

  /** Writes the array into out from offset on; returns the number of bytes. */
  writeWire(out: Uint8Array, offset: number, arr: Wired, width = 8): number {
    const size = this.#room('writeWire', out, offset, arr, width);
    if (arr.kind === 'bits') {
      const tail = arr.length % 8;
      let at = offset;
      this.#eachRun(arr, (ptr, planes, bytes, last) => {
        const mask = last && tail ? (1 << tail) - 1 : 255;
        this.kernels.packPlanes(this.scratch, ptr, arr.stride, planes, bytes, mask);
        out.set(this.raw(this.scratch, planes * bytes), at);
        at += planes * bytes;
      });
    } else if (arr.kind === 'ring' || width === 8) {
      out.set(this.u8(arr), offset);
    } else {
      for (let i = 0; i < arr.length; i += SCRATCH) {
        const n = Math.min(SCRATCH, arr.length - i);
        const bytes = Math.ceil((n * width) / 8);
        this.kernels.packBytes(this.scratch, arr.ptr + i, n, width);
        out.set(this.raw(this.scratch, bytes), offset + (i * width) / 8);
      }
    }
    return size;
  }

  /** Adds what stands in `bytes` to the array: ring words mod 2^K, bits by xor, Bytes mod 2^width. Returns its size. */
  addWire(arr: Wired, bytes: Uint8Array, offset: number, width = 8): number {
    return this.#receive('addWire', arr, bytes, offset, width, true);
  }

  /** Overwrites the array by what stands in `bytes`. Returns its size. */
  readWire(arr: Wired, bytes: Uint8Array, offset: number, width = 8): number {
    return this.#receive('readWire', arr, bytes, offset, width, false);
  }

  #receive(op: string, arr: Wired, from: Uint8Array, offset: number, width: number, add: boolean): number {
    const size = this.#room(op, from, offset, arr, width);
    if (arr.kind === 'bits') {
      let at = offset;
      this.#eachRun(arr, (ptr, planes, bytes) => {
        this.raw(this.scratch, planes * bytes).set(from.subarray(at, at + planes * bytes));
        this.kernels.unpackPlanes(ptr, arr.stride, this.scratch, planes, bytes, +add);
        at += planes * bytes;
      });
    } else if (arr.kind === 'ring') {
      if (!add) this.u8(arr).set(from.subarray(offset, offset + size));
      else {
        const kernel = this.kernels[`add${arr.field.bits}`];
        for (let i = 0; i < size; i += SCRATCH) {
          const bytes = Math.min(SCRATCH, size - i);
          this.raw(this.scratch, bytes).set(from.subarray(offset + i, offset + i + bytes));
          kernel(arr.ptr + i, arr.ptr + i, this.scratch, bytes / arr.field.bytes);
        }
      }
    } else {
      for (let i = 0; i < arr.length; i += SCRATCH) {
        const n = Math.min(SCRATCH, arr.length - i);
        const at = offset + (i * width) / 8;
        const bytes = Math.ceil((n * width) / 8);
        this.raw(this.scratch, bytes).set(from.subarray(at, at + bytes));
        this.kernels.unpackBytes(arr.ptr + i, this.scratch, n, width, +add);
      }
    }
    return size;
  }

  #room(op: string, buffer: Uint8Array, offset: number, arr: Wired, width: number): number {
    this.live(arr);
    if (!Number.isInteger(width) || width < 1 || width > 8)
      fail('RANGE', `ring ${op}: width ${width} is not in 1..8`);
    const size = this.wireBytes(arr, width);
    if (!(offset >= 0 && offset + size <= buffer.length)) {
      fail('RANGE', `ring ${op}: ${size} bytes at ${offset} do not fit into ${buffer.length}`);
    }
    return size;
  }

  /** The planes in runs that fit into the scratch: several whole planes, or a piece of one. */
  #eachRun(arr: Bits, run: (ptr: number, planes: number, bytes: number, last: boolean) => void): void {
    const bytes = Math.ceil(arr.length / 8);
    if (bytes === 0) return;
    if (bytes <= SCRATCH) {
      const group = Math.floor(SCRATCH / bytes);
      for (let p = 0; p < arr.planes; p += group) {
        run(arr.ptr + p * arr.stride, Math.min(group, arr.planes - p), bytes, true);
      }
    } else {
      for (let p = 0; p < arr.planes; p++) {
        for (let i = 0; i < bytes; i += SCRATCH) {
          const n = Math.min(SCRATCH, bytes - i);
          run(arr.ptr + p * arr.stride + i, 1, n, i + n === bytes);
        }
      }
    }
  }
}
