/**
 * @file How long parties take from the start of their processes to their first answer: the millionaires' program as two
 * processes over real sockets, and the same comparison by threads of one process. Both load the package as it is
 * published. Beside them stand as many processes of Node that print a line. `node dist/bench/lib/startup.js`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keygen } from '../../src/cli/keygen.ts';
import type { Row } from './row.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MILLIONAIRES = join(ROOT, 'dist', 'examples', 'millionaires.js');
const PARTIES = ['alice', 'bob'] as const;
type Party = (typeof PARTIES)[number];
const ANSWER = /bob is richer/;

const THREADS = `
import * as sf from 'tessera';
await sf.init(['alice', 'bob'], { address: 'local', loggingLevel: 'error' });
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const [a, b] = [sf.PYU('alice')(() => 5)(), sf.PYU('bob')(() => 6)()];
const richer = await sf.reveal(spu((x, y) => sf.np.greater(x, y))(a, b));
console.log(richer.item() ? 'alice is richer' : 'bob is richer');
await sf.shutdown();
`;
const NOTHING = `console.log('bob is richer');`;
const program = (text: string): readonly string[] => ['--input-type=module', '--eval', text];

/** Milliseconds until a process of Node has printed the answer; `ended` when it is gone. */
const answer = (args: readonly string[]): { readonly answered: Promise<number>; ended: Promise<void> } => {
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let tell: (ms: number) => void = () => {};
  const answered = new Promise<number>((resolve) => {
    tell = resolve;
  });
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (ANSWER.test(said)) tell(performance.now() - start);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0 && ANSWER.test(said)) resolve();
      else reject(new Error(`a process ended with exit code ${code} and said "${said.trim()}"`));
    });
  });
  return { answered, ended };
};

/** Milliseconds until all of them have answered. */
const together = async (programs: readonly (readonly string[])[]): Promise<number> => {
  const running = programs.map(answer);
  const all = Promise.all(running.map((one) => one.answered));
  const ends = Promise.all(running.map((one) => one.ended));
  const ms = Math.max(...(await Promise.race([all, ends.then(() => all)])));
  await ends;
  return ms;
};

const freePorts = async (): Promise<number[]> => {
  const servers = PARTIES.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** A file of options for each party; returns the arguments of both. */
const parties = async (folder: string, tls: boolean): Promise<(readonly string[])[]> => {
  const ports = await freePorts();
  const pem = (party: Party, what: 'cert' | 'key'): string => join(folder, `${party}.${what}.pem`);
  return PARTIES.map((self, i) => {
    const peer = PARTIES[1 - i]!;
    const options = {
      cluster_config: {
        parties: Object.fromEntries(PARTIES.map((p, k) => [p, { address: `127.0.0.1:${ports[k]}` }])),
        self_party: self,
      },
      ...(tls && {
        tls_config: {
          cert: { cert: pem(self, 'cert'), key: pem(self, 'key') },
          client_certs: { [peer]: { ca_cert: pem(peer, 'cert'), cert: pem(peer, 'cert') } },
        },
      }),
      allowTrustedFirstParty: true,
      loggingLevel: 'error',
    };
    const file = join(folder, `${self}.json`);
    writeFileSync(file, JSON.stringify(options));
    return [MILLIONAIRES, self, String(5 + i), file];
  });
};

/** Median seconds. */
const median = async (runs: number, one: () => Promise<number>): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push((await one()) / 1000);
  return times.sort((a, b) => a - b)[runs >> 1]!;
};

const NAMES = {
  tls: 'millionaires, two processes, start to answer',
  plain: 'millionaires, two processes, start to answer, without TLS',
  threads: 'millionaires, threads of one process, start to answer',
} as const;

/** Start-up, as rows whose name `wanted` accepts. */
export const startupBench = async (
  wanted: (name: string) => boolean = () => true,
  runs = 9,
): Promise<Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const rows: Row[] = [];
  const add = async (name: string, value: () => Promise<number>, bare: number): Promise<void> => {
    if (!wanted(name)) return;
    const seconds = await median(runs, value);
    const baseline = await median(runs, () => together(Array(bare).fill(program(NOTHING))));
    rows.push({ name, unit: 's', value: seconds, baseline, ratio: seconds / baseline, against: 'bare Node' });
  };
  try {
    for (const party of PARTIES) await keygen({ party, host: ['127.0.0.1'], out: folder });
    await add(NAMES.tls, async () => together(await parties(folder, true)), PARTIES.length);
    await add(NAMES.plain, async () => together(await parties(folder, false)), PARTIES.length);
    await add(NAMES.threads, () => together([program(THREADS)]), 1);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, value, baseline } of await startupBench())
    console.log(`${name.padEnd(60)} ${value?.toFixed(3)} s   bare Node ${baseline?.toFixed(3)} s`);
}
