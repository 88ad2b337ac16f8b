/** @file Looking at what arrives and leaves for an SPU: masked values, in which nobody can see anything. For teaching. */
import type { Channel, Transport } from './link.ts';

/** Called with a copy, and the other party's name: frames in the order in which they come, or go. */
export type Tap = (party: string, bytes: Uint8Array) => void;

export interface Taps {
  readonly received: Tap | undefined;
  readonly sent: Tap | undefined;
}

const tappedChannel = (inner: Channel, { received, sent }: Taps): Channel => ({
  self: inner.self,
  peers: inner.peers,
  stats: inner.stats,
  send: (to, tag, bytes) => {
    sent?.(to, bytes.slice());
    return inner.send(to, tag, bytes);
  },
  recv: async (from, tag) => {
    const bytes = await inner.recv(from, tag);
    received?.(from, bytes.slice());
    return bytes;
  },
  notice: (from, onFrame) => inner.notice(from, onFrame),
  close: () => inner.close(),
});

/** `transport`, whose channels between the parties of an SPU are listened to. */
export const tapped = <T extends Transport>(transport: T, taps: Taps): T =>
  new Proxy(transport, {
    get(target, property) {
      if (property === 'channel')
        return (name: string, peers: readonly string[]) => {
          const channel = target.channel(name, peers);
          return /^spu($| )/.test(name) ? tappedChannel(channel, taps) : channel;
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
