/** @file The jobs of an SPU's program, as its dealer needs them to deal ahead: graphs and handles, no data. */
import { BUILD, checkBuild } from '../build.ts';
import { configError } from '../config/schema.ts';
import type { Job } from '../ir/run/job.ts';
import { createCodec } from '../link/codec.ts';
import type { SpuConfig } from './cluster-def.ts';

const codec = createCodec();
const KIND = 'tessera-program';
const VERSION = 2;

/** A program as `tessera deal` reads it. */
export interface Program {
  readonly parties: readonly string[];
  readonly field: string;
  readonly fraction: number;
  readonly jobs: readonly Pick<Job, 'graph' | 'ins' | 'outs'>[];
}

/** What an SPU does from the moment at which the recording began, which must be before its first call. */
export class Recording {
  readonly #config: SpuConfig;
  readonly #jobs: Program['jobs'][number][] = [];

  constructor(config: SpuConfig) {
    this.#config = config;
  }

  add({ graph, ins, outs }: Program['jobs'][number]): void {
    this.#jobs.push({ graph, ins, outs });
  }

  /** The program so far, for a file. */
  bytes(): Uint8Array {
    const { parties, runtime } = this.#config;
    const { field, fraction } = runtime;
    return codec.encode({
      kind: KIND,
      version: VERSION,
      build: BUILD,
      parties,
      field,
      fraction,
      jobs: this.#jobs,
    });
  }
}

/** Reads what `Recording.bytes` wrote. Throws CONFIG for anything else, BUILD for what another build has lowered. */
export const readProgram = (bytes: Uint8Array, path: string): Program => {
  let program: unknown;
  try {
    program = codec.decode(bytes);
  } catch {
    // Said below.
  }
  const { kind, version, build } = (program ?? {}) as Readonly<Record<string, unknown>>;
  if (kind !== KIND || version !== VERSION)
    return configError(path, `no program of version ${VERSION}, as spu.record() makes them`);
  checkBuild(build, 'this dealer runs', `${path} was recorded by`);
  return program as Program;
};
