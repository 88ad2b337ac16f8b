/** @file Links of a benchmark: their names, and the proxies that shape them for whatever engine runs over them. */

import { createServer, type Server } from 'node:net';
import { proxy } from './proxy.ts';

export interface Net {
  /** Milliseconds there and back; 0 and no bandwidth: loopback as it is. */
  readonly rttMs: number;
  readonly bandwidthMbit?: number;
}

export const isShaped = ({ rttMs, bandwidthMbit }: Net): boolean => rttMs > 0 || bandwidthMbit !== undefined;

export const netName = (net: Net): string => {
  if (!isShaped(net)) return 'loopback';
  const { rttMs, bandwidthMbit } = net;
  return `${rttMs} ms, ${bandwidthMbit === undefined ? 'any bandwidth' : `${bandwidthMbit} Mbit/s`}`;
};

const listening = (server: Server): number => (server.address() as { port: number }).port;

/** Ports that nobody listens at: all are held until the last is known, so that none is given twice. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map(listening);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** By member: where it listens, and where the others reach it, which is at its proxy on a shaped link. */
export interface Mesh {
  readonly listen: readonly string[];
  readonly reach: readonly string[];
  close(): void;
}

export const mesh = async (count: number, net: Net): Promise<Mesh> => {
  const own = await freePorts(count);
  const servers: Server[] = isShaped(net) ? await Promise.all(own.map((port) => proxy(port, net))) : [];
  const address = (port: number): string => `127.0.0.1:${port}`;
  return {
    listen: own.map(address),
    reach: (servers.length > 0 ? servers.map(listening) : own).map(address),
    close: () => {
      for (const server of servers) server.close();
    },
  };
};

/** The addresses by which one member knows all of them: its own is where it listens. */
export const seenBy = (rank: number, { listen, reach }: Mesh): string[] =>
  reach.map((address, i) => (i === rank ? listen[i]! : address));
