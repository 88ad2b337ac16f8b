/** @file Starting a worker: the file beside the bundle, or where the page says that it is. */

/** Trusted Types, where the browser has them; a page that requires them allows the policy `tessera-worker`. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}
interface Policy {
  createScriptURL(url: string): unknown;
}

let policy: Policy | undefined;
let place: URL | string | undefined;

/** Where `tessera-worker.js` is, if not beside `tessera.js`. It must come from the page's own origin. */
export const setWorkerUrl = (url: URL | string): void => {
  place = url;
};

/** The address in the form that `Worker` takes on this page. */
const trusted = (url: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('tessera-worker', { createScriptURL: (own) => own });
  return (policy?.createScriptURL(url) ?? url) as string;
};

export const newWorker = (name: string): Worker => {
  // Bundlers find the worker by this form of the call, and put its address in place of the URL.
  if (place === undefined && !('trustedTypes' in globalThis))
    return new Worker(new URL('./tessera-worker.js', import.meta.url), { type: 'module', name });
  const url = place ?? new URL('./tessera-worker.js', import.meta.url);
  return new Worker(trusted(String(url)), { type: 'module', name });
};
