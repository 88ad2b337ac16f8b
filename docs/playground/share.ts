/** @file A program behind the # of a link: deflated, in base64url. */

const through = async (bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(stream as never)).arrayBuffer());

/** A link is no longer than this, and neither is what comes out of one. */
const MOST = 100_000;

export const encodeLink = async (text: string): Promise<string> => {
  const packed = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  return `#1.${btoa(String.fromCharCode(...packed)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
};

/** undefined where there is none. Throws for what is none. */
export const decodeLink = async (hash: string): Promise<string | undefined> => {
  const [, packed] = /^#1\.([\w-]+)$/.exec(hash.slice(0, MOST)) ?? [];
  if (packed === undefined) return undefined;
  const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = await through(bytes, new DecompressionStream('deflate-raw'));
  if (text.length > MOST) throw new Error('the program of the link is too long');
  return new TextDecoder('utf-8', { fatal: true }).decode(text);
};
