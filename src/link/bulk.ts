/**
 * @file Large byte strings, from a process that has them to one that was told its key: a connection each, over TLS with
 * that key in the place of certificates (ECDHE-PSK: who learns the key later cannot read what was recorded).
 *
 *     request: name "\n"      reply: f64 size, or -1 if there is none | bytes
 */
import { type AddressInfo, connect as dial } from 'node:net';
import { createServer, connect as secure, type TLSSocket } from 'node:tls';
import { TesseraError } from '../errors.ts';
import { holdErrors, Pending } from './pending.ts';

const CIPHER = 'ECDHE-PSK-CHACHA20-POLY1305';
const VERSION = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: CIPHER } as const;
const IDENTITY = 'tessera';
/** More at a time is slower: it leaves the processor's cache. */
const PIECE = 64 * 1024;
const LONGEST_NAME = 1_024;
/** A connection on which nothing moves for so long is given up. */
const IDLE_MS = 10_000;
const HEAD = 8;

export interface BulkServer {
  readonly port: number;
  close(): void;
}

const drained = (socket: TLSSocket): Promise<boolean> =>
  new Promise((resolve) => {
    const done = (open: boolean) => () => {
      socket.off('drain', more).off('close', less);
      resolve(open);
    };
    const [more, less] = [done(true), done(false)];
    socket.on('drain', more).on('close', less);
  });

const send = async (socket: TLSSocket, bytes: Uint8Array | undefined): Promise<void> => {
  const head = Buffer.alloc(HEAD);
  head.writeDoubleLE(bytes?.byteLength ?? -1);
  socket.write(head);
  for (let at = 0; bytes !== undefined && at < bytes.byteLength; at += PIECE) {
    if (socket.destroyed) return;
    if (!socket.write(bytes.subarray(at, at + PIECE)) && !(await drained(socket))) return;
  }
  socket.end();
};

/** Gives what `find` finds to who has the key. Without a host it listens on all addresses of the machine. */
export const serveBulk = (
  host: string | undefined,
  key: Uint8Array,
  find: (name: string) => Uint8Array | undefined,
): Promise<BulkServer> =>
  new Promise((resolve, reject) => {
    const open = new Set<TLSSocket>();
    const server = createServer(
      {
        ...VERSION,
        pskCallback: () => key,
        pskIdentityHint: IDENTITY,
        noDelay: true,
        handshakeTimeout: IDLE_MS,
      },
      (socket) => {
        open.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => open.delete(socket));
        socket.setTimeout(IDLE_MS, () => socket.destroy());
        // It has the key.
        pending.settle(socket);
        let name = '';
        const ask = (data: Buffer): void => {
          name += data.toString('utf8');
          if (name.length > LONGEST_NAME) socket.destroy();
          if (!name.endsWith('\n')) return;
          socket.off('data', ask);
          socket.resume();
          void send(socket, find(name.slice(0, -1)));
        };
        socket.on('data', ask);
      },
    );
    holdErrors(server);
    const pending = new Pending(server);
    // What comes without the key is refused; it is no error of this process.
    server.on('tlsClientError', () => {});
    server.once('error', reject);
    server.listen({ port: 0, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject).on('error', () => {});
      server.unref();
      const { port } = server.address() as AddressInfo;
      const close = (): void => {
        server.close();
        for (const socket of open) socket.destroy();
      };
      resolve({ port, close });
    });
  });

export interface BulkPlace {
  readonly host: string;
  readonly port: number;
  readonly key: Uint8Array;
}

/** The bytes, or undefined where they are not. Rejects with LINK where there is no connection, or it breaks. */
export const fetchBulk = (
  { host, port, key }: BulkPlace,
  name: string,
  size: number,
): Promise<Uint8Array | undefined> =>
  new Promise((resolve, reject) => {
    const raw = dial({ host, port, noDelay: true });
    const socket = secure({
      ...VERSION,
      socket: raw,
      pskCallback: () => ({ psk: key, identity: IDENTITY }),
      // The key says who it is.
      checkServerIdentity: () => undefined,
    });
    const end = (settle: () => void): void => {
      settle();
      socket.destroy();
      raw.destroy();
    };
    const broken = (why: string, cause?: Error): void =>
      end(() =>
        reject(new TesseraError('LINK', `${name} from ${host}:${port}: ${why}`, { host, port }, cause)),
      );
    let head = Buffer.alloc(0);
    let out: Buffer | undefined;
    let at = 0;
    const fill = (data: Buffer): void => {
      if (at + data.length > size) {
        broken('more bytes came than were asked for');
        return;
      }
      out!.set(data, at);
      at += data.length;
      const whole = out;
      if (at === size) end(() => resolve(whole));
    };
    const take = (data: Buffer): void => {
      if (out !== undefined) {
        fill(data);
        return;
      }
      head = Buffer.concat([head, data]);
      if (head.length < HEAD) return;
      const has = head.readDoubleLE();
      if (has === -1) end(() => resolve(undefined));
      else if (has !== size) broken(`it has ${has} bytes, not ${size}`);
      else {
        out = Buffer.allocUnsafeSlow(size);
        fill(head.subarray(HEAD));
      }
    };
    socket.on('data', take);
    socket.on('error', (e) => broken(e.message, e));
    raw.on('error', (e) => broken(e.message, e));
    socket.on('close', () => broken('the connection was closed'));
    raw.setTimeout(IDLE_MS, () => broken(`nothing came for ${IDLE_MS / 1e3} s`));
    socket.write(`${name}\n`);
  });
