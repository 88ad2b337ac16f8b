/**
 * @file SecretFlow's SPU through its Python package (`pip install spu`; SPU_PYTHON names the interpreter): a process for
 * each party, sockets between them, our proxies on the way for links of a given latency and bandwidth.
 */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proxy } from '../lib/proxy.ts';
import { median, type RunOptions } from '../lib/standalone.ts';
import type { Workload } from '../lib/workloads.ts';
import type { Peer } from './index.ts';

const python = process.env.SPU_PYTHON ?? 'python3';
/** A row of SPU's that takes longer is given up. */
const LIMIT_MS = 150_000;

const script = (): string => {
  const here = fileURLToPath(new URL('./spu_party.py', import.meta.url));
  return existsSync(here)
    ? here
    : fileURLToPath(new URL('../../../bench/peers/spu_party.py', import.meta.url));
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Runs one party; resolves with what it printed. */
const party = (rank: number, job: object): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(python, [script(), String(rank), JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(out);
      else
        reject(
          new Error(
            `SPU's party ${rank} ended with ${code ?? 'a timeout'}: ${err.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });

export const spu: Peer = {
  async missing() {
    try {
      execFileSync(python, ['-c', 'import spu, jax'], { stdio: 'ignore' });
      return undefined;
    } catch {
      return `not installed for ${python} (pip install spu, or name another interpreter in SPU_PYTHON)`;
    }
  },

  async run(w: Workload, o: RunOptions) {
    const folder = mkdtempSync(join(tmpdir(), 'spu-'));
    const shaped = o.net.rttMs > 0 || o.net.bandwidthMbit !== undefined;
    const ranks = Array.from({ length: o.parties }, (_, i) => i);
    const own: number[] = [];
    for (const _ of ranks) own.push(await freePort());
    const servers: { close(): unknown }[] = [];
    try {
      // addresses[i][j]: where party i reaches party j.
      const addresses: string[][] = [];
      for (const i of ranks) {
        const row: string[] = [];
        for (const j of ranks) {
          let port = own[j]!;
          if (shaped && i !== j) {
            port = await freePort();
            servers.push(await proxy(port, own[j]!, o.net));
          }
          row.push(`127.0.0.1:${port}`);
        }
        addresses.push(row);
      }
      const job = { name: w.name, field: o.field, runs: shaped ? 1 : o.runs, folder, addresses };
      const [first] = await Promise.all(ranks.map((rank) => party(rank, job)));
      const { seconds } = JSON.parse(
        first!.split('\n').find((line) => line.startsWith('{"seconds"'))!, // it logs on standard output too
      ) as { seconds: number[] };
      return seconds.length > 0 ? median(seconds) : undefined;
    } finally {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
