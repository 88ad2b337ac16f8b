/**
 * @file What two parties say before the first frame: who they are, which job, which configuration, which session; each
 * proves it by signing all that was said. Over mutual TLS this binds the party's name to the connection; where TLS
 * does not authenticate both ends it also makes the keys that seal every message (sealed.ts).
 *
 *     dialer                              listener
 *     hello  ----------------------------->  checks all but the signature
 *            <-----------------------------  hello, proof
 *     proof  ----------------------------->
 *     config (sealed, if messages are) --->  compares it with its own
 *            <-----------------------------  accept (sealed, if messages are): what it has received so far, its own config
 *
 * Configurations are compared after the proofs: a stranger learns nothing of them, and cannot end a session by one that differs.
 * An error is marked as proved (`info.proved`) if it is the peer's for sure: the peer had proved who it is, by its signature or by
 * a certificate, and has said it under the seal, or inside of TLS. Whatever else is said may be a stranger's.
 *
 * A proof is an Ed25519 signature of SHA-512(both hellos, what both ends know of the TLS connection, and the secret of
 * their invitation if they meet by one: who does not have it cannot sign what the other expects). The message secret
 * is X25519 of two fresh keys; with the signatures this is the SIGMA-like exchange of Noise's "XX" with signatures.
 */
import { sha512 } from '#kernel-host';
import { type Build, buildsDiffer, isBuild, sameBuild } from '../build.ts';
import { controlCodec } from './codec.ts';
import { type ConfigDigest, differingPaths } from './config.ts';
import { ConnectError } from './failures.ts';
import { type HandshakeKeys, handshakeKeys, type Seal } from './handshake-keys.ts';
import {
  expectMessage,
  type Hello,
  type MessagePipe,
  PROTOCOL,
  readHello,
  rejection,
  VERSION,
} from './handshake-messages.ts';
import { type Signer, sameBytes } from './identity.ts';

/** What both ends can know of the TLS connection; differs at the two ends if somebody sits in between. */
export interface ChannelBinding {
  /** This end has verified the other's certificate. */
  readonly mutualTls: boolean;
  /** The fingerprints of the two certificates, the dialer's first; empty without mutual TLS. */
  readonly certificates: Uint8Array;
  /** Keying material exported from TLS (RFC 9266), where the runtime offers it. */
  readonly exporter: Uint8Array | undefined;
}

/** Plaintext, or TLS that says nothing of the peer. */
export const NO_BINDING: ChannelBinding = {
  mutualTls: false,
  certificates: new Uint8Array(),
  exporter: undefined,
};

export interface Local {
  readonly self: string;
  readonly job: string;
  readonly identity: Signer;
  readonly instance: Uint8Array;
  readonly build: Build;
  readonly config: ConfigDigest;
  readonly window: number;
  readonly maxFrameBytes: number;
  /** The identity that this peer must prove, if it is pinned. */
  expects(peer: string): Uint8Array | undefined;
  /** The secret of an invitation, which both ends must have: it is part of what is signed. */
  readonly invitation?: Uint8Array | undefined;
  /** A peer that neither TLS nor a pinned identity vouches for is accepted (allowInsecure, loopback). */
  readonly allowUnauthenticated: boolean;
  /** Those of the runtime, if absent. */
  readonly keys?: HandshakeKeys;
}

export interface Established {
  readonly peer: Hello;
  readonly received: number;
  /** Present where messages must be sealed from here on. */
  readonly seal: Seal | undefined;
}

const DOMAIN = new TextEncoder().encode('tessera link 2 handshake\n');

/** The error of a peer that has proved who it is. */
const proved = (error: unknown): unknown =>
  error instanceof ConnectError
    ? new ConnectError(error.reason, error.message, { ...error.info, proved: true }, error.cause)
    : error;

const keysOf = (local: Local): HandshakeKeys => local.keys ?? handshakeKeys;

const makeHello = (local: Local, to: string, binding: ChannelBinding, resume: Hello['resume']) => {
  const keys = keysOf(local);
  const secret = keys.random(32);
  const hello: Hello = {
    protocol: PROTOCOL,
    version: VERSION,
    job: local.job,
    from: local.self,
    to,
    instance: local.instance,
    identity: local.identity.publicKey,
    ephemeral: keys.ephemeral(secret),
    mutualTls: binding.mutualTls,
    exporter: binding.exporter !== undefined,
    window: local.window,
    maxFrameBytes: local.maxFrameBytes,
    ...(resume === undefined ? {} : { resume }),
  };
  return { bytes: controlCodec.encode(['hello', hello]), secret };
};

