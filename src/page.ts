/** @file What only pages have, under the same names elsewhere: a server that renders a page (Next) loads its program too. */
import type { keepIdentity as InPages } from './browser/identity.ts';
import { fail } from './errors.ts';

/**
 * In a page: this origin's identity of that name (`'default'` unless given), an Ed25519 key in IndexedDB that cannot be taken out of the browser;
 * made at the first call. Resolves to its fingerprint, for `createRoom`, and options for `session`. Elsewhere throws UNSUPPORTED: there an
 * identity is a file (`tessera keygen`).
 * @example
 * await sf.keepIdentity() // throws UNSUPPORTED
 */
export const keepIdentity: typeof InPages = async () =>
  fail('UNSUPPORTED', 'keepIdentity is for pages: elsewhere an identity is a file, made by tessera keygen');

/**
 * In a page: where `tessera-worker.js` is, if not beside `tessera.js` or where a bundler has put it; `tessera-lowering.js` lies beside it. Of the
 * page's own origin. Elsewhere throws UNSUPPORTED.
 * @example
 * sf.setWorkerUrl('/tessera/tessera-worker.js') // throws UNSUPPORTED
 */
export const setWorkerUrl = (_url: URL | string): void =>
  fail('UNSUPPORTED', 'setWorkerUrl is for pages: elsewhere threads find their files');
