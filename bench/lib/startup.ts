/**
 * @file How long parties take from the start of their processes to their first answer: the millionaires' program as two
 * processes over real sockets, and the same comparison by threads of one process. Both load the package as it is
 * published. Beside them stand as many processes of Node that print a line, and the peers that have such a program.
 * `node dist/bench/lib/startup.js`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keygen } from '../../src/cli/keygen.ts';
import { together } from './answer.ts';
import { median, spread } from './duel.ts';
import type { Engine, Startup } from './engine.ts';
import type { Command } from './engine-processes.ts';
import { mesh } from './net.ts';
import type { Row } from './row.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MILLIONAIRES = join(ROOT, 'dist', 'examples', 'millionaires.js');
const PARTIES = ['alice', 'bob'] as const;
type Party = (typeof PARTIES)[number];

const THREADS = `
import * as sf from 'tessera-mpc';
await sf.init(['alice', 'bob'], { address: 'local', loggingLevel: 'error' });
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const [a, b] = [sf.PYU('alice')(() => 5)(), sf.PYU('bob')(() => 6)()];
const richer = await sf.reveal(spu((x, y) => sf.np.greater(x, y))(a, b));
console.log(richer.item() ? 'alice is richer' : 'bob is richer');
await sf.shutdown();
`;
const NOTHING = `console.log('bob is richer');`;
const node = (args: readonly string[]): Command => ({
  name: 'Node',
  file: process.execPath,
  args,
  cwd: ROOT,
});
const program = (text: string): Command => node(['--input-type=module', '--eval', text]);

/** A file of options for each party; returns the arguments of both. */
const parties = async (folder: string, tls: boolean): Promise<Command[]> => {
  const { listen } = await mesh(PARTIES.length, { rttMs: 0 });
  const pem = (party: Party, what: 'cert' | 'key'): string => join(folder, `${party}.${what}.pem`);
  return PARTIES.map((self, i) => {
    const peer = PARTIES[1 - i]!;
    const options = {
      cluster_config: {
        parties: Object.fromEntries(PARTIES.map((p, k) => [p, { address: listen[k]! }])),
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
    return node([MILLIONAIRES, self, String(5 + i), file]);
  });
};

const NAMES = {
  tls: 'millionaires, two processes, start to answer',
  plain: 'millionaires, two processes, start to answer, without TLS',
  threads: 'millionaires, threads of one process, start to answer',
} as const;

/** Seconds of each, their starts taking turns. */
const inTurns = async (runs: number, starts: readonly (() => Promise<number>)[]): Promise<number[][]> => {
  const times = starts.map((): number[] => []);
  for (let i = 0; i < runs; i++) {
    for (const [k, start] of starts.entries()) times[k]!.push(await start());
  }
  return times;
};

/** Start-up, as rows whose name `wanted` accepts; the peers' beside that of ours with TLS. */
export const startupBench = async (
  wanted: (name: string) => boolean = () => true,
  runs = 9,
  engines: readonly Engine[] = [],
): Promise<Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const rows: Row[] = [];
  const add = async (
    name: string,
    mine: () => Promise<number>,
    bare: number,
    peers: readonly Engine[] = [],
  ): Promise<void> => {
    if (!wanted(name)) return;
    const nothing = () => together(Array(bare).fill(program(NOTHING)));
    const theirs = new Map<string, Startup>([['bare Node', { run: nothing, end: () => {} }]]);
    try {
      for (const peer of peers) {
        const startup = await peer.millionaires?.();
        if (startup !== undefined) theirs.set(peer.name, startup);
      }
      const [mines, ...others] = await inTurns(runs, [mine, ...[...theirs.values()].map(({ run }) => run)]);
      const value = median(mines!);
      for (const [i, against] of [...theirs.keys()].entries()) {
        const baseline = median(others[i]!);
        const row = { unit: 's', value, baseline, ratio: value / baseline, against, ...spread(mines!) };
        rows.push({ name: i === 0 ? name : `${name} / ${against}`, ...row });
      }
    } finally {
      for (const { end } of theirs.values()) end();
    }
  };
  try {
    for (const party of PARTIES) await keygen({ party, host: ['127.0.0.1'], out: folder });
    await add(NAMES.tls, async () => together(await parties(folder, true)), PARTIES.length, engines);
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
