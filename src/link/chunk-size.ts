/**
 * @file Adaptive chunk size: what the peer acknowledges in about a second, so that a slow connection shows a whole message
 * often, and what a dropped one has to send again is little.
 */
import { CHUNK_BYTES } from './packets.ts';

/** Until the first acknowledgement. */
const FIRST = CHUNK_BYTES / 4;
const LEAST = 16 * 1024;
const MESSAGE_MS = 1_000;
/** Acknowledgements of less say little: they wait for a heartbeat. */
const SAMPLE = 64 * 1024;

export class Pace {
  #chunk = FIRST;
  #lastAck = 0;

  /** Bytes of a chunk: a power of two. */
  get chunk(): number {
    return this.#chunk;
  }

  /** So many bytes were acknowledged now, the first of which left at `sentAt`. */
  acked(bytes: number, sentAt: number, now: number): void {
    const took = now - Math.max(sentAt, this.#lastAck);
    this.#lastAck = now;
    if (bytes < Math.min(SAMPLE, this.#chunk)) return;
    const most = (bytes / Math.max(took, 0.01)) * MESSAGE_MS;
    let chunk = LEAST;
    while (chunk < CHUNK_BYTES && 2 * chunk <= most) chunk *= 2;
    this.#chunk = chunk;
  }
}
