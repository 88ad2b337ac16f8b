/**
 * @file The link against what it stands on: our wss with mutual TLS beside a bare `ws` echo over TLS, in one run, with
 * both ends in threads of their own. `node dist/bench/link.js` prints the rows.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { keygen } from '../src/cli/keygen.ts';
import { connect, type WebSocketTransport } from '../src/link/websocket.ts';

export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly baseline: number;
  /** value / baseline; below 1 is better for times, above 1 for rates. */
  readonly ratio: number;
}

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

const percentile = (values: number[], p: number): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length * p)]!;

/** p50 of `count` rounds, in microseconds, after as many to warm up. */
const rounds = async (count: number, one: (i: number) => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < 2 * count; i++) {
    const start = performance.now();
    await one(i);
    if (i >= count) times.push((performance.now() - start) * 1000);
  }
  return percentile(times, 0.5);
};

/** Best of several, in GB/s, both directions summed. */
const rate = async (runs: number, one: (i: number) => Promise<unknown>): Promise<number> => {
  let best = 0;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await one(i);
    best = Math.max(best, (2 * LARGE) / 1e6 / (performance.now() - start));
  }
  return best;
};

/** An opening as the protocols make it: both send their share at once, both wait for the other's. */
const OPENINGS = 2000;
const LARGE_RUNS = 6;

const ours = async (setup: Setup, self: 'alice' | 'bob'): Promise<{ rtt: number; rate: number }> => {
  const link = await joinParty(setup, self);
  await link.ready();
  const peer = self === 'alice' ? 'bob' : 'alice';
  const small = link.channel('small', [peer]);
  const rtt = await rounds(OPENINGS, (i) => {
    if (self === 'alice') {
      small.send(peer, i, new Uint8Array(ELEMENT));
      return small.recv(peer, i);
    }
    // The echo side answers when it has heard, so that the time is that of a round trip.
    return small.recv(peer, i).then(() => small.send(peer, i, new Uint8Array(ELEMENT)));
  });
  const large = link.channel('large', [peer]);
  const gbps = await rate(LARGE_RUNS, async (i) => {
    large.send(peer, i, new Uint8Array(LARGE));
    await large.recv(peer, i);
  });
  await link.close();
  return { rtt, rate: gbps };
};

const bare = async (setup: Setup): Promise<{ rtt: number; rate: number }> => {
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
  const rtt = await rounds(OPENINGS, () => exchange(new Uint8Array(ELEMENT)));
  const gbps = await rate(LARGE_RUNS, () => {
    ws.send('go');
    return exchange(new Uint8Array(LARGE));
  });
  ws.close();
  return { rtt, rate: gbps };
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

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcp().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Round trip of one opened element, and throughput of a 64 MiB opening, beside bare `ws` over TLS. */
export const linkBench = async (): Promise<BenchRow[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const files = async (party: string): Promise<Files> => {
    const { files: made } = await keygen({ party, host: ['127.0.0.1'], out: folder });
    return { cert: readFileSync(made.cert!, 'utf8'), key: readFileSync(made.key, 'utf8') };
  };
  const setup = { alice: await files('alice'), bob: await files('bob'), spin: true };
  rmSync(folder, { recursive: true });
  const run = async (spin: boolean) => {
    const here = { ...setup, spin, port: await freePort() };
    const thread = inThread('ours', here);
    const result = await ours(here, 'alice');
    await new Promise((resolve) => thread.once('exit', resolve));
    return result;
  };
  const there = { ...setup, port: await freePort() };
  const thread = inThread('bare', there);
  await new Promise((resolve) => thread.once('message', resolve));
  const baseline = await bare(there);
  await new Promise((resolve) => thread.once('exit', resolve));
  const quiet = await run(false);
  const hot = await run(true);
  const row = (name: string, unit: string, value: number, base: number): BenchRow => ({
    name,
    unit,
    value,
    baseline: base,
    ratio: value / base,
  });
  return [
    row('opening of one element, event loop hot', 'us', hot.rtt, baseline.rtt),
    row('opening of one element, event loop asleep', 'us', quiet.rtt, baseline.rtt),
    row('opening of 64 MiB, both ways summed', 'GB/s', Math.max(hot.rate, quiet.rate), baseline.rate),
  ];
};

const role = (workerData as { link?: { kind: string; setup: Setup } } | null)?.link;
if (!isMainThread && role !== undefined) await serve(role);
else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, unit, value, baseline, ratio } of await linkBench()) {
    console.log(
      `${name.padEnd(44)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(5)} bare ws ${baseline.toFixed(2).padStart(9)}  ratio ${ratio.toFixed(2)}`,
    );
  }
}
