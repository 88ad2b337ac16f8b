/** @file One process of JIFF's: its server (rank 0) or a party (from 1). Told by jiff.ts what it is. */

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { projectFile } from '../../examples/lib/project.ts';
import { serve } from '../lib/member.ts';

interface Share {
  /** A number, or a promise of it. */
  readonly value: unknown;
  smult(other: Share): Share;
  slt(other: Share): Share;
  seq(other: Share): Share;
}

interface Client {
  share_array(values: readonly number[]): Promise<Readonly<Record<string, readonly Share[]>>>;
  disconnect(safe: boolean, free: boolean): void;
}

interface Jiff {
  readonly JIFFServer: new (server: unknown, options: object) => unknown;
  readonly JIFFClient: new (host: string, computation: string, options: object) => Client;
}

interface MemberJob {
  readonly rank: number;
  readonly parties: number;
  readonly address: string;
  readonly op: 'smult' | 'slt' | 'seq';
}

const { rank, parties, address, op } = JSON.parse(process.argv[2]!) as MemberJob;
const require = createRequire(projectFile('bench', 'peers', 'jiff', 'package.json'));
const { JIFFServer, JIFFClient } = require('jiff-mpc') as Jiff;
const report = async () => ({ rss: process.resourceUsage().maxRSS * 1024 });

/** Numbers that a batch draws its operands from. */
const OPERANDS = 100;

if (rank === 0) {
  const server = createServer();
  new JIFFServer(server, { logs: false });
  server.listen(Number(address.split(':')[1]), '127.0.0.1');
  await serve(async () => {}, report);
} else {
  const client = await new Promise<Client>((resolve, reject) => {
    new JIFFClient(`http://${address}`, 'bench', {
      party_id: rank,
      party_count: parties,
      crypto_provider: true,
      onConnect: resolve,
      onError: (label: string, error: unknown) => reject(new Error(`${label}: ${String(error)}`)),
    });
  });
  const shared = await client.share_array(
    Array.from({ length: OPERANDS }, (_, i) => (i * 7919 + rank * 104_729) % 1_000_003),
  );
  const [a, b] = [shared[1]!, shared[2]!];
  await serve(async (word) => {
    const batch = Number(word.split(' ')[1]);
    const results = Array.from({ length: batch }, (_, i) => a[i % OPERANDS]![op](b[(i * 31) % OPERANDS]!));
    await Promise.all(results.map((share) => share.value));
  }, report);
}
process.exit(0);
