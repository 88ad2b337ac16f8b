/** @file What the programs of the parties share. */
import * as sf from '#tessera';

export type Program = (
  options: sf.InitOptions,
  given: never,
  note: (text: string) => void,
) => Promise<unknown>;

export const selfOf = (options: sf.InitOptions): string => {
  const { cluster_config, clusterConfig } = options as sf.ProductionOptions;
  const config = (cluster_config ?? clusterConfig)!;
  return (config.self_party ?? config.selfParty)!;
};

/** The SPU of the guide, word by word: with the dealer wherever there is one. */
export const spuOf = (
  s: sf.Session,
  parties: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): sf.SPU =>
  s.SPU({
    nodes: parties.map((party) => ({ party })),
    runtime_config: {
      protocol: sf.spu.spu_pb2.SEMI2K,
      field: sf.spu.spu_pb2.FM128,
      sigmoid_mode: sf.spu.spu_pb2.RuntimeConfig.SIGMOID_REAL,
      ...more,
    },
  });

let closed = 0;
/** How many sessions `within` has closed in this process, or could not open. */
export const sessionsClosed = (): number => closed;

export const within = async <T>(options: sf.InitOptions, use: (s: sf.Session) => Promise<T>): Promise<T> => {
  const s = await sf.session(options).catch((e: unknown) => {
    closed += 1;
    throw e;
  });
  try {
    return await use(s);
  } finally {
    await s.shutdown();
    closed += 1;
  }
};

const told = (e: unknown) => {
  const { code, message, info: details } = e as sf.TesseraError;
  return { code, message, details: JSON.parse(JSON.stringify(details)) as unknown };
};

export const failure = async (promise: Promise<unknown>) => {
  try {
    await promise;
    return undefined;
  } catch (e) {
    return told(e);
  }
};

/** A small matrix. */
export const X = [
  [1, 2],
  [3, 4],
];
