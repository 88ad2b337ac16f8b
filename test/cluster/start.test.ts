/** The commands: what they print, who joins and leaves, what stops, and what is refused. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { keygen } from '../../src/cli/keygen.ts';
import { findServer, listens } from '../../src/cluster/nats-server.ts';
import { clusterSuite, freePort, Machine, rejection, tokenOf, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/start');

test('head, node, status and stop, in the words of the guide; each says what to type next', async () => {
  const machine = new Machine();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  try {
    const head = await machine.start(
      '--head',
      '--node-ip-address=127.0.0.1',
      `--port=${port}`,
      '--resources={"alice": 16}',
      '--include-dashboard=False',
      '--disable-usage-stats',
    );
    assert.match(head, `Tessera head started at ${address}.`);
    const token = tokenOf(head);
    assert.match(token, /^[0-9a-f]{32}$/);
    assert.match(head, `export TESSERA_TOKEN=${token}\n`);
    assert.match(head, `tessera start --address=${address} --resources='{"bob":16}'`);
    assert.match(head, `await sf.init({ address: '${address}', token: '${token}' });`);
    assert.match(head, 'tessera stop');
    const node = await machine.start(`--address=${address}`, '--resources={"bob": 3}');
    assert.match(node, /Tessera node started: n\w+ at 127\.0\.0\.1, \{"bob":3\}/);
    const text = (await machine.tessera('status')).out;
    assert.match(text, `Cluster default at ${address}: 2 nodes, 0 programs`);
    assert.match(text, 'alice 0 of 16 slots in use');
    assert.match(text, 'bob 0 of 3 slots in use');
    const { nodes, queues } = await machine.status(address);
    assert.equal(nodes.map((n) => n.head).sort(), [false, true]);
    assert.equal(
      queues.map(({ tag, slots }) => [tag, slots]),
      [
        ['alice', 16],
        ['bob', 3],
      ],
    );
    assert.not.ok(
      nodes.some((n) => 'direct' in n),
      'keys are not shown',
    );
    process.kill(nodes.find((n) => !n.head)!.pid, 'SIGTERM');
    await until(async () => (await machine.status(address)).nodes.length === 1, 'the node has left');
    const { out } = await machine.tessera('stop');
    assert.match(out, /Stopped node n\w+ \(alice\) at/);
    assert.match(out, `Stopped the engine at ${address}`);
    assert.not.ok(await listens('127.0.0.1', port));
    assert.match((await machine.tessera('stop')).out, 'Nothing was started on this machine.');
  } finally {
    await machine.end();
  }
});

test('two clusters on one machine: stop ends its own', async () => {
  const [one, two] = [new Machine(), new Machine()];
  try {
    const ports = [await freePort(), await freePort()];
    await one.start('--head', `--port=${ports[0]}`, '--resources={"alice":1}');
    await two.start('--head', `--port=${ports[1]}`, '--resources={"alice":1}');
    await one.tessera('stop');
    assert.not.ok(await listens('127.0.0.1', ports[0]!));
    assert.is((await two.status(`127.0.0.1:${ports[1]}`)).nodes.length, 1);
  } finally {
    await one.end();
    await two.end();
  }
});

test('without nats-server, the error says how to install it', async () => {
  const machine = new Machine({ TESSERA_NATS_SERVER: '/nowhere/nats-server' });
  const { code, err } = await machine.tessera('start', '--head', `--port=${await freePort()}`);
  assert.is(code, 1);
  assert.match(err, /needs nats-server.*apt-get install nats-server.*address: 'local'/s);
  await machine.end();
});

test('what cannot be is refused, with what to type', async () => {
  const machine = new Machine();
  const port = await freePort();
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['start'], /give --head to start a head, or --address=ip:port/],
    [['start', '--head', '--address=127.0.0.1:1'], /give either --head/],
    [['start', '--head', '--resources=16'], /--resources: tags and their numbers of workers/],
    [['start', '--head', '--resources={"alice":0}'], /--resources\.alice/],
    [['start', '--head', '--resources=alice'], /is no JSON/],
    [['start', '--head', '--port=70000'], /--port/],
    [
      ['start', `--address=127.0.0.1:${port}`, '--resources={"bob":1}'],
      /there is no engine at .*tessera start --head/s,
    ],
    [['status', `--address=127.0.0.1:${port}`], /there is no engine at/],
    [['status'], /no cluster was started on this machine/],
  ];
  for (const [args, text] of refused) {
    const { code, err } = await machine.tessera(...args);
    assert.is(code, 1, args.join(' '));
    assert.match(err, text);
  }
  const e = await rejection(sf.session({ address: `127.0.0.1:${port}` }));
  assert.is(e.code, 'LINK');
  assert.match(e.message, /tessera start --head --node-ip-address=127\.0\.0\.1/);
  await machine.end();
});

test('with a token: who does not have it neither joins, nor uses the cluster', async () => {
  const machine = new Machine({ TESSERA_TOKEN: 's3cret word' });
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  try {
    await machine.start('--head', `--port=${port}`, '--resources={"alice":2}');
    for (const env of [{}, { TESSERA_TOKEN: 'wrong' }]) {
      const stranger = new Machine(env);
      const { code, err } = await stranger.tessera('start', `--address=${address}`, '--resources={"bob":1}');
      assert.is(code, 1);
      assert.match(err, /refused the credentials: give the token/);
      await stranger.end();
    }
    const shown = await machine.tessera('status', `--address=${address}`, '--token=s3cret word');
    assert.is(shown.code, 1);
    assert.match(shown.err, /--token: everybody on this machine can read command lines/);
    assert.not.match(shown.err, /s3cret/);
    const file = join(machine.state, 'token');
    writeFileSync(file, 's3cret word\n');
    const read = await new Machine().tessera('status', `--address=${address}`, `--token-file=${file}`);
    assert.match(read.out, /1 node, 0 programs/);
    const e = await rejection(sf.session({ address }));
    assert.is(e.code, 'IDENTITY');
    assert.match(e.message, /refused the credentials/);
    const work = (s: sf.Session) => s.reveal(s.PYU('alice')(tasks.add)(1, 2));
    assert.is(await withSession({ address }, work, { token: 's3cret word' }), 3);
  } finally {
    await machine.end();
  }
});

test('a head has a token, on loopback too, which its user need not type and others do not have', async () => {
  for (const host of ['0.0.0.0', '127.0.0.1']) {
    const machine = new Machine();
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    try {
      const head = await machine.start(
        '--head',
        `--node-ip-address=${host}`,
        `--port=${port}`,
        '--resources={"alice":1}',
      );
      const token = tokenOf(head);
      assert.match(token, /^[0-9a-f]{32}$/);
      // Another user of the machine: whatever it says, the server hears none of it.
      const refused = await connect({ servers: address }).then(
        () => '',
        (e: unknown) => String(e),
      );
      assert.match(refused, /authorization/i);
      assert.is((await rejection(sf.session({ address }))).code, 'IDENTITY');
      assert.is(execFileSync('stat', ['-c', '%a', machine.state]).toString().trim(), '700');
      // The same user: the command, and a program, also where the head goes by another name.
      assert.is((await machine.status(address)).nodes.length, 1);
      assert.is((await machine.status(`localhost:${port}`)).nodes.length, 1);
      const before = process.env.TESSERA_STATE;
      process.env.TESSERA_STATE = machine.state;
      try {
        const sum = await withSession({ address }, (s) => s.reveal(s.PYU('alice')(tasks.add)(1, 2)));
        assert.is(sum, 3);
      } finally {
        if (before === undefined) delete process.env.TESSERA_STATE;
        else process.env.TESSERA_STATE = before;
      }
      // A head that is started again keeps it: nodes elsewhere come back with that.
      process.kill(machine.started('nats-server')[0]!, 'SIGKILL');
      await until(async () => !(await listens('127.0.0.1', port)), 'the server has ended');
      const again = await machine.start(
        '--head',
        `--node-ip-address=${host}`,
        `--port=${port}`,
        '--resources={"alice":1}',
      );
      assert.is(tokenOf(again), token);
      // To whom it is not known, somebody else's head is not his.
      const stranger = new Machine();
      const { code, err } = await stranger.tessera('start', '--head', `--port=${port}`);
      await stranger.end();
      assert.is(code, 1);
      assert.match(err, /somebody listens already, whom this user has not started here/);
    } finally {
      await machine.end();
    }
  }
});

test('a server that lets everybody in is no head', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-open-server-'));
  const machine = new Machine();
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder];
  const server = spawn(findServer()!, args, { stdio: 'ignore' });
  try {
    await until(() => listens('127.0.0.1', port), 'the server listens');
    const address = `127.0.0.1:${port}`;
    const { code, err } = await machine.tessera('start', `--address=${address}`, '--resources={"bob":1}');
    assert.is(code, 1);
    assert.match(err, /lets everybody in/);
    assert.is((await rejection(sf.session({ address, token: 'any' }))).code, 'IDENTITY');
  } finally {
    await machine.end();
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a server of the user: user, password, and TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-own-'));
  const machine = new Machine({ TESSERA_NATS_PASSWORD: 'pass' });
  const port = await freePort();
  await keygen({ party: 'server', host: ['127.0.0.1'], out: folder });
  const file = (name: string) => join(folder, name);
  writeFileSync(
    file('nats.conf'),
    `listen: "127.0.0.1:${port}"
     jetstream { store_dir: "${folder}" }
     tls { cert_file: "${file('server.cert.pem')}", key_file: "${file('server.key.pem')}" }
     authorization { user: "me", password: "pass" }`,
  );
  const server = spawn(findServer()!, ['-c', file('nats.conf')], { stdio: 'ignore' });
  try {
    await until(() => listens('127.0.0.1', port), 'the server listens');
    const url = `tls://127.0.0.1:${port}`;
    const ca = file('server.cert.pem');
    const own = [`--nats-url=${url}`, '--nats-user=me', `--nats-ca=${ca}`];
    const said = await machine.start(...own, '--head', '--resources={"alice":2}');
    assert.match(said, `joined ${url}`);
    assert.not.match(said, 'pass');
    await machine.start(...own, '--resources={"bob":2}');
    const nats = { user: 'me', password: 'pass', ca };
    const work = (s: sf.Session) => {
      const big = s.PYU('alice')(tasks.bytes)(3_000_000, 1);
      return s.reveal(s.PYU('bob')(tasks.sum)(big.to(s.PYU('bob'))));
    };
    assert.equal(await withSession({ address: url }, work, { nats }), [3_000_000, 3_000_000]);
    const untrusted = await rejection(sf.session({ address: url, nats: { user: 'me', password: 'pass' } }));
    assert.is(untrusted.code, 'IDENTITY');
    assert.match(untrusted.message, /give the authority of its certificate/);
    const wrong = await rejection(sf.session({ address: url, nats: { ...nats, password: 'no' } }));
    assert.is(wrong.code, 'IDENTITY');
    assert.match((await machine.tessera('stop')).out, /Stopped node/);
    assert.ok(await listens('127.0.0.1', port), 'the server is not ours to stop');
  } finally {
    await machine.end();
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Two network namespaces joined by a pair of links; undefined where they are not allowed. */
const namespaces = (): { run: readonly string[]; end(): void } | undefined => {
  const name = `tessera${randomBytes(3).toString('hex')}`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
  const end = (): void => {
    try {
      ip('netns', 'del', name);
    } catch {
      // It was never there.
    }
  };
  try {
    ip('netns', 'add', name);
    ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`, 'netns', name);
    ip('addr', 'add', '10.213.77.1/24', 'dev', `${name}a`);
    ip('link', 'set', `${name}a`, 'up');
    ip('-n', name, 'addr', 'add', '10.213.77.2/24', 'dev', `${name}b`);
    ip('-n', name, 'link', 'set', `${name}b`, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return { run: ['ip', 'netns', 'exec', name], end };
  } catch {
    end();
    return undefined;
  }
};

test('nodes with addresses of their own', async () => {
  const apart = namespaces();
  if (apart === undefined) {
    console.log('cluster/start: network namespaces skipped: they are not allowed here');
    return;
  }
  const machine = new Machine();
  const port = await freePort();
  const address = `10.213.77.1:${port}`;
  try {
    const head = await machine.start(
      '--head',
      '--node-ip-address=10.213.77.1',
      `--port=${port}`,
      '--resources={"alice":4}',
    );
    const token = /TESSERA_TOKEN=(\w+)/.exec(head)![1]!;
    const far = await machine.tesseraBy(
      [...apart.run, 'env', `TESSERA_TOKEN=${token}`],
      'start',
      `--address=${address}`,
      '--resources={"bob":4}',
    );
    assert.is(far.code, 0, far.err);
    assert.match(far.out, 'at 10.213.77.2');
    await withSession(
      { address },
      async (s) => {
        const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
        const big = alice(tasks.bytes)(2_000_000, 2);
        assert.equal(await s.reveal(bob(tasks.sum)(big.to(bob))), [2_000_000, 4_000_000]);
        const spu = s.SPU({
          nodes: [
            { party: 'alice', address: '10.213.77.1:0' },
            { party: 'bob', address: '10.213.77.2:0', listen_addr: '0.0.0.0:0' },
          ],
          runtime_config: { protocol: 'SEMI2K', field: 'FM128' },
        });
        const product = spu((p, q) => p.mul(q))(alice(tasks.vector)(2, 3), bob(tasks.vector)(2, 4));
        assert.equal((await s.reveal(product)).toArray(), [12, 12]);
      },
      { token },
    );
  } finally {
    await machine.end();
    apart.end();
  }
});

test('state of this machine by way of a link is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-way-'));
  symlinkSync(folder, join(folder, 'link'));
  const machine = new Machine({ TESSERA_STATE: join(folder, 'link') });
  const { code, err } = await machine.tessera('stop');
  assert.is(code, 1);
  assert.match(err, /is a link, no folder: set TESSERA_STATE/);
  rmSync(folder, { recursive: true });
});

test('state of this machine in a folder that others can write is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-open-'));
  execFileSync('chmod', ['777', folder]);
  const machine = new Machine({ TESSERA_STATE: folder });
  const { code, err } = await machine.tessera('stop');
  assert.is(code, 1);
  assert.match(err, /can be written by others: set TESSERA_STATE/);
  rmSync(folder, { recursive: true });
});

test('state of this machine behind a link is refused: it may lead anywhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-linked-'));
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  const machine = new Machine({ TESSERA_STATE: link });
  const { code, err } = await machine.tessera('stop');
  assert.is(code, 1);
  assert.match(err, /is a link, no folder: set TESSERA_STATE/);
  rmSync(link);
  rmSync(folder, { recursive: true });
});

test('credentials are in files that only their owner can read', async () => {
  const machine = new Machine({ TESSERA_TOKEN: 'quite secret' });
  const port = await freePort();
  try {
    await machine.start('--head', `--port=${port}`);
    const config = join(machine.state, `head-${port}`, 'nats.conf');
    assert.match(readFileSync(config, 'utf8'), 'quite secret');
    assert.is(execFileSync('stat', ['-c', '%a', config]).toString().trim(), '600');
  } finally {
    await machine.end();
  }
});

test.run();
