/**
 * @file The `runtime_config` of an SPU: every key of SPU's RuntimeConfig is known here. Those that Tessera has no use
 * for may be given with their default value; with any other value they are errors that say what Tessera does instead.
 */
import { fail } from '../errors.ts';
import type { SigmoidMode } from '../ir/compile/graph-circuit.ts';
import type { CostMode, LinkMeasure } from '../ir/compile/plan.ts';
import { FIELDS, type FieldName } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';
import { MOST_THREADS } from '../ring/memory.ts';
import {
  choice,
  configError,
  flag,
  integer,
  type Key,
  type Keys,
  number,
  object,
  optional,
  type Reader,
  required,
  text,
} from './read.ts';
import {
  BEAVER_TYPES,
  EXP_MODES,
  FIELD_TYPES,
  LOG_MODES,
  PROTOCOLS,
  SIGMOID_MODES,
  SORT_METHODS,
} from './spu-names.ts';

export type BeaverType = 'TrustedFirstParty' | 'TrustedThirdParty';

/** What an SPU runs with. */
export interface RuntimeConfig {
  readonly protocol: 'SEMI2K';
  readonly field: FieldName;
  readonly fraction: number;
  readonly beaverType: BeaverType;
  readonly truncAllowMsbError: boolean;
  /** Of np.sigmoid. MM1 and SEG3 are straight lines: for programs that were trained with them. */
  readonly sigmoidMode: SigmoidMode;
  /** Settings that choose among SPU's approximations: here every one of them is answered by the exact function. */
  readonly exactAnyway: readonly string[];
  /** Whether two parties compare in one round by keys; `bandwidth` if absent. */
  readonly costMode?: CostMode;
  /** What `auto` reckons with; measured between the parties as they start, if absent. */
  readonly link?: LinkMeasure;
  /**
   * Threads of each party that work on large operations. If absent, all cores of its machine; of a simulation's parties, which
   * share them, on very large operations only.
   */
  readonly threads?: number;
  /** Bytes that a party may use for arrays: larger programs run in pieces. If absent, what WebAssembly gives: 4 GiB. */
  readonly memoryLimit?: number;
  /** Numbers that leave the range make the call that they are in an error, in production too. */
  readonly rangeGuard: boolean;
  /** Whether a public number that the fraction bits cannot hold (it becomes 0, or changes by more than 1 %) is a RANGE error. */
  readonly strict: boolean;
  /** Print the account of every program to standard error when it has run. */
  readonly profile: boolean;
}

/** As read: who deals depends on the session if it is not said. */
export type GivenRuntimeConfig = Omit<RuntimeConfig, 'beaverType'> & {
  readonly beaverType: BeaverType | undefined;
};

const unsupported = (path: string, value: unknown, instead: string): never =>
  fail('UNSUPPORTED', `${path}: ${String(value)} is not supported: ${instead}`, { path });

/** A key whose only accepted values are `accepted` (the first is the default). */
const only = <T>(read: Reader<T>, accepted: readonly T[], instead: string): Key<T> =>
  optional((value, path) => {
    const found = read(value, path);
    return accepted.includes(found) ? found : unsupported(path, found, instead);
  }, accepted[0] as T);

const off = (instead: string): Key<boolean> => only(flag, [false], instead);
const any = Number.MAX_SAFE_INTEGER;

const protocol: Reader<'SEMI2K'> = (value, path) => {
  const found = choice('protocol', PROTOCOLS)(value, path);
  return found === 'SEMI2K'
    ? found
    : unsupported(path, found, 'Tessera runs SEMI2K, for any number of parties from two');
};

const beaverType: Reader<BeaverType> = (value, path) => {
  const found = choice('beaver_type', BEAVER_TYPES)(value, path);
  return found === 'MultiParty'
    ? unsupported(path, found, 'use TrustedThirdParty (a dealer that sees no data) or TrustedFirstParty')
    : found;
};

/** Where the dealer is. In simulation it is a thread of this process: the addresses are checked, not used. */
const dealerConfig = object({
  serverHost: optional<string | undefined>(text, undefined),
  adjustRank: only(integer(0, any), [0], 'corrections go to rank 0'),
  asymCryptoSchema: optional<string | undefined>(text, undefined),
  serverPublicKey: optional<unknown>((x) => x, undefined),
  transportProtocol: optional<string | undefined>(text, undefined),
  sslConfig: optional<unknown>((x) => x, undefined),
});

const APPROXIMATION = 'Tessera computes this function to 2^-20, with no approximation to choose';
const PRECISE = 'Tessera needs no such setting: the functions are accurate to 2^-20';
const ALL_THREADS = 'large operations use all threads that max_concurrency allows';
const MERGED = 'independent operations share rounds by themselves';

