/** @file What the kernels take from a browser. Takes the place of runtime.ts in the bundle. */

/** A browser has no ChaCha20: the kernel makes the streams. */
export const streamCrypto = (): undefined => undefined;

/** The kernels lie beside the bundle. */
export const readAsset = async (_url: URL): Promise<BufferSource> => {
  const url = new URL('./tessera.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return response.arrayBuffer();
};

/** n bytes from the host's cryptographic source. */
export const randomBytes = (n: number): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65536) crypto.getRandomValues(out.subarray(at, at + 65536));
  return out;
};
