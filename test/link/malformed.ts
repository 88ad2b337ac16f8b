/** @file Inputs that no honest peer sends: broken HTTP, hostile WebSocket frames, and handshake messages that are bombs. */
import { type Socket, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { controlCodec } from '../../src/link/codec.ts';
import { sleep } from './helpers.ts';

const random = (n: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(n)));

const upgrade = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
  `sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${more}\r\n`;

/** Broken requests. */
const REQUESTS: readonly (() => Buffer | string)[] = [
  () => 'GET / HTTP/1.1\r\n\r\n\r\n',
  () => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
  () => `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(3_000)}\r\n`,
  () => 'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
  () => 'POST /events HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n',
  () => 'GET /%00/../../../etc/passwd HTTP/1.1\r\nhost: localhost\r\n\r\n',
  () => 'GET /events HTTP/1.1\r\nhost: evil.example\r\n\r\n',
  () => 'GET /events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => upgrade('/').replace('13', '99'),
  () => upgrade('/').replace('AAAA', ''),
  () => upgrade('/nowhere'),
  () => upgrade('/', 'sec-websocket-extensions: permessage-deflate; server_max_window_bits=99\r\n'),
  () => random(1 + (random(1)[0]! % 200)),
  () => Buffer.concat([Buffer.from([0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc]), random(80)]),
  () => Buffer.from([0x16, 3, 1, 0xff, 0xff]),
];

/** A frame of a client. */
const frame = (opcode: number, payload: Uint8Array, length = payload.length): Buffer => {
  const head = Buffer.alloc(14);
  head[0] = opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  const masked = Buffer.from(payload);
  const mask = random(4);
  mask.copy(head, 10);
  for (let i = 0; i < masked.length; i++) masked[i] = masked[i]! ^ mask[i & 3]!;
  return Buffer.concat([head, masked]);
};

/** Behind a length of the head, as the codec of control messages has it. */
const withHead = (body: Buffer, length = body.length): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length >>> 0);
  return Buffer.concat([head, body]);
};

const hello = (): Record<string, unknown> => ({
  protocol: 'tessera-link',
  version: 2,
  job: 'test',
  from: 'bob',
  to: 'alice',
  instance: random(16),
  identity: random(32),
  ephemeral: random(32),
  mutualTls: false,
  exporter: false,
  window: 1 << 20,
  maxFrameBytes: 1 << 20,
});

const nested = (depth: number): unknown => {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
};

const encoded = (value: unknown): Buffer => {
  try {
    return Buffer.from(controlCodec.encode(value));
  } catch {
    return random(50);
  }
};

/** What comes first on a connection, in place of a hello. */
const MESSAGES: readonly (() => Buffer)[] = [
  () => random(300),
  () => Buffer.alloc(0),
  // An array of 2^64 - 1 and of 2^32 - 1 elements, a text of 2^40 bytes, a map of 2^31 pairs.
  ...['82609bffffffffffffffff', '82609affffffff', '82607b0000010000000000', '8260ba80000000'].map(
    (hex) => () => withHead(Buffer.from(hex, 'hex')),
  ),
  () => withHead(Buffer.alloc(200_000, 0x81)),
  () => withHead(Buffer.alloc(200_000, 0xc1)),
  () => withHead(Buffer.alloc(900_000, 0x80)),
  () => withHead(Buffer.from([0x82, 0x80, 0x9f])),
  () => withHead(random(40), 0xffffffff),
  // Segments of sizes that no message has.
  () => withHead(Buffer.from('82811bffffffffffffffff00', 'hex')),
  () => withHead(Buffer.from('82811a7fffffff00', 'hex')),
  () => encoded(['hello', hello()]),
  () => encoded(['hello', { ...hello(), job: 'x'.repeat(60_000) }]),
  () => encoded(['hello', { ...hello(), ephemeral: new Uint8Array(32) }]),
  () => encoded(['hello', { ...hello(), version: -1, window: Number.NaN, maxFrameBytes: 1e300 }]),
  () => encoded(['hello', { ...hello(), from: '__proto__', config: { __proto__: 1, a: '00' } }]),
  () => encoded(['hello', { ...hello(), instance: 'text', identity: null }]),
  () => encoded(['hello', { ...hello(), config: nested(15) }]),
  () => encoded(nested(16)),
  () => encoded(['proof', random(64)]),
  () => encoded('hello'),
  () => {
    const whole = encoded(['hello', hello()]);
    return whole.subarray(0, Math.floor((random(1)[0]! / 256) * whole.length));
  },
];

const FRAMES: readonly (() => Buffer)[] = [
  ...MESSAGES.map((message) => () => frame(0x82, message())),
  // Two hellos, and one in endless fragments.
  () => Buffer.concat([frame(0x82, encoded(['hello', hello()])), frame(0x82, encoded(['hello', hello()]))]),
  () => Buffer.concat([frame(0x02, random(1000)), frame(0x00, random(1000)), frame(0x00, random(1000))]),
  () => frame(0x00, random(10)),
  () => frame(0x81, Buffer.from('text')),
  () => frame(0x82, random(100), 2 ** 53 - 1),
  () => frame(0x82, random(100), 2 ** 31),
  () => frame(0x89, random(200)),
  () => frame(0x88, random(1)),
  () => frame(0x8b, random(10)),
  () => frame(0xf2, random(10)),
  () => frame(0x83, random(10)),
  () => Buffer.from([0x82, 0x05, 1, 2, 3, 4, 5]),
];

export interface Target {
  readonly port: number;
  /** Where WebSockets are taken, if they are. */
  readonly path?: string;
  /** Requests travel inside of TLS, now and then; without, all is garbage to it. */
  readonly tls?: boolean;
}

const open = (target: Target, inside: boolean): Promise<Socket> =>
  new Promise((resolve) => {
    const at = { port: target.port, host: '127.0.0.1' };
    const socket: Socket = inside ? tlsConnect({ ...at, rejectUnauthorized: false }) : tcpConnect(at);
    const ready = (): void => resolve(socket);
    socket.on('error', () => {});
    socket.once(inside ? 'secureConnect' : 'connect', ready).once('close', ready);
    socket.setTimeout(5_000, () => socket.destroy());
  });

/** One connection with something hostile. `i`: which of all. */
const attack = async (target: Target, i: number): Promise<void> => {
  const inside = target.tls === true && i % 20 === 0;
  const socket = await open(target, inside);
  const isFrame = i % 3 !== 0 && target.path !== undefined;
  // A browser waits for the answer; who does not, may send both at once.
  if (isFrame) {
    socket.write(upgrade(target.path!));
    if (i % 2 === 0) await Promise.race([new Promise((done) => socket.once('data', done)), sleep(20)]);
  }
  const all = isFrame ? FRAMES : REQUESTS;
  const bytes = all[Math.floor(i / 3) % all.length]!();
  if (i % 7 === 0) {
    socket.write(bytes);
    await sleep(1);
    if (inside) socket.destroy();
    else socket.resetAndDestroy();
    return;
  }
  socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  socket.resume();
  await Promise.race([new Promise((done) => socket.once('close', done)), sleep(30)]);
  socket.destroy();
};

/** Connections at a time. */
const HANDS = 40;

/** So many hostile inputs, in turns of all kinds. */
export const storm = async (target: Target, inputs: number): Promise<void> => {
  let next = 0;
  const hand = async (): Promise<void> => {
    while (next < inputs) await attack(target, next++);
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
};