const COST_MODES: Readonly<Record<CostMode, number>> = { bandwidth: 0, latency: 1, auto: 2 };

interface Raw {
  protocol: 'SEMI2K';
  field: FieldName;
  fxpFractionBits: number;
  sigmoidMode: keyof typeof SIGMOID_MODES;
  beaverType: BeaverType | undefined;
  ttpBeaverConfig: unknown;
  truncAllowMsbError: boolean;
  costMode: CostMode | undefined;
  linkRttMs: number | undefined;
  linkBandwidthMbit: number | undefined;
  memoryLimitMb: number | undefined;
  rangeGuard: boolean;
  strict: boolean;
  enableHalProfile: boolean;
  enablePphloProfile: boolean;
  maxConcurrency: number;
  publicRandomSeed: number;
  shareMaxChunkSize: number;
  sortMethod: string;
  quickSortThreshold: number;
  fxpDivGoldschmidtIters: number;
  fxpExpMode: keyof typeof EXP_MODES;
  fxpExpIters: number;
  fxpLogMode: keyof typeof LOG_MODES;
  fxpLogIters: number;
  fxpLogOrders: number;
  enableLowerAccuracyRsqrt: boolean;
  sineCosineIters: number;
  enableActionTrace: boolean;
  enableTypeChecker: boolean;
  enablePphloTrace: boolean;
  enableRuntimeSnapshot: boolean;
  snapshotDumpDir: string;
  cheetah2pcConfig: unknown;
  experimentalDisableMmulSplit: boolean;
  experimentalEnableInterOpPar: boolean;
  experimentalInterOpConcurrency: number;
  experimentalEnableIntraOpPar: boolean;
  experimentalDisableVectorization: boolean;
  experimentalEnableColocatedOptimization: boolean;
  experimentalEnableExpPrime: boolean;
  experimentalExpPrimeOffset: number;
  experimentalExpPrimeDisableLowerBound: boolean;
  experimentalExpPrimeEnableUpperBound: boolean;
}

const KEYS: Keys<Raw> = {
  protocol: required(protocol),
  field: required(choice('field', FIELD_TYPES)),
  fxpFractionBits: optional(integer(0, 62), 0),
  sigmoidMode: optional(choice('sigmoid_mode', SIGMOID_MODES), 'SIGMOID_REAL'),
  beaverType: optional<BeaverType | undefined>(beaverType, undefined),
  ttpBeaverConfig: optional<unknown>(dealerConfig, undefined),
  truncAllowMsbError: optional(flag, false),
  costMode: optional<CostMode | undefined>(choice('cost_mode', COST_MODES), undefined),
  linkRttMs: optional<number | undefined>(number(0, 1e6), undefined),
  linkBandwidthMbit: optional<number | undefined>(number(1e-3, 1e7), undefined),
  memoryLimitMb: optional<number | undefined>(integer(16, 4095), undefined),
  rangeGuard: optional(flag, false),
  strict: optional(flag, false),
  enableHalProfile: optional(flag, false),
  enablePphloProfile: optional(flag, false),
  maxConcurrency: optional(integer(0, MOST_THREADS), 0),
  publicRandomSeed: only(integer(0, any), [0], 'programs have no public random numbers'),
  shareMaxChunkSize: only(integer(0, any), [128 * 1024 * 1024, 0], 'the link chooses the size of its chunks'),
  sortMethod: only(choice('sort_method', SORT_METHODS), ['SORT_DEFAULT'], 'there is no method to choose'),
  quickSortThreshold: only(integer(0, any), [32, 0], 'there is no method to choose'),
  fxpDivGoldschmidtIters: only(integer(0, any), [2, 0], PRECISE),
  fxpExpMode: optional(choice('fxp_exp_mode', EXP_MODES), 'EXP_DEFAULT'),
  fxpExpIters: only(integer(0, any), [8, 0], PRECISE),
  fxpLogMode: optional(choice('fxp_log_mode', LOG_MODES), 'LOG_DEFAULT'),
  fxpLogIters: only(integer(0, any), [3, 0], PRECISE),
  fxpLogOrders: only(integer(0, any), [8, 0], PRECISE),
  enableLowerAccuracyRsqrt: off(PRECISE),
  sineCosineIters: only(integer(0, any), [10, 0], PRECISE),
  enableActionTrace: off('use enable_hal_profile, or session.stats()'),
  enableTypeChecker: off('types are always checked, when a program is recorded'),
  enablePphloTrace: off('use enable_hal_profile, or session.stats()'),
  enableRuntimeSnapshot: off('there are no snapshots'),
  snapshotDumpDir: only(
    (value, path) => (typeof value === 'string' ? value : configError(path, 'text is wanted')),
    [''],
    'there are no snapshots',
  ),
  cheetah2pcConfig: optional<unknown>(
    (value, path) => (value === null ? undefined : unsupported(path, 'this', 'the protocol is SEMI2K')),
    undefined,
    ['cheetah_2pc_config'],
  ),
  experimentalDisableMmulSplit: off('matrix products are not split'),
  experimentalEnableInterOpPar: off(MERGED),
  experimentalInterOpConcurrency: only(number(0, any), [8, 0], MERGED),
  experimentalEnableIntraOpPar: off(ALL_THREADS),
  experimentalDisableVectorization: off(MERGED),
  experimentalEnableColocatedOptimization: off('inputs are masked when they enter the SPU'),
  experimentalEnableExpPrime: off(APPROXIMATION),
  experimentalExpPrimeOffset: only(number(0, any), [13, 0], APPROXIMATION),
  experimentalExpPrimeDisableLowerBound: off(APPROXIMATION),
  experimentalExpPrimeEnableUpperBound: off(APPROXIMATION),
};

