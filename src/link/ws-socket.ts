/** @file A WebSocket of ws (Node, Deno) as a connection wants it. */
import type { WebSocket } from 'ws';
import type { Socket } from './connection.ts';
import { MAX_MESSAGE } from './packets.ts';
import { SEAL_OVERHEAD } from './sealed.ts';

/** What a room adds to a message on its way through a relay (room-socket.ts). */
const ROOM_OVERHEAD = 41;

export const WS_OPTIONS = {
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE + SEAL_OVERHEAD + ROOM_OVERHEAD,
  skipUTF8Validation: true,
} as const;

/** When nothing has passed for so long, the system asks the other machine whether it is there, and ends the connection if not. */
export const KEEP_ALIVE_MS = 10_000;

/** How long the other side may take to agree to the end. */
const CLOSE_MS = 2_000;

/** The connection below, which sees bytes as they come. */
interface Raw {
  readonly bytesRead: number;
  ref(): unknown;
  unref(): unknown;
}

export const wsSocket = (ws: WebSocket, raw: Raw | undefined): Socket => {
  ws.binaryType = 'nodebuffer';
  return {
    get arrived() {
      return raw?.bytesRead ?? 0;
    },
    listen: ({ message, close }) => {
      ws.on('message', (data: Buffer, binary: boolean) => message(data, binary));
      ws.on('close', (code: number, reason: Buffer) =>
        close(`closed (${code}${reason.length > 0 ? ` ${reason.toString('utf8')}` : ''})`),
      );
      ws.on('error', (error: Error) => close(error.message));
    },
    send: (message, left) => ws.send(message, left),
    close: () => {
      ws.close(1000);
      const timer = setTimeout(() => ws.terminate(), CLOSE_MS);
      timer.unref();
      ws.once('close', () => clearTimeout(timer));
    },
    terminate: () => ws.terminate(),
    hold: (on) => void (on ? raw?.ref() : raw?.unref()),
  };
};
