/** @file Simulation: one program drives all parties, so nothing has to be told, and each SPU party is a thread. */
import type { ShapeOptions } from '../link/shaper.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { Mode } from './mode.ts';
import { SpuThreads } from './threads.ts';

export const standalone = (parties: readonly string[], link: ShapeOptions | undefined): Mode => ({
  name: 'standalone',
  parties,
  self: undefined,
  issued: () => {},
  perform: (_party, _key, _op, work) => work(),
  move: (_from, _to, _key, _op, value) => value,
  share: (_holders, _key, _op, value) => value(),
  describe: (_party, _key, _op, work) => work(),
  announce: (_party, _key, _op, work) => work(),
  files: undefined,
  agree: () => {},
  spu: (config: SpuConfig) => new SpuThreads(config, link),
  barrier: async () => {},
  close: (closeSpus) => closeSpus(),
});
