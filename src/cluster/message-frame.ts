/**
 * @file Messages of the cluster: a JSON head, and byte strings that nobody on the way looks into.
 *
 *     u32 length of head | head: { ...fields, "sizes": [...] } | bytes | bytes ...
 */
export const pack = (head: object, parts: readonly Uint8Array[] = []): Uint8Array => {
  const text = JSON.stringify({ ...head, sizes: parts.map((p) => p.byteLength) });
  const length = Buffer.byteLength(text);
  const out = Buffer.allocUnsafeSlow(parts.reduce((sum, p) => sum + p.byteLength, 4 + length));
  out.writeUInt32LE(length);
  out.write(text, 4);
  let at = 4 + length;
  for (const p of parts) {
    out.set(p, at);
    at += p.byteLength;
  }
  return out;
};

/** Empty ones take room too. */
const MOST_PARTS = 100_000;

export interface Frame<H> {
  readonly head: H;
  /** Copies, so that they may be kept, transferred and decoded at any alignment. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** Undefined for what is no such message: whoever can reach the engine can send anything. */
export const unpack = <H>(bytes: Uint8Array): Frame<H> | undefined => {
  try {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = all.readUInt32LE();
    if (4 + size > all.byteLength) return undefined;
    const head = JSON.parse(all.toString('utf8', 4, 4 + size)) as H & { sizes: number[] };
    let at = 4 + size;
    if (!Array.isArray(head.sizes) || head.sizes.length > MOST_PARTS) return undefined;
    const parts = head.sizes.map((n) => {
      if (!Number.isInteger(n) || n < 0 || at + n > all.byteLength) throw new RangeError('cut short');
      const part = new Uint8Array(all.subarray(at, at + n));
      at += n;
      return part;
    });
    return { head, parts };
  } catch {
    return undefined;
  }
};
