/** @file Malformed inputs at every listener, each in a process of its own: it goes on, and its memory stays small. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { findServer, listens } from '../../src/cluster/nats-server.ts';
import { createIdentity, identitySecretText, identityText } from '../../src/link/identity.ts';
import { startCluster, until } from '../cluster/harness.ts';
import { storm } from '../link/malformed.ts';
import { scaled } from '../long.ts';
import { cluster, end, launch, type Options, type Party, suite, values } from './harness.ts';

const test = suite('production/hostile');
const main = fileURLToPath(import.meta.resolve('#tessera-cli'));

/** At each listener. */
const INPUTS = scaled(100_000, 800);
/** How long all of them may take. */
const LASTS_MS = scaled(14_400_000, 0);
const MOST_MB = 200;

/** The most memory that a process has had, in MB; undefined where the system does not tell. */
const peakMb = (pid: number): number | undefined => {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    return undefined;
  }
};

const checkAlive = (child: ChildProcess, what: string): void => {
  assert.is(child.exitCode, null, `${what} has ended`);
  const mb = peakMb(child.pid!);
  if (mb !== undefined) assert.ok(mb < MOST_MB, `${what} took ${Math.round(mb)} MB`);
};

/** A command of ours that says where it listens. */
const command = async (
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ child: ChildProcess; port: number }> => {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout!.on('data', (part: Buffer) => {
    said += part;
  });
  await until(() => /:\d+/.test(said), `${args[0]} says where it is`);
  return { child, port: Number(/127\.0\.0\.1:(\d+)/.exec(said)![1]) };
};

const stop = async (child: ChildProcess): Promise<void> => {
  const over = once(child, 'exit');
  child.kill('SIGTERM');
  await over;
};

test(`${INPUTS} malformed inputs at a relay`, async () => {
  const { child, port } = await command(process.env, 'relay', '--listen=127.0.0.1:0');
  await storm({ port, path: `/pipe/${'cd'.repeat(16)}/listen` }, INPUTS);
  const meet = async (side: string): Promise<WebSocket> => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/pipe/${'ef'.repeat(16)}/${side}`);
    await once(ws, 'open');
    return ws;
  };
  const [a, b] = [await meet('listen'), await meet('dial')];
  const heard = once(a, 'message');
  b.send(Buffer.from('x'));
  assert.is(String((await heard)[0]), 'x');
  checkAlive(child, 'the relay');
  a.terminate();
  b.terminate();
  await stop(child);
});

/** Without certificates: with pinned identities alone, so that strangers come as far as the handshake. */
const plain = (options: Readonly<Record<string, Options>>): Record<string, Options> => {
  const ids = Object.fromEntries(Object.keys(options).map((name) => [name, createIdentity()]));
  return Object.fromEntries(
    Object.entries(options).map(([self, { tls_config: _, ...o }]) => {
      const others = Object.entries(ids).filter(([name]) => name !== self);
      return [
        self,
        {
          ...o,
          identity: identitySecretText(ids[self]!),
          peerIdentities: Object.fromEntries(others.map(([name, id]) => [name, identityText(id)])),
        },
      ];
    }),
  );
};

const portOf = (options: Readonly<Record<string, Options>>, name: string): number => {
  const { parties, dealer } = options.bob!.cluster_config as {
    parties: Record<string, { address: string }>;
    dealer: { address: string };
  };
  return Number((name === 'dealer' ? dealer : parties[name]!).address.split(':')[1]);
};

for (const tls of [true, false])
  test(`${INPUTS} malformed inputs at a party and at a dealer, ${tls ? 'over TLS' : 'with identities alone'}`, async () => {
    const names = ['alice', 'bob', 'dealer'];
    const options = await cluster(names, (_, o) => {
      // Alice has no address, so she dials, and both of the others listen.
      const config = structuredClone(o.cluster_config) as { parties: Record<string, Options> };
      config.parties.alice = {};
      return { ...o, cluster_config: config, crossSilo: { readyTimeoutMs: 14_400_000 } };
    });
    const { alice, ...waiting } = (tls ? options : plain(options)) as Record<string, Options>;
    const given = { steps: 5 };
    const parties: Record<string, Party> = launch(waiting, 'train', given, LASTS_MS);
    try {
      for (const [name, party] of Object.entries(parties)) {
        const port = portOf(waiting, name);
        await until(() => listens('127.0.0.1', port), `${name} listens`);
        await storm({ port, path: '/', tls }, INPUTS);
        checkAlive(party.child, name);
      }
      Object.assign(parties, launch({ alice: alice! }, 'train', given));
      const out = await values<number[][]>(parties);
      assert.equal(out.alice, out.bob);
    } finally {
      end(parties);
    }
  });

test(`${INPUTS} malformed inputs at a dashboard`, async () => {
  if (findServer() === undefined) {
    console.log('skipped: needs nats-server (apt-get install nats-server)');
    return;
  }
  const { address, machine } = await startCluster({ alice: 1 });
  try {
    const dashboard = await command(machine.env, 'dashboard', `--address=${address}`, '--port=0');
    await storm({ port: dashboard.port, path: '/events' }, INPUTS);
    const page = await fetch(`http://127.0.0.1:${dashboard.port}/`);
    assert.is(page.status, 200);
    checkAlive(dashboard.child, 'the dashboard');
    await stop(dashboard.child);
  } finally {
    await machine.end();
  }
});

test.run();