/** What an SPU runs with, by the keys of `runtime_config`; what was left out and has no default is not there. */
export const settingsOf = (c: RuntimeConfig): Readonly<Record<string, string | number | boolean>> => ({
  protocol: c.protocol,
  field: c.field,
  fxp_fraction_bits: c.fraction,
  beaver_type: c.beaverType,
  trunc_allow_msb_error: c.truncAllowMsbError,
  sigmoid_mode: `SIGMOID_${c.sigmoidMode}`,
  fxp_exp_mode_and_fxp_log_mode: c.exactAnyway.join() || 'default',
  ...(c.costMode && { cost_mode: c.costMode }),
  ...(c.link && { link_rtt_ms: c.link.rttMs, link_bandwidth_mbit: c.link.bandwidth / 125e3 }),
  ...(c.threads !== undefined && { max_concurrency: c.threads }),
  ...(c.memoryLimit !== undefined && { memory_limit_mb: c.memoryLimit / math.pow2(20) }),
  range_guard: c.rangeGuard,
  enable_hal_profile: c.profile,
});

const SIGMOIDS: Readonly<Record<keyof typeof SIGMOID_MODES, SigmoidMode>> = {
  SIGMOID_DEFAULT: 'REAL',
  SIGMOID_REAL: 'REAL',
  SIGMOID_MM1: 'MM1',
  SIGMOID_SEG3: 'SEG3',
};

const readRaw = object(KEYS);

/** Reads a `runtime_config`. Throws CONFIG for what is misspelt, UNSUPPORTED for what Tessera does not do. */
export const readRuntimeConfig: Reader<GivenRuntimeConfig> = (value, path) => {
  const raw = readRaw(value, path);
  const field = FIELDS[raw.field];
  const most = field.bits / 2 - 2;
  if (raw.fxpFractionBits > most)
    configError(
      `${path}.fxp_fraction_bits`,
      `${raw.fxpFractionBits} fraction bits leave no room for products in ${field.name}: use at most ${most} ` +
        `(default ${field.fraction})`,
    );
  const { costMode, linkRttMs: rttMs, linkBandwidthMbit: mbit } = raw;
  if ((rttMs === undefined) !== (mbit === undefined))
    configError(`${path}.link_rtt_ms`, 'the round trip and link_bandwidth_mbit are given together');
  return {
    protocol: raw.protocol,
    field: raw.field,
    fraction: raw.fxpFractionBits === 0 ? field.fraction : raw.fxpFractionBits,
    beaverType: raw.beaverType,
    truncAllowMsbError: raw.truncAllowMsbError,
    sigmoidMode: SIGMOIDS[raw.sigmoidMode],
    exactAnyway: [
      ...(raw.fxpExpMode === 'EXP_DEFAULT' ? [] : [`fxp_exp_mode ${raw.fxpExpMode}`]),
      ...(raw.fxpLogMode === 'LOG_DEFAULT' ? [] : [`fxp_log_mode ${raw.fxpLogMode}`]),
    ],
    ...(costMode && { costMode }),
    ...(raw.memoryLimitMb !== undefined && { memoryLimit: raw.memoryLimitMb * math.pow2(20) }),
    ...(raw.maxConcurrency > 0 && { threads: raw.maxConcurrency }),
    ...(rttMs !== undefined && mbit !== undefined && { link: { rttMs, bandwidth: mbit * 125e3 } }),
    rangeGuard: raw.rangeGuard,
    strict: raw.strict,
    profile: raw.enableHalProfile || raw.enablePphloProfile,
  };
};
