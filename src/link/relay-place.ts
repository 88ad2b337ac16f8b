/**
 * @file Where two parties of a room meet at a relay: a pipe with two ends, named by a hash that only those who have the
 * room's key can compute. The relay learns neither the room nor the parties from it.
 */

import { sha512 } from '#kernel-host';
import { fail } from '../errors.ts';
import type { Address } from './address.ts';

/** What parties share who meet through a relay, or by an invitation. */
export interface Meeting {
  /** 32 random bytes. Who has them may take part. */
  readonly key: Uint8Array;
  /** The relay's address, ws:// or wss://; without one, one of each pair must listen. */
  readonly relay?: string;
}

export type PipeEnd = 'listen' | 'dial';

/** `/pipe/<32 hex digits>/<listen or dial>` */
export const PIPE_PATH = /^\/pipe\/([0-9a-f]{32})\/(listen|dial)$/;

const LABEL = 'tessera relay pipe 1';

const pipeName = (key: Uint8Array, job: string, listener: string, dialer: string): string => {
  const text = new TextEncoder().encode([LABEL, job, listener, dialer].join('\0'));
  const all = new Uint8Array(key.length + text.length);
  all.set(key);
  all.set(text, key.length);
  return Array.from(sha512(all).subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('');
};

/** The address of one end of the pipe between two parties of a job. */
export const pipeAddress = (
  { key, relay }: Meeting & { readonly relay: string },
  job: string,
  listener: string,
  dialer: string,
  end: PipeEnd,
): Address => {
  let url: URL;
  try {
    url = new URL(relay);
  } catch {
    return fail('CONFIG', `room.relay is "${relay}": write ws://host:port or wss://host:port`, {
      path: 'room.relay',
    });
  }
  const secure = url.protocol === 'wss:';
  if (!secure && url.protocol !== 'ws:')
    fail('CONFIG', `room.relay is "${relay}": its scheme is ws: or wss:`, { path: 'room.relay' });
  const base = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    secure,
    url: `${base}/pipe/${pipeName(key, job, listener, dialer)}/${end}`,
    roomKey: key,
  };
};
