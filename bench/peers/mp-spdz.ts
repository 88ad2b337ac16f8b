/**
 * @file MP-SPDZ's dealer protocol in Z_2^128: two parties and the dealer, a process each, TLS between them, its times
 * with the making of material. Wants its `dealer-ring-party.x` and `compile.py` in the folder that MP_SPDZ names, or on
 * the path. Every run is a start of its own, of which the time that it prints for timer 1 counts.
 */

import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from '../../examples/lib/project.ts';
import { TooLong } from '../lib/crew.ts';
import type { Engine } from '../lib/engine.ts';
import { mesh, seenBy } from '../lib/net.ts';

const run = promisify(execFile);
const PARTY = 'dealer-ring-party.x';
const PROGRAM = 'tessera_bench';
/** Two parties and the dealer, which is the last. */
const RANKS = [0, 1, 2];

/** The argument of mp_spdz.mpc for each workload that it has. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  'multiply 1e5': ['mul', '100000'],
  'multiply 1e6': ['mul', '1000000'],
  'less 1e5': ['less', '100000'],
  'less 1e6': ['less', '1000000'],
  'equal 1e5': ['equal', '100000'],
  'divide 1e4': ['div', '10000'],
  'exp 1e4': ['exp', '10000'],
  'log 1e4': ['log', '10000'],
  'sqrt 1e4': ['sqrt', '10000'],
  'sigmoid 1e4': ['sigmoid', '10000'],
  'matmul 512': ['matmul', '512'],
  'sort 1e4': ['sort', '10000'],
};

const home = (): string | undefined =>
  [process.env.MP_SPDZ ?? '', ...(process.env.PATH ?? '').split(delimiter)].find(
    (folder) => folder !== '' && existsSync(join(folder, PARTY)) && existsSync(join(folder, 'compile.py')),
  );

const compile = async (folder: string, task: readonly string[]): Promise<void> => {
  copyFileSync(
    projectFile('bench', 'peers', 'mp_spdz.mpc'),
    join(folder, 'Programs', 'Source', `${PROGRAM}.mpc`),
  );
  await run('python3', ['compile.py', '-R', '128', '-Y', '-b', task[1]!, PROGRAM, ...task], { cwd: folder });
};

export const mpSpdz: Engine = {
  name: 'mp-spdz',

  async missing() {
    return home() === undefined
      ? `MP-SPDZ's ${PARTY} and compile.py (make ${PARTY} && Scripts/setup-ssl.sh 3 in its sources, then MP_SPDZ=that folder)`
      : undefined;
  },

  async start(w, s) {
    const task = TASKS[w.name];
    const folder = home()!;
    if (task === undefined || s.parties !== 2 || s.field !== 'FM128' || s.dealer !== 'third')
      return undefined;
    await compile(folder, task);
    // Each has a list of its own of where the others are.
    const links = await mesh(RANKS.length, s.net);
    const lists = mkdtempSync(join(tmpdir(), 'mp-spdz-'));
    for (const rank of RANKS) writeFileSync(join(lists, `${rank}`), `${seenBy(rank, links).join('\n')}\n`);
    const party = (rank: number, limit: number) =>
      run(
        join(folder, PARTY),
        ['-p', `${rank}`, '-N', '3', '-ip', join(lists, `${rank}`), [PROGRAM, ...task].join('-')],
        { cwd: folder, timeout: limit * 1000 },
      );
    const clear = () => {
      links.close();
      rmSync(lists, { recursive: true, force: true });
    };
    return {
      run: async (limit) => {
        const started = performance.now();
        try {
          const [first] = await Promise.all(RANKS.map((rank) => party(rank, limit)));
          const printed = /Time1 = ([\d.e+-]+) seconds/.exec(`${first!.stdout}${first!.stderr}`);
          if (printed === null) throw new Error('MP-SPDZ printed no time');
          return Number(printed[1]);
        } catch (e) {
          if (performance.now() - started >= limit * 1000) throw new TooLong('MP-SPDZ', limit);
          throw e;
        }
      },
      end: async () => {
        clear();
        return [];
      },
      kill: clear,
      note: 'fixed point of 24 fraction bits, probabilistic truncation, TLS',
    };
  },
};
