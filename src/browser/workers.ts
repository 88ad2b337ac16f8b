/** @file Starting a worker: the file beside the bundle, or where the page says that it is. */

let place: URL | string | undefined;

/** Where `tessera-worker.js` is, if not beside `tessera.js`. It must come from the page's own origin. */
export const setWorkerUrl = (url: URL | string): void => {
  place = url;
};

export const newWorker = (name: string): Worker =>
  place === undefined
    ? new Worker(new URL('./tessera-worker.js', import.meta.url), { type: 'module', name })
    : new Worker(place, { type: 'module', name });
