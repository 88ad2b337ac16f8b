/**
 * @file MP-SPDZ's dealer protocol in Z_2^128: two parties and the dealer, a process each, TLS between them. Wants the folder
 * with its `dealer-ring-party.x` and `compile.py` in MP_SPDZ, or on the path. Every run is a start of its own, of which the
 * time that the first party prints for timer 1 counts: material is made on demand, so that dealing is in it.
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from '../../examples/lib/project.ts';
import { together } from '../lib/answer.ts';
import type { Engine } from '../lib/engine.ts';
import { type Command, TooLong } from '../lib/engine-processes.ts';
import { mesh, type Net, seenBy } from '../lib/net.ts';

const run = promisify(execFile);
const PARTY = 'dealer-ring-party.x';
const COMPILER = 'compile.py';
const CERTIFICATES = join('Scripts', 'setup-ssl.sh');
const SOURCE = projectFile('bench', 'peers', 'mp_spdz.mpc');
/** Two parties and the dealer, which is the last. */
const RANKS = [0, 1, 2];

/** The millionaires' program ends in this time, or never. */
const START_SECONDS = 30;

interface Task {
  /** The arguments of mp_spdz.mpc. */
  readonly args: readonly (string | number)[];
  /** Bits of the ring. */
  readonly ring: 64 | 128;
  /** Operations that its compiler puts into one round; each task has the figure that it is fastest with. */
  readonly budget: number;
  readonly note?: string;
}

const task = (args: Task['args'], more: Partial<Task> = {}): Task => ({
  args,
  ring: 128,
  budget: 100_000,
  ...more,
});

const INTEGERS = { note: 'integers, of which no product is truncated' };
const FIXED = { note: '24 fraction bits, probabilistic truncation' };

/** By workload. */
export const TASKS: Readonly<Record<string, Task>> = {
  'multiply 1e5': task(['multiply', 1e5], INTEGERS),
  'multiply 1e6': task(['multiply', 1e6], INTEGERS),
  'less 1e5': task(['less', 1e5]),
  'less 1e6': task(['less', 1e6]),
  'equal 1e5': task(['equal', 1e5]),
  'divide 1e4': task(['divide', 1e4], FIXED),
  'exp 1e4': task(['exp', 1e4], FIXED),
  'log 1e4': task(['log', 1e4], FIXED),
  'sqrt 1e4': task(['sqrt', 1e4], FIXED),
  'sigmoid 1e4': task(['sigmoid', 1e4], FIXED),
  'matmul 512': task(['matmul', 512], FIXED),
  'matmul 1024': task(['matmul', 1024], { ...FIXED, budget: 1000 }),
  'logistic 569x30': task(['logistic', 569, 30, 569, 10], FIXED),
  'logistic 1000x100': task(['logistic', 1000, 100, 100, 10], FIXED),
  'sort 1e4': task(['sort', 1e4], { ring: 64, note: 'in Z_2^64, where it is faster' }),
};

const MILLIONAIRES = task(['millionaires']);

const home = (): string | undefined =>
  [process.env.MP_SPDZ ?? '', ...(process.env.PATH ?? '').split(delimiter)].find(
    (folder) =>
      folder !== '' && [PARTY, COMPILER, CERTIFICATES].every((file) => existsSync(join(folder, file))),
  );

/** A folder with the compiled program, certificates and lists of addresses, and the processes that run it there. */
const prepare = async ({ args, ring, budget }: Task, net: Net) => {
  const mpSpdz = home()!;
  const folder = mkdtempSync(join(tmpdir(), 'mp-spdz-'));
  const words = args.map(String);
  await run('bash', [join(mpSpdz, CERTIFICATES), String(RANKS.length)], { cwd: folder });
  const compile = [join(mpSpdz, COMPILER), '-R', String(ring), '-Y', '-b', String(budget), SOURCE, ...words];
  await run('python3', compile, { cwd: folder });
  const program = [basename(SOURCE, '.mpc'), ...words].join('-');
  const links = await mesh(RANKS.length, net);
  const commands = RANKS.map((rank): Command => {
    // Each has a list of its own of where the others are.
    const list = join(folder, `addresses-${rank}`);
    writeFileSync(list, `${seenBy(rank, links).join('\n')}\n`);
    return {
      name: `MP-SPDZ's ${rank === 2 ? 'dealer' : `party ${rank}`}`,
      file: join(mpSpdz, PARTY),
      args: ['-p', String(rank), '-N', String(RANKS.length), '-ip', list, '-OF', '.', program],
      cwd: folder,
    };
  });
  const clear = (): void => {
    links.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, commands, clear };
};

/** What the first party says; the others are stopped if one fails. */
const talk = async (commands: readonly Command[], limit: number): Promise<string> => {
  const stop = new AbortController();
  const options = { signal: stop.signal, timeout: limit * 1000 };
  const started = performance.now();
  try {
    const [first] = await Promise.all(
      commands.map(({ file, args, cwd }) =>
        run(file, args, { ...options, ...(cwd !== undefined && { cwd }) }),
      ),
    );
    return `${first!.stdout}${first!.stderr}`;
  } catch (e) {
    if (performance.now() - started >= limit * 1000) throw new TooLong('MP-SPDZ', limit);
    throw e;
  } finally {
    stop.abort();
  }
};

export const mpSpdz: Engine = {
  name: 'mp-spdz',

  async missing() {
    return home() === undefined
      ? `MP-SPDZ's ${PARTY} (make ${PARTY} in its sources, with USE_KOS = 1 in CONFIG.mine, then MP_SPDZ=that folder)`
      : undefined;
  },

  async start(w, s) {
    const known = TASKS[w.name];
    if (known === undefined || s.parties !== 2 || s.field !== 'FM128') return undefined;
    const { commands, clear } = await prepare(known, s.net);
    const notes = [known.note, ...(s.dealer === 'first' ? ['its dealer is a third process'] : [])];
    const note = notes.filter((one) => one !== undefined).join('; ');
    return {
      run: async (limit) => {
        const printed = /Time1 = ([\d.e+-]+) seconds/.exec(await talk(commands, limit));
        if (printed === null) throw new Error('MP-SPDZ printed no time');
        return Number(printed[1]);
      },
      end: async () => {
        clear();
        return [];
      },
      kill: clear,
      ...(note !== '' && { note }),
    };
  },

  async millionaires() {
    const { folder, commands, clear } = await prepare(MILLIONAIRES, { rttMs: 0 });
    for (const [player, wealth] of [5, 6].entries()) {
      writeFileSync(join(folder, 'Player-Data', `Input-P${player}-0`), `${wealth}\n`);
    }
    const [dealer, ...parties] = [...commands].reverse();
    return {
      run: async () => {
        const [seconds] = await Promise.all([together(parties), talk([dealer!], START_SECONDS)]);
        return seconds;
      },
      end: clear,
    };
  },
};
