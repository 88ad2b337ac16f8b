/**
 * @file Values of a party that is no member of an SPU. It splits them where it is: each member gets numbers that are random by themselves, and whose sum in the
 * ring (xor of bits) is the value; the members put them in as they do with a checkpoint. What is revealed to such a party comes as the members'
 * shares, which it adds up. It has no engine, and needs none. Loaded when a value first crosses.
 */
import { TesseraError } from '../errors.ts';
import { alloc } from '../ir/ops/dtypes.ts';
import type { Tensor, Type } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import type { Inside, put } from './checkpoint.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { Described } from './mode.ts';
import type { Held, PYUObject } from './objects.ts';
import type { Op } from './operation.ts';
import type { SpuJobs } from './spu-jobs.ts';

type Runtime = SpuConfig['runtime'];

const BITS = { FM32: 32, FM64: 64, FM128: 128 } as const;

/** Half to even, as the ring rounds. */
const rounded = (x: number): number => {
  const floor = Math.floor(x);
  const over = x - floor;
  return over > 0.5 || (over === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/** An element of the ring as bytes on the wire. */
const write = (view: DataView, i: number, v: bigint, bits: number): void => {
  if (bits === 32) view.setUint32(4 * i, Number(BigInt.asUintN(32, v)), true);
  else
    for (let k = 0; k < bits / 64; k++)
      view.setBigUint64((bits / 8) * i + 8 * k, BigInt.asUintN(64, v >> BigInt(64 * k)), true);
};

const read = (view: DataView, i: number, bits: number): bigint => {
  if (bits === 32) return BigInt(view.getUint32(4 * i, true));
  const low = view.getBigUint64((bits / 8) * i, true);
  return bits === 64 ? low : low | (view.getBigUint64(16 * i + 8, true) << 64n);
};

/** From the platform's cryptographic source, which gives 64 KB at a time. */
const random = (n: number): Uint8Array => {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536));
  return out;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** An array's shares by rank, as bytes on the wire. Its numbers were found to fit the ring. */
const sharesOf = ({ dtype, data }: Tensor, parties: number, { field, fraction }: Runtime): Uint8Array[] => {
  const [n, bits] = [data.length, BITS[field]];
  const size = dtype === 'bool' ? Math.ceil(n / 8) : (n * bits) / 8;
  const others = Array.from({ length: parties - 1 }, () => random(size));
  const first = new Uint8Array(size);
  if (dtype === 'bool') {
    // Bits behind the last one are none.
    if (n % 8 > 0) for (const share of others) share[size - 1]! &= (1 << (n % 8)) - 1;
    for (let i = 0; i < n; i++) first[i >> 3]! |= Number(data[i]) << (i & 7);
    for (const share of others) for (let i = 0; i < size; i++) first[i]! ^= share[i]!;
    return [first, ...others];
  }
  const [view, views, scale] = [viewOf(first), others.map(viewOf), Number(1n << BigInt(fraction))];
  for (let i = 0; i < n; i++) {
    const x = data[i]!;
    let rest = typeof x === 'bigint' ? x : BigInt(dtype === 'fxp' ? rounded(x * scale) : x);
    for (const share of views) rest -= read(share, i, bits);
    write(view, i, rest, bits);
  }
  return [first, ...others];
};

/** The array of which these are all shares. */
const joined = (
  { shape, dtype }: Type,
  shares: readonly Uint8Array[],
  { field, fraction }: Runtime,
): Tensor => {
  const n = shape.reduce((all, d) => all * d, 1);
  const data = alloc(dtype, n);
  const [bits, views, scale] = [BITS[field], shares.map(viewOf), Number(1n << BigInt(fraction))];
  for (let i = 0; i < n; i++) {
    if (dtype === 'bool') data[i] = shares.reduce((b, share) => b ^ ((share[i >> 3]! >> (i & 7)) & 1), 0);
    else {
      const sum = BigInt.asIntN(
        bits,
        views.reduce((all, share) => all + read(share, i, bits), 0n),
      );
      // Typed arrays of integers keep the bits that they have room for.
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = sum;
      else data[i] = dtype === 'fxp' ? Number(sum) / scale : Number(BigInt.asIntN(32, sum));
    }
  }
  return { shape, dtype, data };
};

/** What puts shares in, as of a checkpoint. */
type Put = typeof put;

/**
 * Takes a value of a party that is no member. `describe`: reads and checks it, at its owner; elsewhere its form comes. `put`: puts what the members have
 * of it in.
 */
export const entered = async (
  d: Inside,
  object: PYUObject,
  describe: () => Promise<Described>,
  put: Put,
): Promise<{ readonly held: Held; readonly done: Promise<void> }> => {
  const { config, mode, op, backend } = d;
  const { parties, runtime } = config;
  const { party } = object.device;
  const described = mode.describe(party, `${op.number}.0`, op, describe, { object, backend });
  // Where the data is not, nothing is sent from.
  const shares = described.then(({ types, data }) => {
    const all = types.flatMap((t, i) =>
      t.secret && data ? [sharesOf({ ...t, data: data[i]! }, parties.length, runtime)] : [],
    );
    return parties.map((_, rank) => all.map((one) => one[rank]!));
  });
  const moved = parties.map((member, rank) => {
    const own = shares.then((all) => all[rank]!);
    own.catch(() => {});
    return mode.move(party, member, `${op.number}.${member}`, op, own);
  });
  const [{ def, types }, ...all] = await Promise.all([described, ...moved]);
  const common = {
    parties,
    field: runtime.field,
    fraction: runtime.fraction,
    objects: [{ def, types }],
    // What is public has no elements.
    publics: types.flatMap((t, i) => (t.secret ? [] : [[i, { ...t, data: alloc(t.dtype, 0) }] as const])),
  };
  const { held, done } = await put(d, common, (_, rank) => ({ shares: all[rank] ?? [] }));
  return { held: held[0]!, done };
};

/** Gives arrays of these types to a party that is no member: each member sends its share of them. None elsewhere. */
export const told = async (
  { backend, config, session: { mode } }: Pick<SpuJobs, 'backend' | 'config' | 'session'>,
  op: Op,
  party: string,
  leaves: Held['leaves'],
): Promise<Tensor[]> => {
  const ids = leaves.map(({ id }) => id);
  const all = await Promise.all(
    config.parties.map((member, rank) => {
      const isHere = mode.self === undefined || mode.self === member;
      const own = isHere ? backend!.export(ids, rank) : new Promise<Exported>(() => {});
      return mode.move(member, party, `${op.number}.${member}`, op, own);
    }),
  );
  if (mode.self !== undefined && mode.self !== party) return [];
  if (all.some(({ id }) => id !== all[0]!.id))
    throw new TesseraError('DIVERGED', `op #${op.number} (${op.what}): members hold different values`, {
      op: op.number,
    });
  return leaves.map(({ type }, i) => {
    const shares = all.map((member) => member.shares[i]!);
    return shares[0] instanceof Uint8Array
      ? joined(type, shares as Uint8Array[], config.runtime)
      : (shares[0] as Tensor);
  });
};
