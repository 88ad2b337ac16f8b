/** @file What FEATURES.md compares with: functions of jax.numpy that SPU's tests name, SPU's costs, and the guide. */

/**
 * The jax.numpy functions of SPU's test list (SPU marks those with `!` unsupported or failing). FEATURES.md says of each
 * whether `np` has it: by looking, not by claiming.
 */
export const JNP =
  `abs add all angle any arccos arccosh! arcsin arcsinh arctan arctan2 arctanh! argmax argmin array_equal
array_equiv atleast_1d atleast_2d atleast_3d bitwise_and bitwise_count bitwise_not bitwise_or bitwise_xor cbrt! ceil conj
conjugate copysign! cos cosh deg2rad divide divmod ediff1d equal exp exp2 expm1 fabs fix float_power floor floor_divide fmax
fmin fmod gcd! greater greater_equal heaviside hypot i0! imag invert isclose iscomplex isfinite! isinf! isnan! isneginf!
isposinf! isreal isrealobj kron lcm! ldexp! left_shift less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and
logical_not logical_or logical_xor max maximum mean median min minimum mod modf multiply nanargmax! nanargmin! nanmax!
nanmean! nanmin! nanprod! nanstd! nansum! nanvar! negative nextafter! not_equal outer polyval positive power prod ptp
rad2deg ravel real reciprocal remainder right_shift rint sign signbit sin sinc sinh sort sqrt square std subtract sum tan!
tanh top_k transpose true_divide trunc unwrap var`
    .split(/\s+/)
    .map((name) => ({ name: name.replace('!', ''), spu: !name.endsWith('!') }));

/** SPU's rounds and bytes per element, FM128: two parties, three parties (read from its source and modelled). */
export const SPU_COSTS: Readonly<Record<string, readonly [two: string, three: string]>> = {
  multiply: ['2 / 36', '2 / 96'],
  square: ['2 / 20', '2 / 64'],
  'multiply by a public number': ['1 / 4', '1 / 32'],
  less: ['8 / 104', '16 / 1920'],
  equal: ['8 / 52', '8 / 104'],
  relu: ['9 / 136', '18 / 1986'],
  maximum: ['9 / 136', '18 / 1986'],
  minimum: ['9 / 136', '18 / 1986'],
  abs: ['9 / 136', '18 / 1986'],
  clip: ['18 / 272', '36 / 3972'],
  floor: ['9 / 496', '17 / 1952'],
  reciprocal: ['39 / 1065', '55 / 4946'],
  divide: ['41 / 1101', '57 / 5042'],
  rsqrt: ['28 / 917', '36 / 2938'],
  sqrt: ['37 / 1065', '45 / 3354'],
  exp: ['17 / 164', '17 / 544'],
  log: ['28 / 1046', '36 / 3292'],
  sigmoid: ['56 / 1229', '72 / 5490'],
  tanh: ['38 / 588', '56 / 4868'],
  erf: ['65 / 1457', '99 / 9302'],
  sin: ['23 / 676', '31 / 2528'],
  cos: ['23 / 676', '31 / 2528'],
  power: ['99 / 2854', '151 / 14164'],
  arctan2: ['62 / 1767', '86 / 10038'],
  arccos: ['57 / 1490', '73 / 6108'],
  'nn.gelu': ['65 / 1457', '99 / 9302'],
};

export type Answer = 'yes' | 'partly' | 'no';

/** The deployment guide, feature by feature, and what SPU's users expect beside it. */
export const GUIDE: readonly (readonly [feature: string, answer: Answer, note: string])[] = [
  [
    'standalone simulation, `sf.init([...], address="local")`',
    'yes',
    'each SPU party and the dealer in a thread of its own',
  ],
  ['PYU: functions of a party, handles, `num_returns`', 'yes', ''],
  [
    'stateful PYU objects (`@proxy`)',
    'yes',
    '`sf.proxy`, with static methods, several results and `max_concurrency`',
  ],
  [
    'names of SecretFlow: `with_device`, `PYU.dump`, `load`, `device_type`, `SPU.init`, `reset`, `shutdown`, `id`, `conf`, `cluster_def`, `world_size`, `unused_tcp_port`, `__version__`',
    'yes',
    'in snake_case and camelCase; options of calls too (`num_returns`, `static_argnames`, `max_concurrency`)',
  ],
  [
    'SPU to SPU of equal configuration, `.to(spu2)`',
    'yes',
    'shares stay at their parties; under fresh masks',
  ],
  [
    'options of `init` that mean nothing here (Ray, gRPC, threads of workers)',
    'no',
    'UNSUPPORTED says what to use, in all modes',
  ],
  [
    'progress of programs',
    'yes',
    '`spu(fn, { onProgress })`, `session.onProgress`: rounds and operations of all, bytes, time left',
  ],
  [
    'health and figures of services',
    'yes',
    '`metrics` of `sf.init`, `--metrics` of `dealer`, `relay`, `start`: Prometheus, on a loopback port',
  ],
  [
    'SPU from a `cluster_def`; `runtime_config`',
    'yes',
    'unknown or unsupported settings are errors at construction',
  ],
  ['protocol SEMI2K over FM128, FM64, FM32; any number of parties', 'yes', ''],
  ['protocols ABY3, CHEETAH, SECURENN, SWIFT', 'no', 'SEMI2K serves two, three and more parties'],
  ['`reveal`, `wait`, `to`', 'yes', '`z.to(alice)` reveals to alice alone'],
  [
    'production: a program a party, `cluster_config`, `self_party`',
    'yes',
    'diverging programs are found and named',
  ],
  [
    'production over mutual TLS, `tls_config` as in the guide',
    'yes',
    "`client_certs[peer]` is the peer's authority and its pinned certificate",
  ],
  [
    '`cross_silo_serializing_allowed_list`',
    'yes',
    'CBOR, data only; enforced on sending and on receiving; fails closed',
  ],
  [
    'cluster simulation: head, nodes with tags and slots, `status`, `stop`, dashboard',
    'yes',
    'on NATS with JetStream; functions are tasks of modules (`sf.task`), never text',
  ],
  ['TrustedFirstParty', 'yes', 'production asks for `allowTrustedFirstParty: true`'],
  [
    'TrustedThirdParty: a dealer that sees no data',
    'yes',
    'a thread in simulation, `tessera dealer` in production; streams ahead',
  ],
  [
    'MultiParty (no dealer)',
    'yes',
    'two parties make their material between them, in Node, Deno and pages; SPU refuses it',
  ],
];
