/** Health and figures of parties, dealers and relays, for who runs them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { freePort, rejection } from '../link/helpers.ts';
import { PATIENCE_MS } from '../patience.ts';
import { folder, suite } from './harness.ts';

const test = suite('production/metrics');
const CLI = fileURLToPath(import.meta.resolve('#tessera-cli'));

const get = async (port: number, path: string, host?: string): Promise<{ status: number; text: string }> => {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, agent: false, ...(host && { headers: { host } }) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      },
    );
    asked.once('error', reject).end();
  });
};

const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`after ${PATIENCE_MS / 1000} s still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** What Prometheus makes of a page: every line is a comment or a figure. */
const parsed = (text: string): ReadonlyMap<string, number> => {
  const figures = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) tessera_\w+ ./.test(line)) continue;
    const [, name, value] = /^(tessera_\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})?) (\S+)$/.exec(line) ?? [];
    assert.ok(name !== undefined && Number.isFinite(Number(value)), line);
    figures.set(name!, Number(value));
  }
  return figures;
};

const partyOptions = (ports: readonly number[], self: string, more: object) => ({
  cluster_config: {
    parties: { alice: { address: `127.0.0.1:${ports[0]}` }, bob: { address: `127.0.0.1:${ports[1]}` } },
    dealer: { address: `127.0.0.1:${ports[2]}` },
    self_party: self,
  },
  logging_level: 'error' as const,
  ...more,
});

const started: ChildProcess[] = [];
test.after.each(() => {
  for (const child of started.splice(0)) child.kill();
});

