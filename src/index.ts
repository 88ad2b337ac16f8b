/** @file What `import * as sf from 'tessera-mpc'` gives: devices for programs on data that nobody else may see. */
import { openCluster } from '#cluster';
import { freePort } from '#device-runtime';
import { clusterDef } from './device/cluster-def.ts';
import { registerMode } from './device/modes.ts';
import { production } from './device/production/production.ts';
import { standalone } from './device/standalone.ts';

registerMode('standalone', standalone);
registerMode('production', production);
registerMode('cluster', openCluster);

/**
 * The version of this package. Parties of different versions never run together: that is the error BUILD.
 * @example
 * sf.version.split('.').length // 3
 */
export const version = '0.1.0';

/**
 * As version, in the spelling of Python.
 * @example
 * sf.__version__ === sf.version // true
 */
export const __version__ = version;

export { task } from '#cluster';
export type { PageIdentity } from './browser/identity.ts';
export type { ClusterEvent } from './cluster/cluster-events.ts';
export {
  type Answer,
  type AnswerColumn,
  type AnswerSchema,
  type Collected,
  type Collection,
  type CollectOptions,
  collect,
  submit,
} from './collect.ts';
export type { CheckLoss, CheckOptions, CheckReport } from './device/check.ts';
export type { ClusterDef, SpuNode } from './device/cluster-def.ts';
export type { ClusterOptions } from './device/cluster-options.ts';
export {
  barrier,
  currentSession,
  init,
  PYU,
  reveal,
  SPU,
  shutdown,
  stats,
  to,
  wait,
  with_device,
  withDevice,
} from './device/default-session.ts';
export type { SessionEvent } from './device/events.ts';
export type { InitOptions, StandaloneOptions } from './device/init-options.ts';
export type { LoggingLevel } from './device/logging.ts';
export { DeviceObject, PYUObject, SPUObject } from './device/objects.ts';
export { type DealerService, startDealer } from './device/production/dealer-service.ts';
export type {
  ClusterConfig,
  CrossSiloOptions,
  ProductionOptions,
  TlsConfig,
} from './device/production/production-options.ts';
export type { OpStats, SpuStats } from './device/profile.ts';
export type { Progress, ProgressListener } from './device/progress.ts';
export { proxy } from './device/proxy.ts';
export type { RuntimeConfigOptions } from './device/runtime-config.ts';
export { Session, type SessionStats, session } from './device/session.ts';
export * as spu from './device/spu-names.ts';
export { type Takeable, take } from './device/take.ts';
export type { UnseenMode } from './device/unseen.ts';
export { type ErrorCode, TesseraError } from './errors.ts';
export { load, type NamedArrays, save } from './files.ts';
export {
  type Aggregate,
  type Frame,
  type FrameColumn,
  type FrameOptions,
  frame,
  type RowFrame,
} from './frame.ts';
export { type Joined, type JoinOptions, join } from './join.ts';
export type { KeptIdentity } from './link/identity.ts';
export type { PeerEvent } from './link/report.ts';
export { createRoom, type Room, readRoomLink, roomLink, roomOptions } from './link/room.ts';
export { registerType, type TypeCodec } from './link/types.ts';
export { metrics, models, statistics } from './models.ts';
export { np } from './np.ts';
export { type ArrayInput, BaseArray, NDArray } from './numpy/index.ts';
export { type OnnxArray, type OnnxModel, type OnnxOptions, onnx } from './onnx.ts';
export { keepIdentity, setWorkerUrl } from './page.ts';
export {
  type Program,
  type ProgramArray,
  type ProgramEvent,
  type ProgramOptions,
  type ProgramSource,
  program,
} from './program.ts';
export {
  type Duplicates,
  type Id,
  type IdColumn,
  type Identifiers,
  type Normalize,
  type PreparedSet,
  type PrepareOptions,
  type PsiOptions,
  type PsiResult,
  prepareSet,
  psi,
} from './psi.ts';

/** Helpers in the spelling of SecretFlow, and in ours. */
export const utils = {
  testing: {
    /**
     * The definition of an SPU of these parties in simulation: SEMI2K over FM128, unless a runtime_config says otherwise. Throws
     * CONFIG for unknown settings.
     * @example
     * sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' }).nodes.length // 2
     */
    clusterDef,
    /**
     * As clusterDef, in the spelling of the guide.
     * @example
     * sf.utils.testing.cluster_def(['alice', 'bob']).nodes[1]?.party // 'bob'
     */
    cluster_def: clusterDef,
    /**
     * A TCP port of this machine that is free at the moment, as addresses of tests want one. In Node and Deno; UNSUPPORTED in a page.
     * @example
     * (await sf.utils.testing.unusedTcpPort()) > 0 // true
     */
    unusedTcpPort: freePort as () => Promise<number>,
    /**
     * As unusedTcpPort, in the spelling of SecretFlow.
     * @example
     * (await sf.utils.testing.unused_tcp_port()) > 0 // true
     */
    unused_tcp_port: freePort as () => Promise<number>,
  },
} as const;
