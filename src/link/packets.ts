/**
 * @file Packets: what travels as one WebSocket message once two parties have shaken hands. Little-endian.
 *
 *     packet: kind u8 | flags u8 | u16 0 | seq f64 | ack f64 | records
 *     record: type u8 | 3 bytes 0 | channel u32 | tag f64 | length u32 | total u32 | offset u32 | `length` bytes
 *
 * DATA packets are numbered and kept until acknowledged; STATUS packets carry acknowledgement and credit only. With
 * flag BODY, the bytes of the last record are the next message of the connection, so that large payloads are not
 * copied together with their header; with flag COMPUTES, the sender may be silent from here on, until a packet of status
 * comes without it.
 */
import { TesseraError } from '../errors.ts';

export const DATA = 1;
export const STATUS = 2;
const BODY = 1;
const COMPUTES = 2;

export const FRAME = 1;
export const CHUNK = 2;
export const OPEN = 3;
export const CLOSE = 4;
export const ABORT = 5;
export const BYE = 6;
export const CREDIT = 7;

const PACKET_HEADER = 20;
export const RECORD_HEADER = 28;

/** A frame above this size travels in chunks of this size at most; over a slow connection they are shorter. */
export const CHUNK_BYTES = 1024 * 1024;
/** Small frames are copied together up to about this much. */
export const PACK_BYTES = 64 * 1024;
/** The longest message of a connection: a packed packet or a chunk, sealed or not. */
export const MAX_MESSAGE = CHUNK_BYTES + PACK_BYTES;
/** What a frame costs besides its bytes, so that a flood of empty frames is bounded too. */
const FRAME_COST = 64;

export interface Rec {
  readonly type: number;
  readonly channel: number;
  /** For CREDIT: the limit. */
  readonly tag: number;
  /** For CHUNK: length of the whole frame, and where this part belongs. */
  readonly total: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Packet {
  readonly kind: number;
  readonly seq: number;
  readonly ack: number;
  /** Of STATUS: a function of the sender's program runs, in which it may answer nobody. */
  readonly computes?: boolean;
  readonly records: readonly Rec[];
}

const NOTHING = new Uint8Array(0);

export const record = (
  type: number,
  channel: number,
  tag = 0,
  bytes: Uint8Array = NOTHING,
  total = 0,
  offset = 0,
): Rec => ({
  type,
  channel,
  tag,
  total,
  offset,
  bytes,
});

/** What a frame of so many bytes uses up of a channel's credit: the same sum at both ends, however it is cut. */
export const frameCost = (bytes: number): number => bytes + FRAME_COST;

/** What a part of it does: the first one pays for the frame. */
export const partCost = (bytes: number, offset: number): number => (offset === 0 ? frameCost(bytes) : bytes);

/** The head of a packet; with `body`, the last record's bytes are left out, to follow as a message of their own. */
export const writePacket = (packet: Packet, body: boolean): Uint8Array => {
  const { records } = packet;
  const last = records.length - 1;
  let size = PACKET_HEADER;
  for (let i = 0; i <= last; i++)
    size += RECORD_HEADER + (body && i === last ? 0 : records[i]!.bytes.byteLength);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  out[0] = packet.kind;
  out[1] = body ? BODY : packet.computes ? COMPUTES : 0;
  view.setFloat64(4, packet.seq, true);
  view.setFloat64(12, packet.ack, true);
  let at = PACKET_HEADER;
  for (let i = 0; i <= last; i++) {
    const { type, channel, tag, bytes, total, offset } = records[i]!;
    out[at] = type;
    view.setUint32(at + 4, channel, true);
    view.setFloat64(at + 8, tag, true);
    view.setUint32(at + 16, bytes.byteLength, true);
    view.setUint32(at + 20, total, true);
    view.setUint32(at + 24, offset, true);
    at += RECORD_HEADER;
    if (body && i === last) break;
    out.set(bytes, at);
    at += bytes.byteLength;
  }
  return out;
};

/** Fresh acknowledgement in a packet that is sent again. */
export const updateAck = (head: Uint8Array, ack: number): void =>
  new DataView(head.buffer, head.byteOffset).setFloat64(12, ack, true);

export const hasBody = (head: Uint8Array): boolean => head.byteLength >= PACKET_HEADER && head[1] === BODY;

export const protocolError: (message: string, details?: Record<string, unknown>) => never = (
  message,
  details = {},
) => {
  throw new TesseraError('LINK', `the peer broke the link protocol: ${message}`, details);
};

/** Reads a packet; its records' bytes are views of `head` and `body`. Throws LINK if anything is out of place. */
export const readPacket = (head: Uint8Array, body?: Uint8Array): Packet => {
  if (head.byteLength < PACKET_HEADER) protocolError('a packet is truncated');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const kind = head[0]!;
  if (kind !== DATA && kind !== STATUS) protocolError(`a packet has the unknown kind ${kind}`);
  const seq = view.getFloat64(4, true);
  const ack = view.getFloat64(12, true);
  if (!isCount(seq) || !isCount(ack)) protocolError('a packet has no valid number');
  const records: Rec[] = [];
  let at = PACKET_HEADER;
  let bodyLeft = body;
  while (at < head.byteLength) {
    if (head.byteLength - at < RECORD_HEADER) protocolError('a record is truncated');
    const type = head[at]!;
    const channel = view.getUint32(at + 4, true);
    const tag = view.getFloat64(at + 8, true);
    const length = view.getUint32(at + 16, true);
    const total = view.getUint32(at + 20, true);
    const offset = view.getUint32(at + 24, true);
    at += RECORD_HEADER;
    if (type < FRAME || type > CREDIT || (type === CREDIT) !== (kind === STATUS))
      protocolError(`a record has the type ${type}`);
    if (!isCount(tag)) protocolError('a record has no valid tag');
    let bytes: Uint8Array;
    if (bodyLeft !== undefined && at === head.byteLength) {
      bytes = bodyLeft;
      bodyLeft = undefined;
      if (bytes.byteLength !== length) protocolError('a body is not as long as announced');
    } else {
      if (length > head.byteLength - at) protocolError('a record is truncated');
      bytes = head.subarray(at, at + length);
      at += length;
    }
    records.push({ type, channel, tag, total, offset, bytes });
  }
  if (bodyLeft !== undefined) protocolError('a body belongs to no record');
  return { kind, seq, ack, computes: head[1] === COMPUTES, records };
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
