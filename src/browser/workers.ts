/**
 * @file Starting a worker. Its file lies beside the bundle, or where the page says that it is, or where a bundler has put it, who finds
 * it by the form of the call. A bundler that knows no workers has not put it anywhere: then its text, which comes as a module like any
 * other, is what the worker begins with.
 */
import { HERE_IS_ALONE } from '../here.ts';
import { trusted, unpacked } from '../ring/browser-kernel-host.ts';
import { HERE } from './worker-messages.ts';
import { workerPlace } from './worker-place.ts';

/**
 * `party`: engine and link, or a thread of a simulation. `pair`: the same, where two parties make their material between them.
 * `lowering`: makes programs ready for engines.
 */
export type WorkerKind = 'party' | 'pair' | 'lowering';

const fileOf = (kind: WorkerKind): string => `tessera-${kind === 'party' ? 'worker' : kind}.js`;

/** Bundlers find workers by this form of the call, and put their own addresses in place of the URLs. */
const beside: Readonly<Record<WorkerKind, (name: string) => Worker>> = {
  party: (name) => new Worker(new URL('./tessera-worker.js', import.meta.url), { type: 'module', name }),
  pair: (name) => new Worker(new URL('./tessera-pair.js', import.meta.url), { type: 'module', name }),
  lowering: (name) => new Worker(new URL('./tessera-lowering.js', import.meta.url), { type: 'module', name }),
};

/** Where a page may demand trusted types, the call above is given them: its form cannot show them. */
const trustedly = (start: () => Worker): Worker => {
  if (!('trustedTypes' in globalThis)) return start();
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(trusted(String(url)), options);
    }
  };
  try {
    return start();
  } finally {
    globalThis.Worker = Plain;
  }
};

const texts = new Map<WorkerKind, Promise<string>>();

/** The address of a worker's text. It stays, because helpers begin with it too. */
const textUrl = async (kind: WorkerKind): Promise<string> => {
  const texts = kind === 'pair' ? import('tessera:pair') : import('tessera:workers');
  const text = unpacked(((await texts) as Readonly<Partial<Record<WorkerKind, string>>>)[kind]!);
  return URL.createObjectURL(new Blob([await text.arrayBuffer()], { type: 'text/javascript' }));
};

/** Kinds of which a file has been found, or has not. */
const found = new Map<WorkerKind, boolean>();

/** A worker as its users see it, from the first moment: what is posted before it is there waits. */
export interface PageWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  /** It could not be loaded, or has failed. */
  onfailure: ((why: string) => void) | null;
  /** It is not needed any more. */
  onend: (() => void) | null;
  post(message: unknown, transfer?: Transferable[]): void;
  terminate(): void;
}

class Started implements PageWorker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onfailure: ((why: string) => void) | null = null;
  onend: (() => void) | null = null;
  readonly #kind: WorkerKind;
  readonly #name: string;
  #waiting: (readonly [unknown, Transferable[]])[] | undefined = [];
  #worker: Worker | undefined;
  #ended = false;

  constructor(kind: WorkerKind, name: string) {
    this.#kind = kind;
    this.#name = name;
    const place = workerPlace();
    if (place !== undefined) {
      const url = kind === 'party' ? place : new URL(fileOf(kind), place);
      this.#begin(new Worker(trusted(String(url)), { type: 'module', name }), false);
    } else if (found.get(kind) ?? !HERE_IS_ALONE)
      this.#begin(
        trustedly(() => beside[kind](name)),
        true,
      );
    else void this.#beginWithText();
  }

  #begin(worker: Worker, mayBeMissing: boolean): void {
    this.#worker = worker;
    worker.onmessage = (event) => {
      if (event.data !== HERE) return this.onmessage?.(event);
      if (mayBeMissing) found.set(this.#kind, true);
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const [message, transfer] of waiting) worker.postMessage(message, transfer);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const missing = this.#waiting !== undefined && !event.message;
      if (missing && mayBeMissing) {
        found.set(this.#kind, false);
        void this.#beginWithText();
      } else this.onfailure?.(event.message || `it could not be loaded: is ${fileOf(this.#kind)} there?`);
    };
  }

  async #beginWithText(): Promise<void> {
    try {
      const made = texts.get(this.#kind) ?? textUrl(this.#kind);
      texts.set(this.#kind, made);
      const url = await made;
      if (!this.#ended) this.#begin(new Worker(trusted(url), { type: 'module', name: this.#name }), false);
    } catch (e) {
      texts.delete(this.#kind);
      this.onfailure?.((e as Error).message);
    }
  }

  post(message: unknown, transfer: Transferable[] = []): void {
    if (this.#waiting === undefined) this.#worker!.postMessage(message, transfer);
    else this.#waiting.push([message, transfer]);
  }

  terminate(): void {
    this.#ended = true;
    this.#worker?.terminate();
    this.onend?.();
  }
}

export const newWorker = (kind: WorkerKind, name: string): PageWorker => new Started(kind, name);