/** The checks that both ends make of the other's hello. */
const checkHello = (local: Local, hello: Hello, binding: ChannelBinding): void => {
  const peer = hello.from;
  if (hello.job !== local.job) {
    throw new ConnectError(
      'job',
      `"${local.self}" runs job "${local.job}", "${peer}" wants job "${hello.job}"`,
      { job: local.job },
    );
  }
  const pinned = local.expects(peer);
  if (pinned !== undefined && !sameBytes(pinned, hello.identity)) {
    throw new ConnectError(
      'identity',
      `who calls itself "${peer}" has another identity than "${local.self}" has pinned for it`,
    );
  }
  if (pinned === undefined && !binding.mutualTls && !local.allowUnauthenticated) {
    throw new ConnectError(
      'identity',
      `nothing proves that this is "${peer}": no client certificate, and "${local.self}" has no peerIdentities entry for it`,
    );
  }
};

/** Compares builds and configurations with a peer that has proved who it is. */
const checkConfig = (local: Local, peer: Hello, build: unknown, theirs: unknown): void => {
  if (!isBuild(build)) throw new ConnectError('protocol', `"${peer.from}" does not say its build`);
  if (!sameBuild(build, local.build)) {
    const message = buildsDiffer([
      [`"${local.self}" runs`, local.build],
      [`"${peer.from}" runs`, build],
    ]);
    throw new ConnectError('build', message, {
      builds: { [local.self]: local.build, [peer.from]: build },
    });
  }
  const entries = typeof theirs === 'object' && theirs !== null ? Object.entries(theirs) : undefined;
  if (entries?.every(([, hash]) => typeof hash === 'string') !== true)
    throw new ConnectError('protocol', `the configuration of "${peer.from}" is malformed`);
  const paths = differingPaths(local.config, theirs as ConfigDigest);
  if (paths.length === 0) return;
  const shown = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');
  throw new ConnectError(
    'config',
    `the configurations of "${local.self}" and "${peer.from}" differ at ${shown}`,
    { paths },
  );
};

