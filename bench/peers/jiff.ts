/**
 * @file JIFF (npm `jiff-mpc`): its server, which is the dealer too, and a process for each party, on loopback. It works
 * on single numbers modulo a 24-bit prime; a batch is as many operations at once as end in a minute, and a row is the
 * time of that batch for each element, times the elements of the workload.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { projectFile } from '../../examples/lib/project.ts';
import type { Engine, Standing } from '../lib/engine.ts';
import { EngineProcesses } from '../lib/engine-processes.ts';
import { isShaped, mesh } from '../lib/net.ts';

const MEMBER = fileURLToPath(new URL('./jiff_member.js', import.meta.url));
const ELEMENTS = 1e5;
const BATCHES = [100, 1000, 10_000, ELEMENTS];
const MINUTE = 60;

/** What JIFF calls the operation of a workload of so many elements. */
const OPS: Readonly<Record<string, string>> = {
  'multiply 1e5': 'smult',
  'less 1e5': 'slt',
  'equal 1e5': 'seq',
};

/** The largest batch that ends in a minute, to judge by the one before it. */
const largest = async (processes: EngineProcesses): Promise<number> => {
  let best = BATCHES[0]!;
  for (const batch of BATCHES) {
    const seconds = await processes.run(2 * MINUTE, `run ${batch}`);
    best = batch;
    if (seconds * 12 > MINUTE) break; // ten times the work, and some more for what grows with it
  }
  return best;
};

export const jiff: Engine = {
  name: 'jiff',

  async missing() {
    return existsSync(projectFile('bench', 'peers', 'jiff', 'node_modules', 'jiff-mpc'))
      ? undefined
      : 'jiff-mpc (npm install --no-package-lock --prefix bench/peers/jiff)';
  },

  async start(w, s): Promise<Standing | undefined> {
    const op = OPS[w.name];
    if (op === undefined || isShaped(s.net)) return undefined;
    const address = (await mesh(1, s.net)).reach[0]!;
    const members = Array.from({ length: s.parties + 1 }, (_, rank) => ({
      name: rank === 0 ? "JIFF's server" : `JIFF's party ${rank}`,
      file: process.execPath,
      args: [MEMBER, JSON.stringify({ rank, parties: s.parties, address, op })],
    }));
    const processes = await EngineProcesses.start(members);
    try {
      const batch = await largest(processes);
      return {
        run: async () => ((await processes.run(2 * MINUTE, `run ${batch}`)) * ELEMENTS) / batch,
        end: () => processes.end(),
        kill: () => processes.kill(),
        note: `${op} modulo a 24-bit prime, ${batch} at once`,
      };
    } catch (e) {
      processes.kill();
      throw e;
    }
  },
};
