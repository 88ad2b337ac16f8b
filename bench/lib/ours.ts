/**
 * @file This project as an engine of the benchmark: production mode, a process for each party (and for a third-party
 * dealer), wss with mutual TLS between them, our proxies on the way for links of a given latency and bandwidth.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keygen } from '../../src/cli/keygen.ts';
import type { Engine, Setting } from './engine.ts';
import { EngineProcesses } from './engine-processes.ts';
import { type Mesh, mesh } from './net.ts';
import type { PartyJob } from './party.ts';
import type { Workload } from './workloads.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];
const PARTY = fileURLToPath(new URL('./party.js', import.meta.url));

interface Pems {
  readonly cert: string;
  readonly key: string;
}

/** Seconds of a workload in float64: the same for every setting, and not short for large matrices. */
const plain = new Map<string, number>();

const made = new Map<string, Promise<Pems>>();

/** Certificates are made once a run of the benchmark. */
const pemsOf = (party: string): Promise<Pems> => {
  const known = made.get(party);
  if (known) return known;
  const fresh = (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-keys-'));
    try {
      const { files } = await keygen({ party, host: ['127.0.0.1'], out: folder });
      return { cert: readFileSync(files.cert!, 'utf8'), key: readFileSync(files.key, 'utf8') };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  })();
  made.set(party, fresh);
  return fresh;
};

const jobs = async (w: Workload, s: Setting, { listen, reach }: Mesh, names: readonly string[]) => {
  const parties = names.slice(0, s.parties);
  const pems = new Map<string, Pems>();
  for (const name of names) pems.set(name, await pemsOf(name));
  const place = (name: string) => {
    const rank = names.indexOf(name);
    return { address: reach[rank]!, listen_addr: listen[rank]! };
  };
  return names.map((self): PartyJob => {
    const { cert, key } = pems.get(self)!;
    return {
      workload: w.name,
      self,
      parties,
      field: s.field,
      dealer: s.dealer,
      net: s.net,
      plainSeconds: plain.get(w.name),
      options: {
        cluster_config: {
          parties: Object.fromEntries(parties.map((name) => [name, place(name)])),
          self_party: self,
          ...(names.includes('dealer') && { dealer: { name: 'dealer', ...place('dealer') } }),
        },
        tls_config: {
          cert: { cert, key },
          client_certs: Object.fromEntries(
            names.filter((name) => name !== self).map((name) => [name, { cert: pems.get(name)!.cert }]),
          ),
        },
        job_name: 'bench',
        loggingLevel: 'error',
        ...(s.dealer === 'first' && { allowTrustedFirstParty: true }),
      },
    };
  });
};

export const ours: Engine = {
  name: 'tessera',
  missing: async () => undefined,
  async start(w, s) {
    const names = [...NAMES.slice(0, s.parties), ...(s.dealer === 'third' ? ['dealer'] : [])];
    const links = await mesh(names.length, s.net);
    try {
      const commands = (await jobs(w, s, links, names)).map((job) => ({
        name: job.self,
        file: process.execPath,
        args: [PARTY, JSON.stringify(job)],
      }));
      const processes = await EngineProcesses.start(commands);
      return {
        run: (limit) => processes.run(limit),
        end: async () => {
          const reports = await processes.end().finally(links.close);
          plain.set(w.name, reports[0]!.plainSeconds!);
          return reports;
        },
        kill: () => {
          processes.kill();
          links.close();
        },
      };
    } catch (e) {
      links.close();
      throw e;
    }
  },
};
