/**
 * @file SecretFlow's SPU through its Python package: a process for each party, sockets between them, our proxies on the
 * way for links of a given latency and bandwidth. Its third-party dealer is a server that the package does not have.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../examples/lib/project.ts';
import type { Engine } from '../lib/engine.ts';
import { EngineProcesses } from '../lib/engine-processes.ts';
import { mesh, seenBy } from '../lib/net.ts';

/** `python`: the interpreter that has the package. */
export const spu = (python: string): Engine => ({
  name: 'spu',

  async missing() {
    try {
      execFileSync(python, ['-c', 'import spu, jax'], { stdio: 'ignore' });
      return undefined;
    } catch {
      return (
        `SPU's Python package for ${python} (python3.11 -m venv spu && spu/bin/pip install spu==0.9.5, then ` +
        '--python spu/bin/python)'
      );
    }
  },

  async start(w, s) {
    const folder = mkdtempSync(join(tmpdir(), 'spu-'));
    const links = await mesh(s.parties, s.net);
    const clear = () => {
      links.close();
      rmSync(folder, { recursive: true, force: true });
    };
    const script = projectFile('bench', 'peers', 'spu_party.py');
    const job = { name: w.name, field: s.field, folder };
    try {
      const processes = await EngineProcesses.start(
        links.reach.map((_, rank) => ({
          name: `SPU's party ${rank}`,
          file: python,
          args: [script, String(rank), JSON.stringify({ ...job, addresses: seenBy(rank, links) })],
        })),
      );
      return {
        run: (limit) => processes.run(limit),
        end: () => processes.end().finally(clear),
        kill: () => {
          processes.kill();
          clear();
        },
        ...(s.dealer !== 'first' && {
          note: 'its first-party dealer: it has no other in its package',
        }),
      };
    } catch (e) {
      clear();
      throw e;
    }
  },
});
