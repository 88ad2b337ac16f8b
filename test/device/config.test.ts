/** Configurations: both spellings, the guide's own snippets, and every mistake named. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { readClusterDef } from '../../src/device/cluster-def.ts';
import { readInitOptions } from '../../src/device/init-options.ts';
import { measuresLink } from '../../src/device/measured.ts';
import { nearest } from '../../src/names.ts';
import { fails } from './helpers.ts';

const test = suite('device: configuration');
const { spu } = sf;
const KNOWN = ['alice', 'bob', 'carol'];

const nodes = [
  { party: 'alice', id: '0', address: '127.0.0.1:9001', listen_addr: '0.0.0.0:9001' },
  { party: 'bob', id: '1', address: 'bob.example:9002', listen_address: '0.0.0.0:9002' },
];
const withRuntime = (runtime: object) =>
  readClusterDef({ nodes, runtime_config: { protocol: 'SEMI2K', field: 'FM128', ...runtime } }, KNOWN);

test("the guide's definition, in its spelling and constants", () => {
  const { parties, runtime } = readClusterDef(
    {
      nodes,
      runtime_config: {
        protocol: spu.spu_pb2.SEMI2K,
        field: spu.spu_pb2.FM128,
        sigmoid_mode: spu.spu_pb2.RuntimeConfig.SIGMOID_REAL,
      },
    },
    KNOWN,
  );
  assert.equal(parties, ['alice', 'bob']);
  assert.equal(runtime, {
    protocol: 'SEMI2K',
    field: 'FM128',
    fraction: 26,
    beaverType: 'TrustedFirstParty',
    sigmoidMode: 'REAL',
    exactAnyway: [],
    strict: false,
    profile: false,
    rangeGuard: false,
  });
});

test('a definition may be given by name, as in the guide', () => {
  const def = sf.utils.testing.cluster_def(['alice', 'bob']);
  assert.equal(readClusterDef({ cluster_def: def }, KNOWN), readClusterDef(def, KNOWN));
  assert.equal(readClusterDef({ clusterDef: def }, KNOWN), readClusterDef(def, KNOWN));
});

test('camelCase, numbers and the newer constants mean the same', () => {
  const camel = {
    nodes: [{ party: 'alice', listenAddr: '0.0.0.0:1' }, { party: 'bob' }],
    runtimeConfig: {
      protocol: spu.ProtocolKind.SEMI2K,
      field: spu.FieldType.FM64,
      fxpFractionBits: 20,
      beaverType: spu.RuntimeConfig.BeaverType.TrustedThirdParty,
      ttpBeaverConfig: { serverHost: 'dealer:1' },
      truncAllowMsbError: true,
      sigmoidMode: spu.RuntimeConfig.SigmoidMode.SIGMOID_REAL,
    },
  };
  const { runtime } = readClusterDef(camel, KNOWN);
  assert.equal(
    [runtime.field, runtime.fraction, runtime.beaverType, runtime.truncAllowMsbError],
    ['FM64', 20, 'TrustedThirdParty', true],
  );
  assert.is(withRuntime({ protocol: 2, field: 2 }).runtime.field, 'FM64');
  assert.is(withRuntime({ field: 'fm32' }).runtime.fraction, 8);
});

test('every key of SPU may be given with its default value', () => {
  withRuntime({
    max_concurrency: 0,
    sort_method: 'SORT_DEFAULT',
    fxp_exp_mode: 'EXP_TAYLOR',
    fxp_log_mode: 'LOG_NEWTON',
    fxp_log_iters: 3,
    enable_pphlo_trace: false,
    experimental_enable_exp_prime: false,
    snapshot_dump_dir: '',
    enable_hal_profile: true,
  });
});

test('max_concurrency is the number of threads of a party; 0 leaves it to the machine', async () => {
  assert.is(withRuntime({ max_concurrency: 3 }).runtime.threads, 3);
  assert.is(withRuntime({ max_concurrency: 0 }).runtime.threads, undefined);
  assert.is(withRuntime({}).runtime.threads, undefined);
  await fails(() => withRuntime({ max_concurrency: 65 }), 'CONFIG', 'runtime_config.max_concurrency', '64');
  await fails(() => withRuntime({ max_concurrency: 1.5 }), 'CONFIG', 'runtime_config.max_concurrency');
});

test('memory_limit_mb is in MiB', async () => {
  assert.is(withRuntime({ memory_limit_mb: 64 }).runtime.memoryLimit, 64 * 2 ** 20);
  assert.is(withRuntime({}).runtime.memoryLimit, undefined);
  for (const wrong of [0, 15, 4096, 1.5, '64'])
    await fails(() => withRuntime({ memory_limit_mb: wrong }), 'CONFIG', 'runtime_config.memory_limit_mb');
});

test('modes of sigmoid, exp and log', async () => {
  const mode = (sigmoid_mode: string | number) => withRuntime({ sigmoid_mode }).runtime.sigmoidMode;
  assert.equal(['SIGMOID_MM1', 'SIGMOID_SEG3', 'SIGMOID_REAL', 'SIGMOID_DEFAULT', 2].map(mode), [
    'MM1',
    'SEG3',
    'REAL',
    'REAL',
    'SEG3',
  ]);
  await fails(() => mode('SIGMOID_SEG4'), 'CONFIG', 'SIGMOID_SEG3');
  assert.equal(withRuntime({ fxp_exp_mode: 'EXP_PADE', fxp_log_mode: 2 }).runtime.exactAnyway, [
    'fxp_exp_mode EXP_PADE',
    'fxp_log_mode LOG_NEWTON',
  ]);
});

test('fraction bits that a field does not take are errors with those that it takes', async () => {
  for (const [field, least, most] of [
    ['FM32', 6, 10],
    ['FM64', 8, 20],
    ['FM128', 8, 48],
  ] as const) {
    for (const fxp_fraction_bits of [least, most])
      assert.is(withRuntime({ field, fxp_fraction_bits }).runtime.fraction, fxp_fraction_bits);
    for (const fxp_fraction_bits of [1, least - 1, most + 1])
      await fails(() => withRuntime({ field, fxp_fraction_bits }), 'CONFIG', `takes ${least} to ${most}`);
  }
});

test('what Tessera does not do is UNSUPPORTED, and says what it does', async () => {
  await fails(() => withRuntime({ protocol: 'ABY3' }), 'UNSUPPORTED', 'runtime_config.protocol', 'SEMI2K');
  await fails(() => withRuntime({ enable_runtime_snapshot: true }), 'UNSUPPORTED', 'snapshots');
});

test('two parties without a dealer take forms whose material they can make, whatever cost_mode asks for', () => {
  for (const cost_mode of ['latency', 'auto', 'bandwidth'])
    assert.is(withRuntime({ beaver_type: 'MultiParty', cost_mode }).runtime.costMode, 'bandwidth');
  const link = { link_rtt_ms: 40, link_bandwidth_mbit: 20 };
  for (const [options, measured] of [
    [{ cost_mode: 'auto' }, true],
    [{ cost_mode: 'auto', ...link }, false],
    [{ cost_mode: 'latency' }, false],
    [{}, false],
  ] as const)
    assert.is(measuresLink(withRuntime({ beaver_type: 'MultiParty', ...options })), measured);
  assert.is(
    withRuntime({ beaver_type: 'TrustedFirstParty', cost_mode: 'latency' }).runtime.costMode,
    'latency',
  );
});

test('misspelt names are errors that say what was meant', async () => {
  await fails(
    () => withRuntime({ field: 'FM12B' }),
    'CONFIG',
    'unknown field "FM12B"',
    'did you mean "FM128"?',
    'FM32, FM64 or FM128',
  );
  await fails(() => withRuntime({ protocol: 'SEMI2' }), 'CONFIG', 'did you mean "SEMI2K"?');
  await fails(() => withRuntime({ field: 7 }), 'CONFIG', 'unknown field 7');
  await fails(() => withRuntime({ fild: 1 }), 'CONFIG', 'unknown key "fild"', 'did you mean "field"?');
  await fails(() => withRuntime({ sigmoid_mod: 1 }), 'CONFIG', 'did you mean "sigmoid_mode"?');
  await fails(() => withRuntime({ fxp_fraction_bits: 63 }), 'CONFIG', 'fxp_fraction_bits');
  await fails(
    () => withRuntime({ trunc_allow_msb_error: 'yes' }),
    'CONFIG',
    'true or false is wanted, not "yes"',
  );
  await fails(() => withRuntime({ sigmoid_mode: 0, sigmoidMode: 0 }), 'CONFIG', 'are the same key');
  assert.is(nearest('beaver', ['nodes']), undefined);
});

test('nodes: parties are known, at least two, all different', async () => {
  const runtime_config = { protocol: 'SEMI2K', field: 'FM128' };
  const def = (...parties: string[]) =>
    readClusterDef({ nodes: parties.map((party) => ({ party })), runtime_config }, KNOWN);
  await fails(() => def('alice'), 'CONFIG', 'at least two parties', 'only alice');
  await fails(() => def('alice', 'alice'), 'CONFIG', 'named twice');
  await fails(
    () => def('alice', 'bbo'),
    'CONFIG',
    'nodes[1].party',
    '"bbo"',
    'did you mean "bob"?',
    'alice, bob or carol',
  );
  const odd = (node: object) => () =>
    readClusterDef({ nodes: [node, { party: 'bob' }], runtime_config }, KNOWN);
  await fails(odd({ party: 'alice', adress: 'x:1' }), 'CONFIG', 'nodes[0]', 'did you mean "address"?');
  await fails(odd({ party: 'alice', address: 'no address' }), 'CONFIG', 'host:port');
  await fails(
    () =>
      readClusterDef(
        {
          nodes: [
            { party: 'alice', id: 1 },
            { party: 'bob', id: '1' },
          ],
          runtime_config,
        },
        KNOWN,
      ),
    'CONFIG',
    'given twice',
  );
  await fails(() => readClusterDef({ nodes }, KNOWN), 'CONFIG', '"runtimeConfig" is missing');
  await fails(() => readClusterDef(undefined, KNOWN), 'CONFIG', 'an object is wanted');
  await fails(() => sf.utils.testing.cluster_def(['alice']), 'CONFIG', 'at least two');
});

test("init: the guide's positional form, and the object", () => {
  const options = { mode: 'standalone', parties: KNOWN, link: undefined, quiet: false };
  const read = (first: unknown, second?: unknown): object => {
    const { emit, ...rest } = readInitOptions(first, second);
    assert.type(emit, 'function');
    return rest;
  };
  assert.equal(read(KNOWN, { address: 'local' }), options);
  assert.equal(read({ parties: KNOWN, address: 'local' }), options);
  assert.equal(read({ parties: KNOWN, link: { rtt_ms: 40 }, logging_level: 'error' }), {
    ...options,
    link: { rttMs: 40 },
    quiet: true,
  });
});

test('init: mistakes', async () => {
  const init = (first: unknown, second?: unknown) => () => readInitOptions(first, second);
  await fails(init(undefined), 'CONFIG', 'sf.init takes options');
  await fails(init(['alice', 'bob'], 'local'), 'CONFIG', 'an object of options');
  await fails(init([], { address: 'local' }), 'CONFIG', 'at least one');
  await fails(init(['alice', 'bob'], { onEvent: 'print' }), 'CONFIG', 'onEvent', 'a function');
  await fails(init(['alice', 'alice']), 'CONFIG', 'named twice');
  await fails(init(['alice', '']), 'CONFIG', 'parties[1]', 'no party name');
  await fails(init(['alice', '__proto__']), 'CONFIG', 'no party name');
  await fails(
    init({ partis: ['alice', 'bob'] }),
    'CONFIG',
    'unknown key "partis"',
    'did you mean "parties"?',
  );
  await fails(init({ address: 'local' }), 'CONFIG', '"parties" is missing');
  await fails(init({ parties: ['alice', 'bob'], link: { rtt: 1 } }), 'CONFIG', 'link', 'unknown key "rtt"');
  await fails(init({ parties: ['alice', 'bob'], link: { rttMs: -1 } }), 'CONFIG', 'link.rttMs');
  await fails(init({ parties: ['alice', 'bob'], cluster_config: {} }), 'CONFIG', 'not both');
  await fails(
    init({ parties: ['alice', 'bob'], debug_mode: true }),
    'UNSUPPORTED',
    'float64 beside a simulation',
  );
});

test.run();
