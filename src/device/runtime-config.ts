/**
 * @file The `runtime_config` of an SPU: every key of SPU's RuntimeConfig is known here. Those that Tessera has no use
 * for may be given with their default value; with any other value they are errors that say what Tessera does instead.
 */

import {
  choice,
  custom,
  flag,
  type Input,
  integer,
  number,
  type Optional,
  object,
  optional,
  PATH,
  refine,
  type Schema,
  text,
} from '../config/schema.ts';
import { fail } from '../errors.ts';
import type { SigmoidMode } from '../ir/compile/graph-circuit.ts';
import type { CostMode, LinkMeasure } from '../ir/compile/plan.ts';
import { FIELDS, type FieldName } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';
import { MOST_THREADS } from '../ring/threads.ts';
import {
  BEAVER_TYPES,
  EXP_MODES,
  FIELD_TYPES,
  LOG_MODES,
  PROTOCOLS,
  SIGMOID_MODES,
  SORT_METHODS,
} from './spu-names.ts';

export type BeaverType = 'TrustedFirstParty' | 'TrustedThirdParty' | 'MultiParty';

/** What an SPU runs with. */
export interface RuntimeConfig {
  readonly protocol: 'SEMI2K';
  readonly field: FieldName;
  readonly fraction: number;
  readonly beaverType: BeaverType;
  /** Whether products may be wrong by a rare chance; as the field has it, if absent. */
  readonly truncAllowMsbError?: boolean;
  /** Of np.sigmoid. MM1 and SEG3 are straight lines: for programs that were trained with them. */
  readonly sigmoidMode: SigmoidMode;
  /** Settings that choose among SPU's approximations: here every one of them is answered by the exact function. */
  readonly exactAnyway: readonly string[];
  /** Whether two parties compare in one round by keys; `bandwidth` if absent. */
  readonly costMode?: CostMode;
  /** What `auto` reckons with; measured between the parties as they start, if absent. */
  readonly link?: LinkMeasure;
  /** Set where `auto` was asked for without a dealer and `link` is not there: transfers go by what the parties measure as they start. */
  readonly byLink?: true;
  /**
   * Threads of each party that work on large operations. If absent, all cores of its machine; of a simulation's parties, which
   * share them, on very large operations only.
   */
  readonly threads?: number;
  /** Bytes that a party may use for arrays: larger programs are tiled. If absent, what WebAssembly gives: 4 GiB. */
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

const unsupported = (value: unknown, instead: string): never =>
  fail('UNSUPPORTED', `${String(value)} is not supported: ${instead}`);

/** A key whose only accepted values are `accepted` (the first is the default). */
const only = <W, R extends W>(
  schema: Schema<W, R>,
  accepted: readonly R[],
  instead: string,
): Optional<W, R> =>
  optional<W, R>(
    refine(schema, (found) => (accepted.includes(found) ? found : unsupported(found, instead))),
    accepted[0]!,
  );

const off = (instead: string): Optional<boolean, boolean> => only(flag, [false], instead);
const any = Number.MAX_SAFE_INTEGER;
const anything: Schema<unknown> = custom({}, (x) => x);

const protocol = refine(choice('protocol', PROTOCOLS), (found) =>
  found === 'SEMI2K' ? found : unsupported(found, 'Tessera runs SEMI2K, for any number of parties from two'),
);

/** Where the dealer is. In simulation it is a thread of this process: the addresses are checked, not used. */
const dealerConfig = object({
  server_host: optional(text),
  adjust_rank: only(integer(0, any), [0], 'corrections go to rank 0'),
  asym_crypto_schema: optional(text),
  server_public_key: optional(anything),
  transport_protocol: optional(text),
  ssl_config: optional(anything),
});

const APPROXIMATION = 'Tessera computes this function to 2^-20, with no approximation to choose';
const PRECISE = 'Tessera needs no such setting: the functions are accurate to 2^-20';
const ALL_THREADS = 'large operations use all threads that max_concurrency allows';
const MERGED = 'independent operations share rounds by themselves';

const COST_MODES: Readonly<Record<CostMode, number>> = { bandwidth: 0, latency: 1, auto: 2 };

/** Every key of SPU's RuntimeConfig, and Tessera's own. */
export const RUNTIME_CONFIG = object({
  /** `SEMI2K`, for any number of parties from two. */
  protocol,
  /** The ring: `FM128`, `FM64` or `FM32`. */
  field: choice('field', FIELD_TYPES),
  /** Bits behind the point of a fixed-point number. 0: 26, 18 and 8 for FM128, FM64 and FM32, which take 8 to 48, 8 to 20 and 6 to 10. */
  fxp_fraction_bits: optional(integer(0, 62), 0),
  /** How np.sigmoid is computed. `SIGMOID_REAL` is exact; MM1 and SEG3 are straight lines, for programs trained with them. */
  sigmoid_mode: optional(choice('sigmoid_mode', SIGMOID_MODES), 'SIGMOID_REAL'),
  /**
   * Who makes correlated randomness: a dealer, the first party, or (`MultiParty`, for two parties) both between them. Default: `TrustedThirdParty` where
   * the session has a dealer, else `MultiParty` in production, where `allowTrustedFirstParty` is not set, and `TrustedFirstParty`.
   */
  beaver_type: optional(choice('beaver_type', BEAVER_TYPES)),
  /** Where the dealer is; checked, and not used. */
  ttp_beaver_config: optional(dealerConfig),
  /**
   * Whether a product of magnitude m may be wrong with probability m 2^(2f - k), which saves a round of each: m 2^-76 at FM128, m 2^-28 at
   * FM64, m 2^-16 at FM32. Default: at FM128 it may, at FM64 and FM32 it may not.
   */
  trunc_allow_msb_error: optional(flag),
  /** `bandwidth` (default), `latency`: two parties compare in one round by keys; `auto`: by batch and link. */
  cost_mode: optional(choice('cost_mode', COST_MODES)),
  /** Round trip of the link in milliseconds, for `auto`; measured if absent. Given together with `link_bandwidth_mbit`. */
  link_rtt_ms: optional(number(0, 1e6)),
  /** Bandwidth of the link in Mbit/s, for `auto`; measured if absent. */
  link_bandwidth_mbit: optional(number(1e-3, 1e7)),
  /** MiB that a party may use for arrays; larger programs run in tiles. Default: 4095. */
  memory_limit_mb: optional(integer(16, 4095)),
  /** A call in which numbers leave the range is a RANGE error, in production too. */
  range_guard: optional(flag, false),
  /** A public number that the fraction bits cannot hold is a RANGE error. */
  strict: optional(flag, false),
  /** Prints the account of every program to standard error. */
  enable_hal_profile: optional(flag, false),
  /** As `enable_hal_profile`. */
  enable_pphlo_profile: optional(flag, false),
  /** Threads of each party for large operations. 0: all cores of its machine. */
  max_concurrency: optional(integer(0, MOST_THREADS), 0),
  public_random_seed: only(integer(0, any), [0], 'programs have no public random numbers'),
  share_max_chunk_size: only(
    integer(0, any),
    [128 * 1024 * 1024, 0],
    'the link chooses the size of its chunks',
  ),
  sort_method: only(choice('sort_method', SORT_METHODS), ['SORT_DEFAULT'], 'there is no method to choose'),
  quick_sort_threshold: only(integer(0, any), [32, 0], 'there is no method to choose'),
  fxp_div_goldschmidt_iters: only(integer(0, any), [2, 0], PRECISE),
  /** Accepted; every mode is answered by the exact function. */
  fxp_exp_mode: optional(choice('fxp_exp_mode', EXP_MODES), 'EXP_DEFAULT'),
  fxp_exp_iters: only(integer(0, any), [8, 0], PRECISE),
  /** Accepted; every mode is answered by the exact function. */
  fxp_log_mode: optional(choice('fxp_log_mode', LOG_MODES), 'LOG_DEFAULT'),
  fxp_log_iters: only(integer(0, any), [3, 0], PRECISE),
  fxp_log_orders: only(integer(0, any), [8, 0], PRECISE),
  enable_lower_accuracy_rsqrt: off(PRECISE),
  sine_cosine_iters: only(integer(0, any), [10, 0], PRECISE),
  enable_action_trace: off('use enable_hal_profile, or session.stats()'),
  enable_type_checker: off('types are always checked, when a program is recorded'),
  enable_pphlo_trace: off('use enable_hal_profile, or session.stats()'),
  enable_runtime_snapshot: off('there are no snapshots'),
  snapshot_dump_dir: only(
    custom<string>({ type: 'string' }, (value) =>
      typeof value === 'string' ? value : fail('CONFIG', 'text is wanted'),
    ),
    [''],
    'there are no snapshots',
  ),
  cheetah_2pc_config: optional(
    custom<null, undefined>({ type: 'null' }, (value) =>
      value === null ? undefined : unsupported('this', 'the protocol is SEMI2K'),
    ),
  ),
  experimental_disable_mmul_split: off('matrix products are not split'),
  experimental_enable_inter_op_par: off(MERGED),
  experimental_inter_op_concurrency: only(number(0, any), [8, 0], MERGED),
  experimental_enable_intra_op_par: off(ALL_THREADS),
  experimental_disable_vectorization: off(MERGED),
  experimental_enable_colocated_optimization: off('inputs are masked when they enter the SPU'),
  experimental_enable_exp_prime: off(APPROXIMATION),
  experimental_exp_prime_offset: only(number(0, any), [13, 0], APPROXIMATION),
  experimental_exp_prime_disable_lower_bound: off(APPROXIMATION),
  experimental_exp_prime_enable_upper_bound: off(APPROXIMATION),
});

/** A `runtime_config` as it is written: in the spelling of SPU, or in camelCase. */
export type RuntimeConfigOptions = Input<typeof RUNTIME_CONFIG>;

/** What an SPU runs with, by the keys of `runtime_config`; what was left out and has no default is not there. */
export const settingsOf = (c: RuntimeConfig): Readonly<Record<string, string | number | boolean>> => ({
  protocol: c.protocol,
  field: c.field,
  fxp_fraction_bits: c.fraction,
  beaver_type: c.beaverType,
  trunc_allow_msb_error: c.truncAllowMsbError ?? c.field === 'FM128',
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

/** With more or fewer fraction bits some functions are less accurate than they say. */
const FRACTIONS: Readonly<Record<FieldName, readonly [least: number, most: number]>> = {
  FM32: [6, 10],
  FM64: [8, 20],
  FM128: [8, 48],
};

/** What a `runtime_config` means. Throws CONFIG for what is misspelt, UNSUPPORTED for what Tessera does not do. */
export const runtimeConfig: Schema<RuntimeConfigOptions, GivenRuntimeConfig> = refine(
  RUNTIME_CONFIG,
  (raw): GivenRuntimeConfig => {
    const field = FIELDS[raw.field];
    const bits = raw.fxp_fraction_bits === 0 ? field.fraction : raw.fxp_fraction_bits;
    const [least, most] = FRACTIONS[raw.field];
    if (bits < least || bits > most)
      fail(
        'CONFIG',
        `${PATH}.fxp_fraction_bits: ${field.name} takes ${least} to ${most} (default ${field.fraction}), not ${bits}`,
      );
    const {
      cost_mode: costMode,
      link_rtt_ms: rttMs,
      link_bandwidth_mbit: mbit,
      memory_limit_mb: limit,
    } = raw;
    if ((rttMs === undefined) !== (mbit === undefined))
      fail('CONFIG', `${PATH}.link_rtt_ms: the round trip and link_bandwidth_mbit are given together`);
    return {
      protocol: raw.protocol,
      field: raw.field,
      fraction: bits,
      beaverType: raw.beaver_type,
      ...(raw.trunc_allow_msb_error !== undefined && { truncAllowMsbError: raw.trunc_allow_msb_error }),
      sigmoidMode: SIGMOIDS[raw.sigmoid_mode],
      exactAnyway: [
        ...(raw.fxp_exp_mode === 'EXP_DEFAULT' ? [] : [`fxp_exp_mode ${raw.fxp_exp_mode}`]),
        ...(raw.fxp_log_mode === 'LOG_DEFAULT' ? [] : [`fxp_log_mode ${raw.fxp_log_mode}`]),
      ],
      ...(costMode && { costMode }),
      ...(limit !== undefined && { memoryLimit: limit * math.pow2(20) }),
      ...(raw.max_concurrency > 0 && { threads: raw.max_concurrency }),
      ...(rttMs !== undefined && mbit !== undefined && { link: { rttMs, bandwidth: mbit * 125e3 } }),
      rangeGuard: raw.range_guard,
      strict: raw.strict,
      profile: raw.enable_hal_profile || raw.enable_pphlo_profile,
    };
  },
);
