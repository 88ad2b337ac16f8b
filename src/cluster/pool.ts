/**
 * @file The worker threads of a node. A task has a thread for itself while it runs. A thread takes half a second to load
 * a program's modules, so one is started only when a task has waited a moment for those that are there.
 */
import { availableParallelism } from 'node:os';
import { type Given, TaskThread } from './thread.ts';
import type { Done, Job } from './thread-messages.ts';

/** Tasks that a running thread will soon be free for are not worth another thread. */
const WAIT_MS = 15;
/** While jobs are short they wait for the processor, of which another thread would take its part. */
const BUSY_WAIT_MS = 150;
/** A thread whose jobs take no longer gets some ahead. */
const BRISK_MS = 2;
const AHEAD = 8;

export class Pool {
  readonly #idle: TaskThread[] = [];
  readonly #queue: Given[] = [];
  readonly #hashes = new Map<string, string>();
  readonly #threads = new Set<TaskThread>();
  #generation = 0;
  #starting = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** A module that was loaded before has changed: threads that may have the old one take no more tasks. */
  loads(url: string, hash: string): void {
    const known = this.#hashes.get(url);
    this.#hashes.set(url, hash);
    if (known === undefined || known === hash) return;
    this.#generation++;
    for (const thread of this.#threads) this.#queue.push(...thread.takeBack());
    for (const thread of this.#idle.splice(0)) this.#retire(thread);
  }

  /** Runs a job on the next thread that is free. Always resolves. */
  run(job: Job, own: readonly ArrayBuffer[]): Promise<Done> {
    return new Promise((resolve) => {
      this.#queue.push({ job, own, since: performance.now(), resolve });
      this.#feed();
    });
  }

  #feed(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop() ?? (this.#queue[0]!.own.length === 0 ? this.#brisk() : undefined);
      if (thread === undefined) {
        this.#grow();
        return;
      }
      thread.give(this.#queue.shift()!);
      this.#watch();
    }
  }

  /** The thread of short jobs that has fewest. */
  #brisk(): TaskThread | undefined {
    let best: TaskThread | undefined;
    for (const t of this.#threads)
      if (
        t.load > 0 &&
        t.load < (best?.load ?? AHEAD) &&
        t.pace < BRISK_MS &&
        t.generation === this.#generation
      )
        best = t;
    return best;
  }

  /** A thread has ended a job, or itself. */
  #next(thread: TaskThread): void {
    if (thread.ended) this.#queue.unshift(...thread.leftover());
    if (thread.ended || thread.generation !== this.#generation) {
      if (thread.load === 0) this.#retire(thread);
    } else if (thread.load === 0 && !this.#idle.includes(thread)) this.#idle.push(thread);
    this.#feed();
  }

  #retire(thread: TaskThread): void {
    this.#threads.delete(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    void thread.stop();
  }

  /** Starts a thread for the first job of the queue, if it has waited for long enough. */
  #grow(): void {
    const [first] = this.#queue;
    if (first === undefined || this.#stopped) return;
    const patience = [...this.#threads].some((t) => t.pace < BRISK_MS) ? BUSY_WAIT_MS : WAIT_MS;
    const due = this.#threads.size === 0 || performance.now() - first.since >= patience;
    if (due && this.#starting < availableParallelism()) {
      const url = 'url' in first.job.does ? first.job.does.url : undefined;
      const thread: TaskThread = new TaskThread(this.#generation, url, () => this.#next(thread));
      this.#threads.add(thread);
      this.#starting++;
      void thread.ready.then(() => {
        this.#starting--;
        if (thread.ended) this.#failed(thread);
        else this.#next(thread);
      });
    }
    this.#watch();
  }

  /** A thread that ended while it loaded tells its first job why. */
  #failed(thread: TaskThread): void {
    const first = this.#queue.shift();
    if (first !== undefined) thread.give(first);
    this.#next(thread);
  }

  /** Looks again later: jobs that were given ahead to a thread whose present one is long go elsewhere. */
  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      let busy = this.#queue.length > 0;
      for (const thread of this.#threads) {
        busy ||= thread.load > 1;
        if (thread.load > 1 && thread.pace >= WAIT_MS) this.#queue.push(...thread.takeBack());
      }
      this.#feed();
      if (busy) this.#watch();
    }, WAIT_MS);
  }

  /** A thread for one object with state. */
  dedicated(): TaskThread {
    const thread: TaskThread = new TaskThread(this.#generation, undefined, () => {
      if (thread.ended) thread.leftover();
    });
    return thread;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    await Promise.all([...this.#threads].map((t) => t.stop()));
  }
}
