/** Names and options of SecretFlow, in its spelling and in ours: each does what it says, or says what to use. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { rejection } from '../link/helpers.ts';

const { np } = sf;
const test = suite('device/secretflow-names');
let [alice, bob] = [undefined as unknown as sf.PYU, undefined as unknown as sf.PYU];
let spu: sf.SPU;
const def = () => sf.utils.testing.cluster_def(['alice', 'bob'], { field: 'FM64' });

test.before(async () => {
  await sf.init(['alice', 'bob'], { address: 'local', loggingLevel: 'error' });
  [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
  spu = sf.SPU({ cluster_def: def(), id: 'first' });
});
test.after(() => sf.shutdown());

const refusal = (work: () => unknown): sf.TesseraError => {
  try {
    work();
  } catch (e) {
    return e as sf.TesseraError;
  }
  throw new Error('nothing was thrown');
};

test('version and __version__', () => {
  assert.is(sf.__version__, sf.version);
});

test('num_returns and numReturns, on PYUs and SPUs; said twice is an error', async () => {
  const [a, b] = alice((x: number) => [x, 2 * x], { num_returns: 2 })(3) as unknown as sf.PYUObject<number>[];
  assert.equal(await sf.reveal([a, b]), [3, 6]);
  const [c] = alice((x: number) => [x], { numReturns: 1 })(3);
  assert.is(await sf.reveal(c), 3);
  const [s, t] = spu((x) => [np.sum(x), np.max(x)], { num_returns: 2 })([1, 2, 3]);
  assert.equal([(await sf.reveal(s!)).item(), (await sf.reveal(t!)).item()], [6, 3]);
  assert.is(
    refusal(() => alice((x: number) => x, { num_returns: 1, numReturns: 1 })).code,
    'INVALID_ARGUMENT',
  );
  assert.match(
    refusal(() => alice((x: number) => x, { num_return: 1 } as object)).message,
    /unknown option "num_return"/,
  );
});

test('static arguments by place and by name', async () => {
  const total = (x: sf.BaseArray, axis: number) => np.sum(x, axis);
  const x = sf.to(alice, [
    [1, 2],
    [3, 4],
  ]);
  for (const options of [
    { static: [1] },
    { static_argnums: 1 },
    { static_argnames: 'axis' },
    { static_argnames: ['axis'] },
  ])
    assert.equal((await sf.reveal(spu(total, options)(x, 0))).toArray(), [4, 6], JSON.stringify(options));
  const named = refusal(() => spu(total, { static_argnames: 'axes' }));
  assert.match(named.message, /no argument "axes" \(x, axis\)/);
  const hidden = refusal(() => spu(({ x }: { x: sf.BaseArray }) => x, { static_argnames: 'x' }));
  assert.match(hidden.message, /give places/);
});

test('device types, and what an SPU says of itself', async () => {
  assert.equal(
    [alice.device_type, alice.deviceType, spu.device_type, spu.deviceType],
    ['PYU', 'PYU', 'SPU', 'SPU'],
  );
  assert.is(spu.id, 'first');
  assert.equal([spu.world_size, spu.worldSize], [2, 2]);
  assert.is(spu.conf.field, 'FM64');
  assert.equal(spu.cluster_def, def());
  assert.is(spu.clusterDef, spu.cluster_def);
  await spu.init();
  assert.is(
    refusal(() => sf.SPU({ cluster_def: def(), link_desc: { recv_timeout_ms: 1 } })).code,
    'UNSUPPORTED',
  );
  assert.is(refusal(() => sf.SPU({ cluster_def: def(), log_options: {} })).code, 'UNSUPPORTED');
});

test('unknown options of a call are told in the spelling of who wrote them, those of SecretFlow with what to use', () => {
  const call = (options: object) => refusal(() => spu((x: unknown) => x, options as never));
  assert.match(call({ num_return: 2 }).message, /num_returns, static, on_progress/);
  assert.match(call({ numReturn: 2 }).message, /numReturns, static, onProgress/);
  for (const key of ['num_returns_policy', 'user_specified_num_returns']) {
    assert.is(call({ [key]: 1 }).code, 'UNSUPPORTED');
    assert.match(call({ [key]: 1 }).message, /numReturns says how many/);
  }
});

test('an SPU that is reset forgets what it held and goes on; one that is shut down does not', async () => {
  const own = sf.SPU(def());
  const x = sf.to(alice, [1, 2]).to(own);
  await sf.wait(x);
  await own.reset();
  assert.match((await rejection(sf.reveal(x))).message, /was freed/);
  assert.equal((await sf.reveal(own((v) => np.add(v, 1))(sf.to(bob, [1])))).toArray(), [2]);
  await own.shutdown();
  assert.is((await rejection(sf.reveal(own((v) => v)(sf.to(alice, [1]))))).code, 'CLOSED');
  assert.is((await rejection(own.init())).code, 'CLOSED');
  assert.is((await rejection(own.ready())).code, 'CLOSED');
  await own.shutdown();
});

test('a PYU dumps values and loads them, for nobody else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-dump-'));
  try {
    const path = join(folder, 'value');
    const value = { x: np.array([1, 2], 'int32'), names: ['a'], more: new Map([[1, 2]]) };
    await alice.dump(sf.to(alice, value), path).ready();
    assert.is(statSync(path).mode & 0o777, 0o600);
    // Nobody waits between the two: what is read is what was written before.
    const late = alice(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return 'late';
    })();
    const [again, other] = [join(folder, 'again'), join(folder, 'none', 'there')];
    alice.dump(sf.to(alice, 'early'), again);
    alice.dump(late, again);
    assert.is(await sf.reveal(alice.load(again)), 'late');
    alice.dump(late, other);
    assert.match((await rejection(sf.reveal(alice.load(other)))).message, /dump: .*ENOENT/);
    const back = await sf.reveal(alice.load<typeof value>(path));
    assert.equal(back.x.toArray(), [1, 2]);
    assert.equal(back.names, ['a']);
    assert.is(back.more.get(1), 2);
    assert.is((await rejection(sf.reveal(bob.load(join(folder, 'none'))))).code, 'INVALID_ARGUMENT');
    assert.match(refusal(() => bob.dump(sf.to(alice, 1), path)).message, /move it first/);
    assert.is(
      refusal(() => (alice.dump as (...a: unknown[]) => unknown)(sf.to(alice, 1), path, 3)).code,
      'INVALID_ARGUMENT',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('constants of SPU: Visibility and PtType', () => {
  assert.is(sf.spu.Visibility.VIS_SECRET, 'VIS_SECRET');
  assert.is(sf.spu.PtType.PT_BOOL, 'PT_I1');
  assert.is(sf.spu.spu_pb2.PT_F32, 'PT_F32');
  assert.is(sf.spu.spu_pb2.VIS_PUBLIC, 'VIS_PUBLIC');
});

test('a free port, in both spellings', async () => {
  assert.ok((await sf.utils.testing.unused_tcp_port()) > 0);
  assert.ok((await sf.utils.testing.unusedTcpPort()) > 0);
});

test('with_device', async () => {
  assert.is(await sf.reveal(sf.with_device(alice)((x: number) => x + 1)(1)), 2);
  const both = sf.withDevice(spu, { static_argnames: 'k' })(((x: sf.BaseArray, k: number) =>
    np.multiply(x, k)) as never);
  assert.equal((await sf.reveal(both([1, 2], 3 as never))).toArray(), [3, 6]);
  assert.is(refusal(() => sf.with_device('alice' as never)).code, 'INVALID_ARGUMENT');
});

class Store {
  static twice(x: number) {
    return 2 * x;
  }
  sum = 0;
  pair(x: number) {
    return [x, -x];
  }
  async slow(x: number, times: { begun: number; most: number }) {
    times.begun++;
    times.most = Math.max(times.most, times.begun);
    await new Promise((resolve) => setTimeout(resolve, 20));
    times.begun--;
    this.sum += x;
    return this.sum;
  }
  fails() {
    throw new Error('no');
  }
}

test('objects with state: several results, static methods, their device, waiting', async () => {
  const store = sf.proxy(Store, { num_returns: { pair: 2 } })({ device: alice });
  const [a, b] = store.pair(3);
  assert.equal(await sf.reveal([a, b]), [3, -3]);
  assert.is(await sf.reveal((store as unknown as { twice(x: number): sf.PYUObject<number> }).twice(4)), 8);
  assert.is(store.device, alice);
  const times = { begun: 0, most: 0 };
  registerTimes(times);
  store.slow(1, times);
  const last = store.slow(2, times);
  await sf.wait([store]);
  assert.is(await sf.reveal(last), 3);
  const other = sf.proxy(Store)({ device: alice });
  other.fails();
  assert.match((await rejection(sf.wait(other))).message, /no$/);
  assert.match(
    refusal(() => sf.proxy(Store, { num_returns: { pairs: 2 } } as object)).message,
    /did you mean "pair"/,
  );
});

/** Arguments are copied: the class counts on a shared object of its own. */
const counts = { begun: 0, most: 0 };
const registerTimes = (_: object): void => {
  counts.begun = 0;
  counts.most = 0;
};

