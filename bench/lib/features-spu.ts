/** @file What FEATURES.md says beside SPU: protocols, the operations of its programs, its runtime configuration. */
import type { Answer } from './features-data.ts';

type Line = readonly [feature: string, answer: Answer, note: string];

export const PROTOCOLS: readonly Line[] = [
  ['SEMI2K', 'yes', 'additive sharing mod 2^k, as masked values; two, three and more parties'],
  ['REF2K', 'no', 'programs run in the clear outside of an SPU, and beside it with `check`'],
  ['ABY3, CHEETAH, SECURENN, SWIFT', 'no', 'SEMI2K serves two, three and more parties'],
  ['FM32, FM64, FM128', 'yes', 'fraction bits 8, 18, 26, or `fxp_fraction_bits`'],
  ['TrustedFirstParty', 'yes', 'production asks for `allowTrustedFirstParty: true`'],
  [
    'TrustedThirdParty',
    'yes',
    'deals ahead, and is not waited for in every operation; material can be stored',
  ],
  ['MultiParty', 'no', "throws, as SPU's does"],
  ['malicious security', 'no', 'semi-honest, all but one may collude; as SPU'],
  ['private set intersection', 'no', ''],
];

/** Groups of PPHLO operations, and what SPU's custom calls do. */
export const OPERATIONS: readonly Line[] = [
  ['arithmetic, comparisons, select, clamp, logic', 'yes', ''],
  ['exp, expm1, log, log1p, logistic, tanh, sine, cosine, sqrt, rsqrt, atan2, pow, erf', 'yes', ''],
  ['tan, cbrt, arctanh, arccosh', 'yes', 'SPU: not at this level'],
  ['convert, broadcast, reshape, transpose, slice, pad, reverse, concatenate, iota', 'yes', ''],
  [
    'bitcast_convert, count_leading_zeros, complex numbers, fft',
    'no',
    'SPU: bitcast and complex numbers, not the others',
  ],
  ['dot, dot_general, einsum, convolution', 'yes', 'stride, padding, dilation, groups'],
  [
    'reduce, reduce_window',
    'partly',
    'sum, prod, max, min, any, all, arg*; pooling by max and mean; no reducers of users',
  ],
  ['select_and_scatter', 'yes', 'as the gradient of `nn.maxPool`'],
  ['sort', 'partly', 'up and down, stable, several keys (`lexsort`), `topK`; no comparators of users'],
  ['dynamic_slice, dynamic_update_slice, gather at secret places', 'yes', ''],
  ['scatter', 'yes', '`np.scatterAdd`, `np.scatter`, places may be secret; SPU: no'],
  ['if, case on secrets', 'yes', '`np.cond`, `np.switchCase`: all branches run, as in SPU'],
  ['while', 'yes', '`np.fori`, `np.scan`; `np.whileRevealed` reveals its condition, by name'],
  ['shifts', 'yes', 'by public and by secret amounts; SPU: public ones'],
  ['popcnt, bitwise operations', 'yes', ''],
  ['rng_uniform', 'yes', 'public and seeded; also bits, numbers and permutations that nobody knows'],
  ['is_finite', 'yes', 'true: there is no NaN and no infinity'],
  [
    'cholesky, triangular_solve, batch_norm (expanded)',
    'yes',
    '`np.linalg`; the mean and variance of a batch',
  ],
  ['collectives, dynamic shapes, infeed, outfeed', 'no', 'as in SPU'],
  ['intrinsics reveal, epsilon, topk', 'yes', '`np.reveal`: the dealer hears it too'],
  [
    'prefer_a, make_cached_var, drop_cached_var',
    'no',
    'no use: a value that is used again costs nothing here',
  ],
  ['dbg_print', 'no', ''],
  ['shuffle, permute', 'yes', '`np.random.secretShuffle`'],
  ['groupby', 'partly', 'sum, mean, count over keys below a public number; no max, min, var'],
  [
    'gradients, batches',
    'yes',
    '`np.grad`, `np.valueAndGrad`, `np.vjp`, `np.vmap`; in SPU they are JAX itself',
  ],
  ['JAX, TensorFlow, PyTorch as frontends', 'no', 'programs are TypeScript functions over `np`'],
];

