/**
 * @file The link against what it stands on: our wss with mutual TLS beside a bare `ws` echo over TLS, in one run, with
 * both ends in threads of their own.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { keygen } from '../src/cli/keygen.ts';
import { connect, type WebSocketTransport } from '../src/link/websocket.ts';
import { median, spread } from './lib/duel.ts';
import { freePorts } from './lib/net.ts';
import type { Row } from './lib/row.ts';

interface Files {
  readonly cert: string;
  readonly key: string;
}

interface Setup {
  readonly alice: Files;
  readonly bob: Files;
  readonly port: number;
  readonly spin: boolean;
}

const MIB = 1 << 20;
const LARGE = 64 * MIB;
const ELEMENT = 16;
const zeroMask = (mask: Buffer): void => {
  mask.fill(0);
};

const joinParty = (setup: Setup, self: 'alice' | 'bob'): Promise<WebSocketTransport> => {
  const peer = self === 'alice' ? 'bob' : 'alice';
  return connect({
    self,
    job: 'bench',
    parties: { alice: { address: `127.0.0.1:${setup.port}` }, bob: {} },
    tls: { cert: setup[self], clientCerts: { [peer]: { caCert: setup[peer].cert, cert: setup[peer].cert } } },
    spin: setup.spin,
  });
};

/** Microseconds of `count` rounds, after as many to warm up. */
const rounds = async (count: number, one: (i: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < 2 * count; i++) {
    const start = performance.now();
    await one(i);
    if (i >= count) times.push((performance.now() - start) * 1000);
  }
  return times;
};

/** Milliseconds of several. */
const several = async (runs: number, one: (i: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await one(i);
    times.push(performance.now() - start);
  }
  return times;
};

/** Which time of several counts. */
type Pick = (times: readonly number[]) => number;

interface Times {
  readonly small: readonly number[];
  readonly large: readonly number[];
}

/** An opening as the protocols make it: both send their share at once, both wait for the other's. */
const OPENINGS = 2000;
const LARGE_RUNS = 6;

const ours = async (setup: Setup, self: 'alice' | 'bob'): Promise<Times> => {
  const link = await joinParty(setup, self);
  await link.ready();
  const peer = self === 'alice' ? 'bob' : 'alice';
  const narrow = link.channel('small', [peer]);
  const small = await rounds(OPENINGS, (i) => {
    if (self === 'alice') {
      narrow.send(peer, i, new Uint8Array(ELEMENT));
      return narrow.recv(peer, i);
    }
    // The echo side answers when it has heard, so that the time is that of a round trip.
    return narrow.recv(peer, i).then(() => narrow.send(peer, i, new Uint8Array(ELEMENT)));
  });
  const wide = link.channel('large', [peer]);
  const large = await several(LARGE_RUNS, async (i) => {
    wide.send(peer, i, new Uint8Array(LARGE));
    await wide.recv(peer, i);
  });
  await link.close();
  return { small, large };
};

const bare = async (setup: Setup): Promise<Times> => {
  const files = { cert: setup.bob.cert, key: setup.bob.key, ca: setup.alice.cert };
  const ws = new WebSocket(`wss://127.0.0.1:${setup.port}/`, {
    ...files,
    minVersion: 'TLSv1.3',
    perMessageDeflate: false,
    maxPayload: LARGE * 2,
    generateMask: zeroMask,
    checkServerIdentity: (() => undefined) as never,
  });
  await new Promise((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  const exchange = (bytes: Uint8Array) => {
    const back = new Promise((resolve) => ws.once('message', resolve));
    ws.send(bytes);
    return back;
  };
  const small = await rounds(OPENINGS, () => exchange(new Uint8Array(ELEMENT)));
  const large = await several(LARGE_RUNS, () => {
    ws.send('go');
    return exchange(new Uint8Array(LARGE));
  });
  ws.close();
  return { small, large };
};

/** The other ends, in a thread of their own. */
const serve = async ({ kind, setup }: { kind: string; setup: Setup }): Promise<void> => {
  if (kind === 'ours') {
    await ours(setup, 'bob');
    return;
  }
  const server = createServer({
    ...setup.alice,
    ca: setup.bob.cert,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: LARGE * 2 });
  sockets.on('connection', (ws, request) => {
    request.socket.setNoDelay(true);
    // For 64 MiB both directions are busy at once, as in an opening: a text asks for the other half.
    ws.on('message', (data, binary) => {
      if (!binary) ws.send(new Uint8Array(LARGE));
      else if ((data as Buffer).length < LARGE) ws.send(data);
    });
    ws.on('close', () => {
      sockets.close();
      server.close();
    });
  });
  server.listen(setup.port, '127.0.0.1', () => parentPort!.postMessage('up'));
};

const inThread = (kind: string, setup: Setup): Worker =>
  new Worker(fileURLToPath(import.meta.url), { workerData: { link: { kind, setup } } });

const ROWS = {
  hot: 'opening of one element, event loop hot',
  asleep: 'opening of one element, event loop asleep',
  large: 'opening of 64 MiB each way',
} as const;

/** Round trip of one opened element, and time of a 64 MiB opening, beside bare `ws` over TLS. */
export const linkBench = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  if (!Object.values(ROWS).some(wanted)) return [];
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const files = async (party: string): Promise<Files> => {
    const { files: made } = await keygen({ party, host: ['127.0.0.1'], out: folder });
    return { cert: readFileSync(made.cert!, 'utf8'), key: readFileSync(made.key, 'utf8') };
  };
  const setup = { alice: await files('alice'), bob: await files('bob'), spin: true };
  rmSync(folder, { recursive: true });
  const run = async (spin: boolean) => {
    const here = { ...setup, spin, port: (await freePorts(1))[0]! };
    const thread = inThread('ours', here);
    const result = await ours(here, 'alice');
    await new Promise((resolve) => thread.once('exit', resolve));
    return result;
  };
  const there = { ...setup, port: (await freePorts(1))[0]! };
  const thread = inThread('bare', there);
  await new Promise((resolve) => thread.once('message', resolve));
  const baseline = await bare(there);
  await new Promise((resolve) => thread.once('exit', resolve));
  const quiet = await run(false);
  const hot = await run(true);
  const row = (
    name: string,
    unit: string,
    of: Pick,
    here: readonly number[],
    base: readonly number[],
  ): Row => {
    const [value, baseline] = [of(here), of(base)];
    const against = 'bare ws over TLS';
    return { name, unit, value, baseline, ratio: value / baseline, against, ...spread(here) };
  };
  const least: Pick = (times) => Math.min(...times);
  return [
    row(ROWS.hot, 'us', median, hot.small, baseline.small),
    row(ROWS.asleep, 'us', median, quiet.small, baseline.small),
    row(ROWS.large, 'ms', least, [...hot.large, ...quiet.large], baseline.large),
  ].filter(({ name }) => wanted(name));
};

const role = (workerData as { link?: { kind: string; setup: Setup } } | null)?.link;
if (!isMainThread && role !== undefined) await serve(role);
