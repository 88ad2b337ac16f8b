/** @file Starting a worker: the files beside the bundle, or where the page says that they are. */
import { trusted } from '../ring/browser-kernel-host.ts';

let place: URL | string | undefined;

/** Where `tessera-worker.js` is, if not beside `tessera.js`; `tessera-lowering.js` is beside it. Of the page's own origin. */
export const setWorkerUrl = (url: URL | string): void => {
  place = new URL(url, document.baseURI);
};

/** `party`: engine and link, or a thread of a simulation. `lowering`: makes programs ready for engines. */
export type WorkerKind = 'party' | 'lowering';

const start: Readonly<Record<WorkerKind, (name: string) => Worker>> = {
  // Bundlers find workers by this form of the call, and put their addresses in place of the URLs.
  party: (name) => new Worker(new URL('./tessera-worker.js', import.meta.url), { type: 'module', name }),
  lowering: (name) => new Worker(new URL('./tessera-lowering.js', import.meta.url), { type: 'module', name }),
};

const urlOf: Readonly<Record<WorkerKind, () => URL | string>> = {
  party: () => place ?? new URL('./tessera-worker.js', import.meta.url),
  lowering: () => new URL('./tessera-lowering.js', place ?? import.meta.url),
};

export const newWorker = (kind: WorkerKind, name: string): Worker => {
  if (place === undefined && !('trustedTypes' in globalThis)) return start[kind](name);
  return new Worker(trusted(String(urlOf[kind]())), { type: 'module', name });
};