export const CONFIG: readonly Line[] = [
  ['`protocol`, `field`, `fxp_fraction_bits`', 'yes', ''],
  ['`beaver_type`, `ttp_beaver_config`', 'yes', ''],
  ['`trunc_allow_msb_error`', 'yes', 'a round less for products at FM64 and FM32'],
  ['`sigmoid_mode`', 'yes', 'REAL to 2^-20; MM1 and SEG3 are the straight lines of SPU'],
  [
    '`fxp_exp_mode`, `fxp_log_mode`',
    'yes',
    'every mode is answered by the exact function, which the profile says',
  ],
  ['`enable_hal_profile`, `enable_pphlo_profile`', 'yes', 'an account of each program on standard error'],
  [
    '`cost_mode`, `link_rtt_ms`, `link_bandwidth_mbit`',
    'yes',
    'not in SPU: few rounds or few bytes, or by the link',
  ],
  ['`max_concurrency`', 'yes', 'threads of a party'],
  ['`memory_limit_mb`', 'yes', 'not in SPU: large programs are done piece after piece'],
  [
    '`experimental_enable_inter_op_par`, `experimental_enable_intra_op_par`',
    'no',
    'independent operations share rounds by themselves',
  ],
  [
    '`fxp_div_goldschmidt_iters`, `fxp_exp_iters`, `fxp_log_iters`, `fxp_log_orders`, `sine_cosine_iters`, `enable_lower_accuracy_rsqrt`',
    'no',
    'nothing to choose: the functions are accurate; other values than the defaults are errors',
  ],
  ['`sort_method`, `quick_sort_threshold`', 'no', 'one method'],
  ['`share_max_chunk_size`, `public_random_seed`', 'no', 'the link chooses; `np.random` takes its key'],
  [
    '`enable_action_trace`, `enable_pphlo_trace`, `enable_runtime_snapshot`, `snapshot_dump_dir`',
    'no',
    'the profile, and `check` in simulations',
  ],
  ['`experimental_enable_colocated_optimization`, `experimental_enable_exp_prime`', 'no', ''],
];

/** Functions that are here in part: what is asked of them that JAX does not ask, or what is missing. */
export const PARTLY: Readonly<Record<string, string>> = {
  unique: 'takes `size`, as JAX under jit; counts by `uniqueCounts`',
  unique_values: 'takes `size`',
  unique_counts: 'takes `size`',
  union1d: 'takes `size`',
  flatnonzero: 'takes `size`',
  compress: 'the condition is public',
  extract: 'the condition is public',
  histogram: 'of secrets: the range or the edges are given',
  bincount: 'of secrets: `length` is given',
  insert: 'places are public',
  delete: 'places are public',
  gradient: 'one axis, samples evenly apart',
  angle: 'of real numbers',
  conj: 'of real numbers',
  conjugate: 'of real numbers',
  imag: 'of real numbers: 0',
  real: 'of real numbers',
  iscomplex: 'false',
  iscomplexobj: 'false',
  nan_to_num: 'a secret is never NaN',
  power: 'a secret base to a secret power is to be positive',
  pow: 'a secret base to a secret power is to be positive',
  polyfit: 'the coefficients alone',
  repeat: 'a number of times',
  argpartition: 'sorts',
  partition: 'sorts',
  unravel_index: 'public places',
  'linalg.cond': 'of the 2-norm',
  'linalg.lstsq': 'the solution alone, full rank',
  'linalg.svd': 'small matrices, reduced form',
  'linalg.eigh': 'small matrices',
  'linalg.norm': 'of matrices: Frobenius, 1, infinity',
  'linalg.matrix_norm': 'Frobenius, 1, infinity',
  'linalg.matrix_power': 'powers from 0',
  'nn.dot_product_attention': 'as many heads of keys as of queries; mask, scale, causal',
  'random.normal': 'public; so are all draws under a key',
};
