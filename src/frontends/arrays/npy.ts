/** @file Files of one array (numpy.lib.format, versions 1 to 3). */
import { fail } from '../../errors.ts';
import * as np from '../../numpy/index.ts';
import { NDArray } from '../../numpy/index.ts';
import { bytesOfData, ELEMENTS, sizeOf, writtenAs } from './elements.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** A header of more bytes is none. */
const MOST_HEADER = 1 << 16;

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((v, i) => bytes[i] === v);

const malformed = (name: string, what: string): never =>
  fail('SERIALIZATION', `${name} cannot be read: ${what}`, { name });

/** Bytes of numbers of `width` bytes, the other way round. */
const swapped = (bytes: Uint8Array, width: number): Uint8Array => {
  const copy = bytes.slice();
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
};

export const readNpy = (bytes: Uint8Array, name: string): NDArray => {
  if (!isNpy(bytes) || bytes.length < 12) return malformed(name, 'it is no array of NumPy');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] as number) > 1;
  const [start, length] = isLong ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
  if (length > MOST_HEADER || start + length > bytes.length)
    return malformed(name, 'its header is longer than it');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const described = /'descr'\s*:\s*('([^']*)'|\[)/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (!described || order === undefined || sizes === undefined) return malformed(name, 'its header is none');
  const type = described[2];
  const [, direction = '', kind = ''] = /^([<>|=]?)([a-zA-Z]\d*)$/.exec(type ?? '') ?? [];
  if (/^O/.test(kind))
    return fail('UNSUPPORTED', `${name} holds pickled objects, which are programs: they are not read`, {
      name,
    });
  const element = Object.hasOwn(ELEMENTS, kind) && !kind.startsWith('bf') ? ELEMENTS[kind] : undefined;
  if (!element)
    return fail(
      'UNSUPPORTED',
      `${name} holds elements of ${type ?? 'several fields'}, which have no place here`,
      { name },
    );
  const shape = sizes.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number(s)]));
  const size = sizeOf(shape);
  const body = bytes.subarray(start + length);
  if (size === undefined || body.length !== size * element.bytes)
    return malformed(name, `an array of (${shape.join(', ')}) does not have ${body.length} bytes`);
  const plain = direction === '>' ? swapped(body, element.bytes) : Uint8Array.from(body);
  const data = element.of(plain.buffer as ArrayBuffer);
  if (order === 'False' || shape.length < 2) return new NDArray(shape, element.dtype, data);
  // The first axis runs fastest: the array the other way round, turned.
  return np.transpose(new NDArray([...shape].reverse(), element.dtype, data)) as NDArray;
};

/** The data begins at a multiple of 64. */
export const writeNpy = ({ shape, dtype, data }: NDArray): Uint8Array => {
  const kind = writtenAs(dtype);
  const text = `{'descr': '${kind.endsWith('1') ? '|' : '<'}${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = new TextEncoder().encode(`${text.padEnd(length - 1)}\n`);
  const own = bytesOfData(data);
  const out = new Uint8Array(10 + length + own.length);
  out.set(MAGIC);
  out.set([1, 0, length & 255, length >> 8], 6);
  out.set(head, 10);
  out.set(own, 10 + length);
  return out;
};