class Counting {
  async work() {
    counts.begun++;
    counts.most = Math.max(counts.most, counts.begun);
    await new Promise((resolve) => setTimeout(resolve, 20));
    counts.begun--;
  }
}

test('max_concurrency: so many calls on an object at a time', async () => {
  for (const [options, most] of [
    [{}, 1],
    [{ max_concurrency: 1 }, 1],
    [{ maxConcurrency: 3 }, 3],
  ] as const) {
    registerTimes(counts);
    const object = sf.proxy(Counting, options)({ device: alice });
    for (let i = 0; i < 6; i++) object.work();
    await sf.wait(object);
    assert.is(counts.most, most, JSON.stringify(options));
  }
  assert.is(refusal(() => sf.proxy(Counting, { max_concurrency: 0 })).code, 'INVALID_ARGUMENT');
});

test('a class with a method then is refused by its name', () => {
  class Promised {}
  Object.defineProperty(Promised.prototype, 'then', { value: () => 1 });
  assert.match(refusal(() => sf.proxy(Promised)).message, /method named then/);
});

test('a value goes to another party once', async () => {
  const x = sf.to(alice, [1]);
  const before = sf.stats().ops;
  assert.is(x.to(bob), x.to(bob));
  assert.is(sf.stats().ops, before + 1);
  const secret = x.to(spu);
  assert.is(secret.to(bob), secret.to(bob));
  secret.free();
  assert.match(refusal(() => secret.to(bob)).message, /was freed/);
});

