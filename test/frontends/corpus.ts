/** @file Programs of JAX with their inputs and outputs, as test/frontends/make writes them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { NDArray } from '../../src/ir/trace/ndarray.ts';

export const FOLDER = fileURLToPath(new URL('../../../test/frontends/', import.meta.url));

const TYPES: Readonly<
  Record<string, { readonly dtype: string; readonly of: (b: ArrayBuffer) => ArrayLike<number | bigint> }>
> = {
  '<f4': { dtype: 'fxp', of: (b) => new Float32Array(b) },
  '<f8': { dtype: 'fxp', of: (b) => new Float64Array(b) },
  '|b1': { dtype: 'bool', of: (b) => new Uint8Array(b) },
  '|i1': { dtype: 'int8', of: (b) => new Int8Array(b) },
  '<i2': { dtype: 'int16', of: (b) => new Int16Array(b) },
  '<i4': { dtype: 'int32', of: (b) => new Int32Array(b) },
  '<i8': { dtype: 'int64', of: (b) => new BigInt64Array(b) },
  '|u1': { dtype: 'uint8', of: (b) => new Uint8Array(b) },
  '<u2': { dtype: 'uint16', of: (b) => new Uint16Array(b) },
  '<u4': { dtype: 'uint32', of: (b) => new Uint32Array(b) },
  '<u8': { dtype: 'uint64', of: (b) => new BigUint64Array(b) },
};

const arrayOf = (npy: Buffer): NDArray => {
  const length = npy.readUInt16LE(8);
  const header = npy.subarray(10, 10 + length).toString('latin1');
  const type = TYPES[/'descr': '([^']+)'/.exec(header)![1]!]!;
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .map((s) => s.trim());
  const bytes = Uint8Array.from(npy.subarray(10 + length));
  const data = type.of(bytes.buffer);
  const held = type.dtype === 'fxp' ? Float64Array.from(data as ArrayLike<number>) : data;
  return new NDArray(shape.filter((s) => s !== '').map(Number), type.dtype as 'fxp', held as Float64Array);
};

/** The arrays of an npz file, by name. */
export const arraysOf = (zip: Buffer): Map<string, NDArray> => {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const all = new Map<string, NDArray>();
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const [name, extra, comment] = [28, 30, 32].map((i) => zip.readUInt16LE(at + i)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    const bytes = zip.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw);
    all.set(
      zip
        .subarray(at + 46, at + 46 + name)
        .toString()
        .replace(/\.npy$/, ''),
      arrayOf(bytes),
    );
    at += 46 + name + extra + comment;
  }
  return all;
};

export interface Sample {
  readonly name: string;
  readonly tolerance: number;
  /** Why it cannot run. */
  readonly refuse: string | undefined;
  readonly inputs: readonly NDArray[];
  /** Places of those that are meant as secrets. */
  readonly secrets: readonly number[];
  readonly outputs: readonly NDArray[];
  readonly text: string;
  readonly bytecode: Uint8Array;
}

interface About {
  readonly tol: number;
  readonly refuse?: string;
  readonly inputs: readonly { readonly secret: boolean }[];
  readonly outputs: readonly unknown[];
}

export const NAMES = readdirSync(join(FOLDER, 'jax')).filter((name) =>
  existsSync(join(FOLDER, 'jax', name, 'about.json')),
);

export const sampleOf = (name: string): Sample => {
  const at = (file: string): string => join(FOLDER, 'jax', name, file);
  const about = JSON.parse(readFileSync(at('about.json'), 'utf8')) as About;
  const arrays = arraysOf(readFileSync(at('data.npz')));
  return {
    name,
    tolerance: about.tol,
    refuse: about.refuse,
    inputs: about.inputs.map((_, i) => arrays.get(`in${i}`)!),
    secrets: about.inputs.flatMap(({ secret }, i) => (secret ? [i] : [])),
    outputs: about.outputs.map((_, i) => arrays.get(`out${i}`)!),
    text: readFileSync(at('program.mlir'), 'utf8'),
    bytecode: new Uint8Array(readFileSync(at('program.bc'))),
  };
};

/** The largest error, absolute below 1 and relative above. NaN is not asked of secrets. */
export const errorOf = (got: readonly NDArray[], want: readonly NDArray[]): number => {
  let worst = 0;
  for (const [i, w] of want.entries()) {
    if (got[i]!.shape.join() !== w.shape.join()) return Infinity;
    for (let k = 0; k < w.size; k++) {
      const [g, r] = [Number(got[i]!.data[k]), Number(w.data[k])];
      if (Number.isNaN(r)) continue;
      const error = Math.abs(g - r) / Math.max(1, Math.abs(r));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
};
