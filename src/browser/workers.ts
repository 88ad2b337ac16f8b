/** @file Starting a worker: the file beside the bundle, or where the page says that it is. */
import { trusted } from '../ring/browser-runtime.ts';

let place: URL | string | undefined;

/** Where `tessera-worker.js` is, if not beside `tessera.js`. It must come from the page's own origin. */
export const setWorkerUrl = (url: URL | string): void => {
  place = url;
};

export const newWorker = (name: string): Worker => {
  // Bundlers find the worker by this form of the call, and put its address in place of the URL.
  if (place === undefined && !('trustedTypes' in globalThis))
    return new Worker(new URL('./tessera-worker.js', import.meta.url), { type: 'module', name });
  const url = place ?? new URL('./tessera-worker.js', import.meta.url);
  return new Worker(trusted(String(url)), { type: 'module', name });
};