test('options of np in snake_case', () => {
  assert.equal(np.pad([1], 1, { constant_values: 5 } as never).toArray(), [5, 1, 5]);
});

test.run();

const modes = suite('device/secretflow-options');

modes('sessions of one party', async () => {
  for (const options of [['carol'], 'carol'] as const) {
    const session = await sf.session(options as never, { loggingLevel: 'error' });
    assert.is(await session.reveal(session.PYU('carol')(() => 5)()), 5);
    assert.is(refusal(() => session.SPU(sf.utils.testing.clusterDef(['carol', 'dave']))).code, 'CONFIG');
    await session.shutdown();
  }
  assert.match((await rejection(sf.session([]))).message, /at least one party/);
});

modes('localhost is this process', async () => {
  const session = await sf.session(['a', 'b'], { address: 'localhost', logging_level: 'error' });
  const spu = session.SPU({
    nodes: [
      { party: 'a', address: 'http://127.0.0.1:9001', listen_addr: 'localhost' },
      { party: 'b', address: 'https://b.example:9001' },
    ],
    runtime_config: { protocol: 'SEMI2K', field: 'FM64' },
  });
  assert.is((await session.reveal(spu((x) => np.sum(x))([1, 2]))).item(), 3);
  await session.shutdown();
});

/** What has a meaning, or nothing against it: taken in every mode. */
const TAKEN: readonly object[] = [
  { ray_mode: false },
  { enable_waiting_for_other_parties_ready: true },
  { num_cpus: null },
  { omp_num_threads: null },
  { debug_mode: false },
  { log_to_driver: false },
  { tls_config: null },
  { cross_silo_comm_backend: null },
  { auth_manager_config: null, party_key_pair: null, tee_simulation: false },
  {
    cross_silo_comm_options: {
      recv_timeout_ms: 60_000,
      exit_on_sending_failure: false,
      timeout_in_ms: 1_000,
    },
  },
  { cross_silo_comm_options: { grpc_retry_policy: null, continue_waiting_for_data_sending_on_error: false } },
  { cross_silo_comm_options: { sending_failure_handler: () => {} } },
];

