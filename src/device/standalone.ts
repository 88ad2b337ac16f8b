/** @file Simulation: one program drives all parties, so nothing has to be told, and each SPU party is a thread. */
import { createCodec } from '../link/codec.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt } from './failing.ts';
import type { Standalone } from './init-options.ts';
import { LocalKeeper } from './keeper.ts';
import type { Mode } from './mode.ts';
import type { Op } from './operation.ts';
import './production/array-codec.ts';
import { filesOf } from '#device-runtime';
import { storageKeyOf } from './storage-key.ts';
import { SpuThreads } from './threads.ts';

/** Values go from party to party as in production: as bytes, under the same rules for what may pass. */
export const standalone = ({
  parties,
  link,
  allowedList,
  onReceived,
  onProgram,
  storageKey: keys,
}: Standalone): Mode => {
  const codec = createCodec({ allowed: allowedList });
  const sent = async <T>(from: string, op: Op, value: Promise<T>): Promise<T> => {
    const known = await value;
    const quick = smallCopy(known, 0);
    if (quick !== undefined || known === undefined) return quick as T;
    try {
      return codec.decode(codec.encode(known)) as T;
    } catch (e) {
      throw failedAt(from, op, e, { party: from });
    }
  };
  return {
    name: 'standalone',
    parties,
    self: undefined,
    issued: () => {},
    perform: (_party, _key, _op, work) => work(),
    move: (from, _to, _key, op, value) => sent(from, op, value),
    share: (_holders, _key, _op, value) => value(),
    show: (party, _key, op, value) => sent(party, op, value()),
    describe: (_party, _key, _op, work) => work(),
    announce: (_party, _key, _op, work) => work(),
    keeper: (party, rank, backend) =>
      new LocalKeeper(filesOf({ identity: undefined, storageKey: storageKeyOf(keys, party) }), (ids) =>
        backend.export(ids, rank),
      ),
    agree: (op, text) => onProgram?.(text, op.what),
    spu: (config: SpuConfig) => new SpuThreads(config, link, { onReceived }),
    lines: async (_op, pair, count) => (await import('./psi-lines.ts')).localLines(pair, count),
    barrier: async () => {},
    close: (closeSpus) => closeSpus(),
  };
};

const FEW = 64;
const NEAR = 4;

const isAtom = (x: unknown): boolean =>
  x === null ||
  x === undefined ||
  typeof x === 'number' ||
  typeof x === 'boolean' ||
  (typeof x === 'string' && x.length <= FEW);

/** Small plain data as the codec would give it, which has no rules for it; undefined for anything else. */
const smallCopy = (x: unknown, depth: number): unknown => {
  if (isAtom(x)) return x;
  if (typeof x !== 'object' || x === null || depth > NEAR) return undefined;
  if (Array.isArray(x)) {
    if (x.length > FEW) return undefined;
    const out = Array.from(x as readonly unknown[], (item) =>
      isAtom(item) ? item : smallCopy(item, depth + 1),
    );
    return out.some((item, i) => item === undefined && x[i] !== undefined) ? undefined : out;
  }
  const proto: unknown = Object.getPrototypeOf(x);
  const keys = Object.keys(x);
  if ((proto !== Object.prototype && proto !== null) || keys.length > FEW || Object.hasOwn(x, '__proto__'))
    return undefined;
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    const item = (x as Record<string, unknown>)[key];
    const copy = smallCopy(item, depth + 1);
    if (copy === undefined && item !== undefined) return undefined;
    out[key] = copy;
  }
  return out;
};
