/** @file A stretch of network that can be cut, frozen, slowed down, and that can change what it carries. */
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';

/** How often a slow wire carries some bytes. */
const TICK_MS = 20;

export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #frozen = false;
  /** Bytes a second in each direction of each connection; 0: as they come. */
  #speed = 0;
  #corrupt = 0;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = tcpConnect(target, '127.0.0.1');
      this.#carry(near, far);
      this.#carry(far, near);
    });
  }

  #carry(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    let waiting = Buffer.alloc(0);
    const timer = setInterval(() => {
      if (this.#frozen || waiting.length === 0) return;
      const room = this.#speed === 0 ? waiting.length : Math.ceil((this.#speed * TICK_MS) / 1000);
      const part = waiting.subarray(0, room);
      waiting = waiting.subarray(room);
      to.write(part);
      if (waiting.length === 0) from.resume();
    }, TICK_MS);
    from.on('data', (data) => {
      const carried = this.#changed(data);
      if (!this.#frozen && this.#speed === 0 && waiting.length === 0) {
        to.write(carried);
        return;
      }
      waiting = Buffer.concat([waiting, carried]);
      from.pause();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      clearInterval(timer);
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  #changed(data: Buffer): Buffer {
    if (this.#corrupt === 0 || data.length === 0) return data;
    this.#corrupt--;
    const changed = Buffer.from(data);
    const at = changed.length >> 1;
    changed[at] = changed[at]! ^ 0x40;
    return changed;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  /** Resets all connections; new ones may come. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Nothing arrives any more, and nobody is told. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
  }

  slow(bytesPerSecond: number): void {
    this.#speed = bytesPerSecond;
  }

  /** One bit of the next stretches of bytes is another. */
  corrupt(times: number): void {
    this.#corrupt += times;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
