/**
 * @file A TCP proxy with the latency and bandwidth of a wide-area link: what stands between the parties of engines that
 * have no such thing themselves, so that all are measured over the same link.
 */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Net } from './net.ts';

/** Bytes on the wire before the sender is made to wait. */
const AHEAD = 4 << 20;
/** Timers fire up to a millisecond late; what is left below this is polled. */
const POLL_MS = 1.5;

/** One direction: a wire that carries one piece at a time, then half the round trip. */
const pump = (from: Socket, to: Socket, net: Net): void => {
  const msPerByte = net.bandwidthMbit === undefined ? 0 : 8 / (net.bandwidthMbit * 1000);
  const held: { readonly due: number; readonly piece: Buffer | undefined }[] = [];
  let free = 0;
  let waiting = 0;
  let running = false;
  const run = (): void => {
    const head = held[0];
    running = head !== undefined;
    if (head === undefined) return;
    const left = head.due - performance.now();
    if (left > POLL_MS) setTimeout(run, left - POLL_MS);
    else if (left > 0) setImmediate(run);
    else {
      held.shift();
      if (head.piece === undefined) to.end();
      else {
        waiting -= head.piece.length;
        to.write(head.piece);
        if (waiting < AHEAD) from.resume();
      }
      run();
    }
  };
  const push = (piece: Buffer | undefined): void => {
    free = Math.max(performance.now(), free) + (piece?.length ?? 0) * msPerByte;
    held.push({ due: free + net.rttMs / 2, piece });
    if (!running) run();
  };
  from.on('data', (piece: Buffer) => {
    waiting += piece.length;
    if (waiting >= AHEAD) from.pause();
    push(piece);
  });
  from.on('end', () => push(undefined));
  from.on('error', () => to.destroy());
};

/** How often and how long a target that does not listen yet is tried. */
const RETRY_MS = 5;
const PATIENCE_MS = 10_000;

/** A party that starts later is waited for, as by those that would find its port closed without a proxy. */
const reach = async (port: number, since = performance.now()): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  try {
    await once(socket, 'connect');
    return socket;
  } catch (e) {
    if (performance.now() - since > PATIENCE_MS) throw e;
    await sleep(RETRY_MS);
    return reach(port, since);
  }
};

/** Listens at a port of this machine and passes everything on to `target`, shaped. */
export const proxy = (target: number, net: Net): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {}); // as long as there is nobody to tell
      reach(target).then(
        (onward) => {
          if (socket.destroyed) return onward.destroy();
          pump(socket, onward, net);
          pump(onward, socket, net);
        },
        () => socket.destroy(),
      );
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
