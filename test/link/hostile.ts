/**
 * @file A peer that speaks the handshake as it likes: written from the description in handshake.ts a second time, so that what both ends
 * sign is compared with it too.
 */

import { sha512 } from '#kernel-host';
import { controlCodec } from '../../src/link/codec.ts';
import { digestConfig } from '../../src/link/config.ts';
import { ConnectError } from '../../src/link/failures.ts';
import type { Local } from '../../src/link/handshake.ts';
import type { Hello, MessagePipe } from '../../src/link/handshake-messages.ts';
import { createIdentity, type Identity, sign } from '../../src/link/identity.ts';

/** Both ends of a connection in memory; `tamper` sees each message on its way. */
export const pipes = (
  tamper: (message: Uint8Array, from: 'dialer' | 'listener') => Uint8Array = (m) => m,
  silentMs = 1000,
): readonly [dialer: MessagePipe, listener: MessagePipe] => {
  const end = (from: 'dialer' | 'listener', out: (m: Uint8Array) => void) => {
    const queue: Uint8Array[] = [];
    const readers: ((m: Uint8Array) => void)[] = [];
    const pipe: MessagePipe = {
      send: (m) => out(tamper(m.slice(), from)),
      next: () => {
        const here = queue.shift();
        if (here !== undefined) return Promise.resolve(here);
        return new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new ConnectError('timeout', 'silent')), silentMs);
          readers.push((m) => {
            clearTimeout(timer);
            resolve(m);
          });
        });
      },
    };
    return { pipe, push: (m: Uint8Array) => (readers.shift() ?? ((x: Uint8Array) => queue.push(x)))(m) };
  };
  const dialer = end('dialer', (m) => listener.push(m));
  const listener = end('listener', (m) => dialer.push(m));
  return [dialer.pipe, listener.pipe];
};

/** What an end of a handshake knows of itself. */
export const local = (self: string, more: Partial<Local> = {}): Local => ({
  self,
  job: 'job',
  identity: createIdentity(),
  instance: crypto.getRandomValues(new Uint8Array(16)),
  build: { version: '1.0.0', hash: 'abc' },
  config: digestConfig({ a: 1 }, 'job'),
  window: 1 << 20,
  maxFrameBytes: 1 << 20,
  expects: () => undefined,
  allowUnauthenticated: true,
  ...more,
});

export const helloBytes = (
  identity: Identity,
  more: Partial<Record<keyof Hello, unknown>> = {},
): Uint8Array =>
  controlCodec.encode([
    'hello',
    {
      protocol: 'tessera-link',
      version: 2,
      job: 'job',
      from: 'bob',
      to: 'alice',
      instance: new Uint8Array(16).fill(1),
      identity: identity.publicKey,
      ephemeral: crypto.getRandomValues(new Uint8Array(32)),
      mutualTls: false,
      exporter: false,
      window: 1 << 20,
      maxFrameBytes: 1 << 20,
      ...more,
    },
  ]);

export const readAs = (message: Uint8Array): readonly [string, Record<string, unknown>] =>
  controlCodec.decode(message) as [string, Record<string, unknown>];

/** SHA-512 of the domain, both hellos, certificates, exported keying material and invitation, each with its length. */
export const transcript = (
  dialer: Uint8Array,
  listener: Uint8Array,
  certificates: Uint8Array = new Uint8Array(),
  exporter: Uint8Array = new Uint8Array(),
  invitation: Uint8Array = new Uint8Array(),
): Uint8Array => {
  const domain = new TextEncoder().encode('tessera link 2 handshake\n');
  const all = [domain, dialer, listener, certificates, exporter, invitation].flatMap((part) => {
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, part.length, true);
    return [...size, ...part];
  });
  return sha512(Uint8Array.from(all));
};

export const proofBytes = (role: 'dialer' | 'listener', hash: Uint8Array, identity: Identity): Uint8Array => {
  const text = new TextEncoder().encode(`tessera link 2 proof of the ${role}\n`);
  return controlCodec.encode(['proof', { signature: sign(Uint8Array.from([...text, ...hash]), identity) }]);
};

/** What a dialer says, from its hello on, to one that answers on the other end of `pipe`. */
export const dialAs = async (
  pipe: MessagePipe,
  o: {
    readonly hello?: Partial<Record<keyof Hello, unknown>>;
    readonly identity?: Identity;
    readonly signer?: Identity;
    readonly certificates?: Uint8Array;
    readonly exporter?: Uint8Array;
    /** What is sent in place of the proof. */
    readonly proof?: (theirs: Uint8Array) => Uint8Array;
    readonly next?: Uint8Array;
  } = {},
): Promise<{
  readonly hello: Record<string, unknown>;
  readonly last: readonly [string, Record<string, unknown>];
}> => {
  const identity = o.identity ?? createIdentity();
  const mine = helloBytes(identity, o.hello);
  pipe.send(mine);
  const theirs = await pipe.next();
  const [kind, hello] = readAs(theirs);
  if (kind !== 'hello') return { hello: {}, last: [kind, hello] };
  const proof = await pipe.next();
  const hash = transcript(mine, theirs, o.certificates, o.exporter);
  pipe.send(o.proof?.(proof) ?? proofBytes('dialer', hash, o.signer ?? identity));
  if (o.next) pipe.send(o.next);
  const last = await pipe
    .next()
    .then(readAs, (): readonly [string, Record<string, unknown>] => ['silence', {}]);
  return { hello, last };
};

/** What a listener says to one that dials: its hello, and a proof. */
export const answerAs = async (
  pipe: MessagePipe,
  o: {
    readonly hello?: Partial<Record<keyof Hello, unknown>>;
    readonly identity?: Identity;
    readonly signer?: Identity;
    readonly certificates?: Uint8Array;
    readonly exporter?: Uint8Array;
    /** What is said when the dialer has proved itself and shown its configuration. */
    readonly next?: Uint8Array;
  } = {},
): Promise<void> => {
  const identity = o.identity ?? createIdentity();
  const theirs = await pipe.next();
  const mine = helloBytes(identity, { from: 'alice', to: 'bob', ...o.hello });
  pipe.send(mine);
  const hash = transcript(theirs, mine, o.certificates, o.exporter);
  pipe.send(proofBytes('listener', hash, o.signer ?? identity));
  if (o.next === undefined) return;
  for (let i = 0; i < 2; i++) await pipe.next();
  pipe.send(o.next);
};