test('a party and a dealer: waiting, ready, at work, and gone', async () => {
  const ports = await Promise.all([0, 1, 2, 3, 4].map(() => freePort()));
  const [, , , own, dealers] = ports as [number, number, number, number, number];
  const config = join(folder(), 'dealer.json');
  writeFileSync(config, JSON.stringify(partyOptions(ports, 'dealer', {})));
  const dealer = spawn(process.execPath, [CLI, 'dealer', '--config', config], {
    env: { ...process.env, TESSERA_METRICS: String(dealers), TESSERA_LOG: 'json' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(dealer);
  let said = '';
  dealer.stderr!.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const alice = sf.session(partyOptions(ports, 'alice', { metrics: own }));
  alice.catch(() => {});
  const waiting = await until('alice waits', async () => {
    const { status, text } = await get(own, '/ready');
    return status === 503 ? text : undefined;
  });
  assert.match(waiting, /"status":"waiting","why":"for .*bob/);
  assert.is((await get(own, '/health')).status, 200);
  const bob = await sf.session(partyOptions(ports, 'bob', {}));
  const session = await alice;
  assert.is((await get(own, '/ready')).status, 200);
  const run = async (s: sf.Session) => {
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const x = s.to(s.PYU('alice'), [1, 2]);
    return s.reveal(spu((v) => sf.np.multiply(v, v))(x));
  };
  await Promise.all([run(session), run(bob)]);
  const figures = parsed((await get(own, '/metrics')).text);
  const stats = session.stats().spus[0]!;
  assert.is(figures.get('tessera_peer_connected{peer="bob"}'), 1);
  assert.is(figures.get('tessera_operations_total'), session.stats().ops);
  assert.is(figures.get('tessera_spu_rounds_total{spu="0",parties="alice bob"}'), stats.rounds);
  assert.is(figures.get('tessera_spu_sent_bytes_total{spu="0",party="alice"}'), stats.bytes.alice);
  assert.is(figures.get('tessera_failed'), 0);
  const dealt = parsed((await get(dealers, '/metrics')).text);
  assert.is(dealt.get('tessera_dealer_programs_total'), stats.jobs);
  assert.is(
    (await get(own, '/metrics', 'evil.example')).status,
    403,
    'a name that points here is none of ours',
  );
  assert.is((await get(own, '/else')).status, 404);
  await Promise.all([session.shutdown(), bob.shutdown()]);
  const gone = await get(own, '/health').catch((e: NodeJS.ErrnoException) => e.code);
  assert.is(gone, 'ECONNREFUSED');
  await until('the dealer has ended', async () => (dealer.exitCode === 0 ? true : undefined));
  const lines = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; message: string; jobs?: number });
  assert.ok(
    lines.some((line) => line.level === 'info' && /^done: /.test(line.message) && line.jobs === stats.jobs),
  );
});

test('the first process of a container ends when it is asked to', async () => {
  const inside = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
  if (spawnSync('unshare', [...inside, 'true']).status !== 0) {
    console.log('skipped: needs unshare, with namespaces of processes');
    return;
  }
  const ports = await Promise.all([0, 1, 2, 3].map(() => freePort()));
  const config = join(folder(), 'dealer.json');
  writeFileSync(config, JSON.stringify(partyOptions(ports, 'dealer', { metrics: ports[3] })));
  const args = [...inside, process.execPath, CLI, 'dealer', '--keep', '--config', config];
  const container = spawn('unshare', args, { stdio: 'ignore' });
  started.push(container);
  await until('the dealer waits', async () =>
    (await get(ports[3]!, '/ready')).status === 503 ? true : undefined,
  );
  const [first] = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8').split(' ');
  process.kill(Number(first), 'SIGTERM');
  const [code] = (await once(container, 'exit')) as [number];
  assert.is(code, 143);
});

test('a session that cannot go on is unhealthy, its handler hears why, and its process ends if it is to', async () => {
  const ports = await Promise.all([0, 1, 2].map(() => freePort()));
  const options = (self: string, more: object) => ({
    cluster_config: {
      parties: { alice: { address: `127.0.0.1:${ports[0]}` }, bob: { address: `127.0.0.1:${ports[1]}` } },
      self_party: self,
    },
    allow_trusted_first_party: true,
    logging_level: 'error' as const,
    ...more,
  });
  const heard: Error[] = [];
  const script = `import * as sf from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
    const session = await sf.session(${JSON.stringify(options('bob', { cross_silo_comm_options: { exit_on_sending_failure: true } }))});
    setInterval(() => {}, 1000);
    console.log('there');`;
  const bob = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(bob);
  const stop = new AbortController();
  const session = await sf.session(
    options('alice', {
      metrics: ports[2],
      signal: stop.signal,
      cross_silo_comm_options: { sending_failure_handler: (e: Error) => heard.push(e) },
    }) as never,
  );
  await new Promise((resolve) => bob.stdout!.once('data', resolve));
  const code = new Promise((resolve) => bob.once('exit', resolve));
  assert.is((await get(ports[2]!, '/health')).status, 200);
  stop.abort();
  assert.is(await code, 1);
  assert.is((await session.failed).code, 'CLOSED');
  assert.equal(
    heard.map((e) => (e as sf.TesseraError).code),
    ['CLOSED'],
  );
  const { status, text } = await get(ports[2]!, '/health');
  assert.equal([status, text], [503, '{"status":"failed","why":"CLOSED"}\n']);
  assert.is(parsed((await get(ports[2]!, '/metrics')).text).get('tessera_failed'), 1);
  await session.shutdown();
});

test('a relay', async () => {
  const [listen, port] = await Promise.all([freePort(), freePort()]);
  const relay = spawn(
    process.execPath,
    [CLI, 'relay', '--listen', `127.0.0.1:${listen}`, '--metrics', `127.0.0.1:${port}`, '--log', 'json'],
    { stdio: 'ignore' },
  );
  started.push(relay);
  const text = await until('figures', async () => (await get(port, '/metrics')).text);
  assert.is(parsed(text).get('tessera_relay_connections'), 0);
  assert.is((await get(port, '/health')).text, '{"status":"ok"}\n');
});

test('figures are for this machine alone', async () => {
  const options = partyOptions([1, 2, 3], 'alice', { metrics: '0.0.0.0:9464' });
  const e = await rejection(sf.session(options as never));
  assert.is(e.code, 'CONFIG');
  assert.match(e.message, /^metrics: figures are for this machine alone/);
});

test.run();
