/** @file A worker thread of a node: loads modules, and runs tasks of theirs, one at a time. */
import { workerData } from 'node:worker_threads';
import { packError } from '../device/messages.ts';
import { methodOwner } from '../device/proxied.ts';
import { TesseraError } from '../errors.ts';
import { OWN, taskAt } from './task.ts';
import { BEGUN, type Done, type Job, POSTED, type PostedJob, type ThreadData } from './thread-messages.ts';
import { decode, encode, fill } from './values.ts';

type Method = (...args: unknown[]) => unknown;

/** The object with state that lives here, if any. */
let instance: object | undefined;

const parts = (result: unknown, n: number | null): readonly unknown[] => {
  if (n === null) return [result];
  if (Array.isArray(result) && result.length === n) return result as unknown[];
  throw new TesseraError(
    'INVALID_ARGUMENT',
    `numReturns is ${n}, but the function returned ${Array.isArray(result) ? `${result.length} results` : 'no list'}`,
  );
};

/** Loaded when one is asked for: most threads run nothing but tasks of programs. */
const ownTaskAt = async (name: string, root: string): Promise<Method> => {
  const task = (await import('./own-tasks.ts')).ownTask(name, root) as Method | undefined;
  if (task === undefined) throw new TesseraError('CONFIG', `nodes have no task ${JSON.stringify(name)}`);
  return task;
};

const work = async ({ does, args, refs }: Job): Promise<unknown> => {
  const given = fill(decode(args), refs.map(decode)) as unknown[];
  if (does.kind === 'method') {
    const owner = methodOwner(instance, does.name);
    if (owner === undefined) throw new TesseraError('INVALID_ARGUMENT', `there is no method ${does.name}`);
    return owner[does.name]!(...given);
  }
  const code = does.url.startsWith(OWN)
    ? await ownTaskAt(does.name, does.url.slice(OWN.length))
    : await taskAt(does.url, does.name);
  if (does.kind === 'function') return (code as Method)(...given);
  instance = new (code as unknown as new (...args: unknown[]) => object)(...given);
  return null;
};

/** Bytes with a buffer of their own, which can be handed over. */
const own = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();

const run = async (job: Job): Promise<Done> => {
  try {
    return { results: parts(await work(job), job.numReturns).map((value) => own(encode(value))) };
  } catch (e) {
    return { error: packError(e) };
  }
};

const { preload, port, claims } = workerData as ThreadData;
// What is wrong with the module is the error of the task that needs it.
if (preload !== undefined) await import(preload).catch(() => {});

/** One job after another; those that were taken back are skipped. */
let last: Promise<void> = Promise.resolve();
const next = async (job: PostedJob): Promise<void> => {
  if (Atomics.compareExchange(claims, job.claim, POSTED, BEGUN) !== POSTED) return;
  const done = await run(job);
  const buffers = 'results' in done ? done.results.map((r) => r.buffer as ArrayBuffer) : [];
  port.postMessage(done, [...new Set(buffers)]);
};
port.on('message', (job: PostedJob) => {
  last = last.then(() => next(job));
});
port.postMessage('ready');
