/** @file Looking at what arrives for an SPU: masked values, in which nobody can see anything. For teaching. */
import type { Channel, Transport } from './link.ts';

/** Called with a copy. */
export type Tap = (from: string, bytes: Uint8Array) => void;

const tappedChannel = (inner: Channel, tap: Tap): Channel => ({
  self: inner.self,
  peers: inner.peers,
  stats: inner.stats,
  send: (to, tag, bytes) => inner.send(to, tag, bytes),
  recv: async (from, tag) => {
    const bytes = await inner.recv(from, tag);
    tap(from, bytes.slice());
    return bytes;
  },
  close: () => inner.close(),
});

/** `transport`, whose channels between the parties of an SPU are listened to. */
export const tapped = <T extends Transport>(transport: T, tap: Tap): T =>
  new Proxy(transport, {
    get(target, property) {
      if (property === 'channel')
        return (name: string, peers: readonly string[]) => {
          const channel = target.channel(name, peers);
          return name.startsWith('spu ') ? tappedChannel(channel, tap) : channel;
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
