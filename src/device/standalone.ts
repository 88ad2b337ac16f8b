/** @file Simulation: one program drives all parties, so nothing has to be told, and each SPU party is a thread. */
import { createCodec } from '../link/codec.ts';
import type { ShapeOptions } from '../link/shaper.ts';
import type { AllowedList } from '../link/types.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt } from './failing.ts';
import type { Mode } from './mode.ts';
import type { Op } from './objects.ts';
import './production/arrays.ts';
import { SpuThreads } from './threads.ts';

/** Values go from party to party as in production: as bytes, under the same rules for what may pass. */
export const standalone = (
  parties: readonly string[],
  link: ShapeOptions | undefined,
  allowedList?: AllowedList,
): Mode => {
  const codec = createCodec({ allowed: allowedList });
  const sent = async <T>(from: string, op: Op, value: Promise<T>): Promise<T> => {
    const known = await value;
    if (isAtom(known)) return known;
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
    files: undefined,
    agree: () => {},
    spu: (config: SpuConfig) => new SpuThreads(config, link),
    barrier: async () => {},
    close: (closeSpus) => closeSpus(),
  };
};

/** Values that arrive as they are, whatever the rules. */
const isAtom = (x: unknown): boolean =>
  x === null || typeof x === 'number' || typeof x === 'boolean' || x === undefined;