/** What has none: UNSUPPORTED, and what to use in its place. */
const REFUSED: readonly (readonly [object, RegExp])[] = [
  [{ cross_silo_comm_backend: 'grpc' }, /WebSockets/],
  [{ crossSiloCommBackend: 'brpc_link' }, /WebSockets/],
  [{ ray_mode: true }, /there is no Ray/],
  [{ enable_waiting_for_other_parties_ready: false }, /readyTimeoutMs/],
  [{ num_cpus: 4 }, /max_concurrency/],
  [{ omp_num_threads: 4 }, /max_concurrency/],
  [{ debug_mode: true }, /check: true/],
  [{ auth_manager_config: { host: 'tee.example' } }, /an SPU computes/],
  [{ tee_simulation: true }, /an SPU computes/],
  [{ party_key_pair: { alice: {} } }, /identity and tls_config/],
  [{ cross_silo_comm_options: { grpc_retry_policy: {} } }, /peerTimeoutMs/],
  [{ cross_silo_comm_options: { proxy_max_restarts: 3 } }, /peerTimeoutMs/],
  [{ cross_silo_comm_options: { max_concurrency: 3 } }, /runtime_config/],
  [{ cross_silo_comm_options: { use_global_proxy: true } }, /leave it out/],
  [{ cross_silo_comm_options: { grpc_channel_options: [] } }, /maxMessageBytes/],
  [{ cross_silo_comm_options: { continue_waiting_for_data_on_error: true } }, /told to all parties/],
];

const { address: _, ...base } = {
  address: '',
  cluster_config: {
    parties: { alice: { address: '127.0.0.1:1' }, bob: { address: '127.0.0.1:2' } },
    self_party: 'alice',
  },
  allow_insecure: true,
};

modes('options of secretflow.init: the same in all modes', async () => {
  const { readInitOptions } = await import('../../src/device/init-options.ts');
  for (const mode of [{ parties: ['alice', 'bob'] }, { address: 'http://127.0.0.1:6379' }, base]) {
    for (const options of TAKEN)
      assert.not.throws(() => readInitOptions({ ...mode, ...options }), JSON.stringify([mode, options]));
    for (const [options, instead] of REFUSED) {
      const e = refusal(() => readInitOptions({ ...mode, ...options }));
      assert.is(e.code, 'UNSUPPORTED', JSON.stringify([mode, options, e.message]));
      assert.match(e.message, instead);
    }
  }
});

modes('what belongs into cross_silo_comm_options, beside it, is told where it belongs', async () => {
  const { readInitOptions } = await import('../../src/device/init-options.ts');
  for (const mode of [{ parties: ['alice', 'bob'] }, base])
    for (const name of ['recv_timeout_ms', 'exit_on_sending_failure', 'grpc_retry_policy']) {
      const e = refusal(() => readInitOptions({ ...mode, [name]: 5 }));
      assert.is(e.code, 'CONFIG');
      assert.match(
        e.message,
        `unknown key "${name}": it is a key of cross_silo: { cross_silo: { ${name}: ... } }`,
      );
    }
});

modes('recv_timeout_ms is opTimeoutMs', async () => {
  const { readInitOptions } = await import('../../src/device/init-options.ts');
  const read = readInitOptions({ ...base, cross_silo_comm_options: { recv_timeout_ms: 5_000 } });
  assert.is((read as { crossSilo: { opTimeoutMs?: number } }).crossSilo.opTimeoutMs, 5_000);
});

modes.run();
