/**
 * @file A page's identity: an Ed25519 key pair in IndexedDB, so that peers can pin it. Where WebCrypto has Ed25519 the
 * secret cannot be taken out of the browser; elsewhere its seed is kept encrypted under an AES key that cannot.
 */
import {
  createIdentity,
  type Identity,
  identitySecretText,
  identityText,
  type KeptIdentity,
} from '../link/identity.ts';

type Stored =
  | { readonly kind: 'key'; readonly publicKey: Uint8Array; readonly signingKey: CryptoKey }
  | {
      readonly kind: 'wrapped';
      readonly wrapping: CryptoKey;
      readonly iv: Uint8Array;
      readonly seed: Uint8Array;
    };

/** What `sf.session` takes as part of its options, and the text that peers pin. */
export interface PageIdentity {
  readonly fingerprint: string;
  readonly options: { readonly keptIdentity: KeptIdentity } | { readonly identity: string };
}

const STORE = 'identities';

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const openStore = async (): Promise<IDBDatabase> => {
  const request = indexedDB.open('tessera', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asPromise(request);
};

const bytes = (x: Uint8Array): Uint8Array<ArrayBuffer> => x as Uint8Array<ArrayBuffer>;

const makeKey = async (): Promise<Stored> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { kind: 'key', publicKey, signingKey: pair.privateKey };
};

const makeWrapped = async (): Promise<Stored> => {
  const wrapping = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const seed = createIdentity().secretKey.slice(0, 32);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapping, bytes(seed));
  seed.fill(0);
  return { kind: 'wrapped', wrapping, iv, seed: new Uint8Array(sealed) };
};

const opened = async (stored: Stored): Promise<PageIdentity> => {
  if (stored.kind === 'key') {
    const { publicKey, signingKey } = stored;
    return { fingerprint: identityText({ publicKey }), options: { keptIdentity: { publicKey, signingKey } } };
  }
  const params = { name: 'AES-GCM', iv: bytes(stored.iv) };
  const seed = new Uint8Array(await crypto.subtle.decrypt(params, stored.wrapping, bytes(stored.seed)));
  const identity: Identity = createIdentity(seed);
  return { fingerprint: identityText(identity), options: { identity: identitySecretText(identity) } };
};

/**
 * This origin's identity of that name; made at the first call. `wrapped` asks for the second form also where the
 * browser has Ed25519.
 */
export const keepIdentity = async (name = 'default', { wrapped = false } = {}): Promise<PageIdentity> => {
  const db = await openStore();
  try {
    const read = () => asPromise<Stored | undefined>(db.transaction(STORE).objectStore(STORE).get(name));
    const known = await read();
    if (known !== undefined) return await opened(known);
    const made = wrapped ? await makeWrapped() : await makeKey().catch(makeWrapped);
    const put = db.transaction(STORE, 'readwrite').objectStore(STORE).add(made, name);
    // Another tab may have been faster: then its identity is the one.
    await asPromise(put).catch(() => {});
    return await opened((await read())!);
  } finally {
    db.close();
  }
};
