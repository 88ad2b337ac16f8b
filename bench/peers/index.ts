/** @file Other engines that the same workloads run on, where they are installed. */

import type { Engine } from '../lib/engine.ts';
import { jiff } from './jiff.ts';
import { mpSpdz } from './mp-spdz.ts';
import { spu } from './spu.ts';

/** By name. `python`: the interpreter that has SPU's package. */
export const peers = (python: string): ReadonlyMap<string, Engine> =>
  new Map([spu(python), jiff, mpSpdz].map((engine) => [engine.name, engine]));
