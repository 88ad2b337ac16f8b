/** @file The processes of a demo: they end with it, at Ctrl-C, at a signal, and when it is killed. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 5_000;
const LOOK_MS = 500;
/** How much later than its processes a demo may hear of a signal to all of them. */
const GROUP_MS = 200;
const LEAVES = new URL('./leave-with-parent.js', import.meta.url).href;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export const script = (path: string, from: string): string => fileURLToPath(new URL(path, from));

export interface Run {
  readonly args: readonly string[];
  /**
   * Where its standard output goes. What says nothing there has no terminal either: its messages are passed on, and of several parties
   * one draws how far they are.
   */
  readonly out: 'inherit' | 'ignore' | 2;
  readonly env?: NodeJS.ProcessEnv;
  /** Hears what it tells the demo. */
  readonly heard?: (message: unknown) => void;
}

export class Children {
  readonly #running = new Set<ChildProcess>();
  #stop: (() => void) | undefined;
  #stopped = false;
  /** Rejects when the demo is told to end. */
  readonly #ended: Promise<never>;

  constructor() {
    this.#ended = new Promise((_, reject) => {
      this.#stop = () => reject(new Error('the demo was told to end'));
    });
    this.#ended.catch(() => {});
    for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => this.#told(code));
    // npm, and its shell, do not pass on that they were killed.
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event !== undefined)
      setInterval(() => process.ppid === parent || this.#told(SIGNALS.SIGHUP), LOOK_MS).unref();
  }

  #told(code: number): void {
    process.exitCode = code;
    this.#stopped = true;
    this.#stop!();
  }

  /** Was the demo told to end? */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Starts a process, and says what is typed for that; resolves when it has ended well. */
  async run({ args, out, env, heard }: Run): Promise<void> {
    console.error(
      `$ node ${args.map((a) => (a.startsWith('/') ? relative(process.cwd(), a) : a)).join(' ')}`,
    );
    const stdio: StdioOptions = ['ignore', out, out === 'ignore' ? 'pipe' : 'inherit', 'ipc'];
    const child = spawn(process.execPath, ['--import', LEAVES, ...args], {
      stdio,
      ...(env && { env: { ...process.env, ...env } }),
    });
    this.#running.add(child);
    child.stderr?.pipe(process.stderr, { end: false });
    if (heard) child.on('message', heard);
    const done = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#running.delete(child);
        if (code === 0) resolve();
        else reject(new Error(`${args[0]!} ended with ${signal ?? `exit code ${code}`}`));
      });
    });
    done.catch(() => {});
    await (this.#stopped ? done : Promise.race([done, this.#ended]));
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    await Promise.all(
      [...this.#running].map(
        (child) =>
          new Promise<void>((resolve) => {
            const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
            child.once('exit', () => {
              clearTimeout(late);
              resolve();
            });
            child.kill();
          }),
      ),
    );
  }
}

/** Runs a demo; when it was told to end, what it says then is no failure. */
export const runDemo = async (work: (children: Children) => Promise<void>): Promise<void> => {
  const children = new Children();
  try {
    await work(children);
  } catch (e) {
    // A terminal signals the whole group: a process of the demo may have ended of it before the demo hears of it.
    await sleep(GROUP_MS);
    if (!children.stopped) throw e;
    console.error((e as Error).message);
  } finally {
    await children.end();
  }
};
