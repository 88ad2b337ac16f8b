/** @file One WebSocket: messages for the handshake first, packets of a session afterwards, sealed if need be. */
import { type Clock, clock } from './clock.ts';
import { ConnectError } from './failures.ts';
import type { Opening, Seal } from './handshake-keys.ts';
import type { MessagePipe } from './handshake-messages.ts';
import { hasBody } from './packets.ts';
import type { PacketPipe } from './session-events.ts';

export interface PacketHandlers {
  packet(head: Uint8Array, body: Uint8Array | undefined): void;
  /** There is room again. */
  drain(): void;
  closed(why: string): void;
}

export interface SocketEvents {
  message(data: Uint8Array, binary: boolean): void;
  close(why: string): void;
}

/** A WebSocket that is open: that of ws, a browser's, or a pipe through a relay. */
export interface Socket {
  listen(events: SocketEvents): void;
  /** Bytes that have come over the wire so far, also of messages that are not whole; 0 where that cannot be known. */
  readonly arrived: number;
  /** `left` is called when the bytes are not needed any more. */
  send(message: Uint8Array, left: () => void): void;
  /** Lets the other side know; ends the connection in any case. */
  close(): void;
  terminate(): void;
  /** Whether an open connection keeps the program from ending; not there where nothing does. */
  hold?(on: boolean): void;
}

/** Bytes of messages that may wait while the handshake is under way. */
const HANDSHAKE_BYTES = 2 * 1024 * 1024;
/** Where the caller sets no limit. */
const HANDSHAKE_MS = 10_000;

export class Connection implements MessagePipe, PacketPipe {
  readonly #socket: Socket;
  readonly #patienceMs: number;
  readonly #clock: Clock;
  readonly #inbox: Uint8Array[] = [];
  #reader: { resolve(message: Uint8Array): void; reject(error: ConnectError): void } | undefined;
  #handlers: PacketHandlers | undefined;
  #seal: Seal | undefined;
  #head: Uint8Array | undefined;
  #waiting = 0;
  #buffered = 0;
  #ended: string | undefined;
  #sending: Promise<void> | undefined;
  #opening: Promise<void> | undefined;

  /** `patienceMs`: a peer that says nothing during the handshake is given up after that. */
  constructor(socket: Socket, patienceMs = HANDSHAKE_MS, time = clock) {
    this.#socket = socket;
    this.#clock = time;
    this.#patienceMs = patienceMs;
    socket.listen({
      message: (data, binary) => {
        if (binary) this.#message(data);
        else this.#end('the peer sent text');
      },
      close: (why) => this.#end(why),
    });
  }

  get arrived(): number {
    return this.#socket.arrived;
  }
  get buffered(): number {
    return this.#buffered;
  }

  /** Whether the connection keeps the program from ending, as it does at first. */
  hold(on: boolean): void {
    this.#socket.hold?.(on);
  }

  next(patienceMs = this.#patienceMs): Promise<Uint8Array> {
    const here = this.#inbox.shift();
    if (here !== undefined) {
      this.#waiting -= here.byteLength;
      return Promise.resolve(here);
    }
    if (this.#ended !== undefined) return Promise.reject(this.#closedEarly());
    return new Promise((resolve, reject) => {
      const silent = () => {
        this.#reader = undefined;
        reject(
          new ConnectError('timeout', `the peer was silent for ${patienceMs / 1000} s in the handshake`),
        );
      };
      const stop = patienceMs === Number.POSITIVE_INFINITY ? () => {} : this.#clock.after(patienceMs, silent);
      this.#reader = {
        resolve: (message) => {
          stop();
          resolve(message);
        },
        reject: (error) => {
          stop();
          reject(error);
        },
      };
    });
  }

  /** Everything that is sent from here on, and everything that `start` hands over, is sealed. */
  secure(seal: Seal | undefined): void {
    this.#seal = seal;
  }

  /** From here on everything is packets; what came meanwhile is handed over at once. */
  start(handlers: PacketHandlers): void {
    this.#handlers = handlers;
    for (const message of this.#inbox.splice(0)) this.#message(message);
    if (this.#ended !== undefined) handlers.closed(this.#ended);
  }

  /** A message of the handshake, or a packet (whose body, if any, follows as a message of its own). */
  send(head: Uint8Array, body?: Uint8Array): void {
    this.#write(head);
    if (body !== undefined) this.#write(body);
  }

  close(): void {
    if (this.#sending !== undefined) this.#sending.then(() => this.#socket.close());
    else this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #write(message: Uint8Array): void {
    if (this.#ended !== undefined) return;
    this.#buffered += message.byteLength;
    const sealed = this.#seal === undefined ? message : this.#seal.sealer.seal(message);
    if (this.#sending === undefined && sealed instanceof Uint8Array) {
      this.#put(sealed, message.byteLength);
      return;
    }
    // Once one message is being sealed in another thread, all later ones go behind it.
    const before = this.#sending;
    const mine = (async () => {
      const ready = await sealed;
      await before;
      this.#put(ready, message.byteLength);
    })();
    this.#sending = mine;
    mine.finally(() => {
      if (this.#sending === mine) this.#sending = undefined;
    });
  }

  #put(bytes: Uint8Array, counted: number): void {
    this.#socket.send(bytes, () => {
      this.#buffered -= counted;
      this.#handlers?.drain();
    });
  }

  #message(data: Uint8Array): void {
    if (this.#ended !== undefined) return;
    if (this.#handlers === undefined) {
      if (this.#reader !== undefined) {
        const { resolve } = this.#reader;
        this.#reader = undefined;
        resolve(data);
        return;
      }
      this.#waiting += data.byteLength;
      if (this.#inbox.push(data) > 64 || this.#waiting > HANDSHAKE_BYTES)
        this.#end('the peer sent more than the handshake has room for');
      return;
    }
    if (this.#seal === undefined) this.#packet(data);
    else this.#sealed(data, this.#seal.opener);
  }

  #sealed(data: Uint8Array, opener: Opening): void {
    try {
      const opened = opener.open(data);
      if (this.#opening === undefined && opened instanceof Uint8Array) {
        this.#packet(opened);
        return;
      }
      const before = this.#opening;
      const mine = (async () => {
        const [plain] = await Promise.all([opened, before]);
        this.#packet(plain);
      })().catch((error: Error) => this.#end(error.message));
      this.#opening = mine;
      mine.finally(() => {
        if (this.#opening === mine) this.#opening = undefined;
      });
    } catch (error) {
      this.#end((error as Error).message);
    }
  }

  #packet(message: Uint8Array): void {
    if (this.#ended !== undefined) return;
    const head = this.#head;
    if (head !== undefined) {
      this.#head = undefined;
      this.#handlers!.packet(head, message);
    } else if (hasBody(message)) this.#head = message;
    else this.#handlers!.packet(message, undefined);
  }

  #closedEarly(): ConnectError {
    return new ConnectError('closed', `the connection ended in the handshake: ${this.#ended}`);
  }

  #end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#socket.terminate();
    this.#reader?.reject(this.#closedEarly());
    this.#reader = undefined;
    this.#handlers?.closed(why);
  }
}