/** Everything both ends said and know, in one hash. */
const transcriptOf = (
  dialer: Uint8Array,
  listener: Uint8Array,
  binding: ChannelBinding,
  peer: Hello,
  invitation: Uint8Array | undefined,
): Uint8Array => {
  const none = new Uint8Array();
  const parts = [DOMAIN, dialer, listener, none, none, invitation ?? none];
  if (binding.mutualTls && peer.mutualTls) {
    parts[3] = binding.certificates;
    if (peer.exporter) parts[4] = binding.exporter ?? none;
  }
  const size = parts.reduce((sum, part) => sum + 4 + part.byteLength, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    new DataView(all.buffer).setUint32(at, part.byteLength, true);
    all.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return sha512(all);
};

const proofText = (role: 'dialer' | 'listener', transcript: Uint8Array): Uint8Array => {
  const text = new TextEncoder().encode(`tessera link 2 proof of the ${role}\n`);
  const out = new Uint8Array(text.byteLength + transcript.byteLength);
  out.set(text);
  out.set(transcript, text.byteLength);
  return out;
};

const checkProof = (
  local: Local,
  content: Record<string, unknown>,
  role: 'dialer' | 'listener',
  transcript: Uint8Array,
  peer: Hello,
): void => {
  const { signature } = content;
  const text = proofText(role, transcript);
  if (!(signature instanceof Uint8Array) || !keysOf(local).verify(text, signature, peer.identity)) {
    throw new ConnectError(
      'identity',
      `"${peer.from}" could not prove its identity, has another invitation, or somebody sits between the two parties`,
    );
  }
};

/** Keys only if one end does not see mutual TLS: frames are not encrypted twice. */
const sealOf = async (
  local: Local,
  mine: Uint8Array,
  peer: Hello,
  transcript: Uint8Array,
  bound: boolean,
  dialer: boolean,
): Promise<Seal | undefined> => {
  if (bound) return;
  const shared = keysOf(local).agree(mine, peer.ephemeral);
  if (shared === undefined) throw new ConnectError('protocol', "the peer's ephemeral key is not valid");
  return keysOf(local).seal(shared, transcript, dialer);
};

/** Hello and proof of the listener, checked. */
const listenersProof = async (
  pipe: MessagePipe,
  local: Local,
  to: string,
  binding: ChannelBinding,
  mine: Uint8Array,
): Promise<{ peer: Hello; transcript: Uint8Array; bound: boolean }> => {
  const [theirs] = await expectMessage(pipe, 'hello');
  const peer = readHello(theirs);
  if (peer.from !== to || peer.to !== local.self) {
    throw new ConnectError('party', `"${peer.from}" answered at the address of "${to}"`);
  }
  checkHello(local, peer, binding);
  const transcript = transcriptOf(mine, theirs, binding, peer, local.invitation);
  const [, proof] = await expectMessage(pipe, 'proof');
  checkProof(local, proof, 'listener', transcript, peer);
  return { peer, transcript, bound: binding.mutualTls && peer.mutualTls };
};

/** A certificate that was verified has proved who is there, before the peer signs anything. */
const under = async <T>(binding: ChannelBinding, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (e) {
    throw binding.mutualTls ? proved(e) : e;
  }
};

/** What is compared with a peer that has proved who it is. */
const compared = <T>(compare: () => T): T => {
  try {
    return compare();
  } catch (e) {
    throw proved(e);
  }
};

/** The dialer's half. */
export const dialHandshake = (
  pipe: MessagePipe,
  local: Local,
  to: string,
  binding: ChannelBinding,
  resume: Hello['resume'],
): Promise<Established> => under(binding, dialing(pipe, local, to, binding, resume));

const dialing = async (
  pipe: MessagePipe,
  local: Local,
  to: string,
  binding: ChannelBinding,
  resume: Hello['resume'],
): Promise<Established> => {
  const mine = makeHello(local, to, binding, resume);
  pipe.send(mine.bytes);
  const { peer, transcript, bound } = await listenersProof(pipe, local, to, binding, mine.bytes);
  pipe.send(
    controlCodec.encode([
      'proof',
      { signature: await keysOf(local).sign(proofText('dialer', transcript), local.identity) },
    ]),
  );
  const seal = await sealOf(local, mine.secret, peer, transcript, bound, true);
  const config = controlCodec.encode(['config', { build: local.build, config: local.config }]);
  pipe.send(seal === undefined ? config : await seal.sealer.seal(config));
  const [, accept] = await expectMessage(pipe, 'accept', seal?.opener);
  if (!Number.isSafeInteger(accept.received))
    throw new ConnectError('protocol', "the peer's acceptance is malformed");
  compared(() => checkConfig(local, peer, accept.build, accept.config));
  return { peer, received: accept.received as number, seal };
};

/**
 * The listener's half, from the dialer's hello on. `admit` is called when the dialer has proved who it is; it takes
 * the old connection of that session down and says how many packets came over it in all.
 */
export const answerHandshake = (
  pipe: MessagePipe,
  local: Local,
  hello: Uint8Array,
  binding: ChannelBinding,
  resume: Hello['resume'],
  admit: (peer: Hello) => number,
): Promise<Established> => under(binding, answering(pipe, local, hello, binding, resume, admit));

const answering = async (
  pipe: MessagePipe,
  local: Local,
  hello: Uint8Array,
  binding: ChannelBinding,
  resume: Hello['resume'],
  admit: (peer: Hello) => number,
): Promise<Established> => {
  const peer = readHello(hello);
  if (peer.to !== local.self)
    throw new ConnectError('party', `"${peer.from}" wants "${peer.to}", and this is "${local.self}"`);
  checkHello(local, peer, binding);
  const mine = makeHello(local, peer.from, binding, resume);
  const bound = binding.mutualTls && peer.mutualTls;
  const transcript = transcriptOf(hello, mine.bytes, binding, peer, local.invitation);
  pipe.send(mine.bytes);
  pipe.send(
    controlCodec.encode([
      'proof',
      { signature: await keysOf(local).sign(proofText('listener', transcript), local.identity) },
    ]),
  );
  const [, proof] = await expectMessage(pipe, 'proof');
  checkProof(local, proof, 'dialer', transcript, peer);
  const seal = await sealOf(local, mine.secret, peer, transcript, bound, false);
  const send = async (message: Uint8Array) =>
    pipe.send(seal === undefined ? message : await seal.sealer.seal(message));
  const [, { build, config }] = await expectMessage(pipe, 'config', seal?.opener);
  let received: number;
  try {
    received = compared(() => {
      checkConfig(local, peer, build, config);
      return admit(peer);
    });
  } catch (error) {
    // Under the seal, so that the dialer knows that it is this party that says so.
    await send(rejection(error));
    throw error;
  }
  await send(controlCodec.encode(['accept', { received, build: local.build, config: local.config }]));
  return { peer, received: peer.resume?.received ?? 0, seal };
};
