/** @file Starting what `tessera start` starts: a server, if it is to be ours, and a node. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import { isLoopback, parseAddress } from '../link/address.ts';
import type { EngineAddress } from './engine.ts';
import { findServer, HOW_TO_INSTALL, listens, startServer } from './nats-server.ts';
import type { NodeOptions } from './node.ts';
import type { FromNode } from './node-process.ts';
import { remember, startedHere, stateFolder, tokenHere } from './state.ts';

const JOIN_MS = 20_000;

export interface HeadOptions {
  readonly host: string;
  readonly port: number;
  readonly cluster: string;
  readonly token: string | undefined;
}

export interface Head {
  readonly address: string;
  readonly token: string | undefined;
  /** False where a server was there already. */
  readonly fresh: boolean;
}

/** Starts the server of a head, or takes the one that is there. */
export const startHead = async ({ host, port, cluster, token: given }: HeadOptions): Promise<Head> => {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (await listens(host, port)) {
    return { address, token: given ?? tokenHere(address), fresh: false };
  }
  if (findServer() === undefined)
    throw new TesseraError(
      'CONFIG',
      `a cluster needs nats-server, which is not on this machine: ${HOW_TO_INSTALL}`,
    );
  // Who can reach the engine can have nodes run code: beyond this machine, only who has been told the token.
  const token = given ?? (isLoopback(host) ? undefined : randomBytes(16).toString('hex'));
  const pid = await startServer({ host, port, token, folder: join(stateFolder(), `head-${port}`) });
  remember({ pid, kind: 'nats-server', address, cluster, ...(token !== undefined && { token }) });
  return { address, token, fresh: true };
};

export interface StartNode {
  readonly engine: EngineAddress;
  readonly host: string;
  readonly tags: Readonly<Record<string, number>>;
  readonly head: boolean;
  readonly version: string;
}

/** Starts a node in a process that outlives this one; resolves when it has joined. */
export const startNode = async (o: StartNode): Promise<{ id: string; pid: number }> => {
  const id = `n${randomBytes(4).toString('hex')}`;
  const log = join(stateFolder(), `node-${id}.log`);
  const out = openSync(log, 'a', 0o600);
  const child = fork(new URL('./node-process.js', import.meta.url), {
    detached: true,
    stdio: ['ignore', out, out, 'ipc'],
    execArgv: [],
  });
  closeSync(out);
  const joined = new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new TesseraError('LINK', `the node did not join in ${JOIN_MS / 1000} s; see ${log}`)),
      JOIN_MS,
    );
    child.once('message', (message: FromNode) => {
      clearTimeout(late);
      if (message.kind === 'joined') resolve();
      else reject(unpackError(message.error));
    });
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new TesseraError('LINK', `the node ended with ${signal ?? `exit code ${code}`}; see ${log}`));
    });
  });
  child.send({ ...o, id, root: process.cwd() } satisfies NodeOptions);
  try {
    await joined;
  } catch (e) {
    child.kill();
    throw e;
  }
  remember({
    pid: child.pid!,
    kind: 'node',
    address: o.engine.url,
    cluster: o.engine.cluster,
    id,
    tags: o.tags,
    head: o.head,
  });
  child.removeAllListeners();
  if (child.connected) child.disconnect();
  child.unref();
  return { id, pid: child.pid! };
};

/** The head's node, where it has outlived its engine: it has joined the new one. */
export const nodeHere = (
  engine: EngineAddress,
  tags: Readonly<Record<string, number>>,
): { id: string } | undefined => {
  const found = startedHere().find(
    (s) =>
      s.head === true &&
      s.address === engine.url &&
      s.cluster === engine.cluster &&
      isDeepStrictEqual(s.tags, tags),
  );
  return found?.id === undefined ? undefined : { id: found.id };
};

/** Where a node of this machine is reached by SPU parties elsewhere, if nobody says so: where it reaches the head from. */
export const ownHost = async (head: string): Promise<string> => {
  const { host, port } = parseAddress(head.replace(/^\w+:\/\//, ''), 'address');
  if (isLoopback(host)) return '127.0.0.1';
  const { createConnection } = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: 3_000 });
    const fail = (e?: Error): void => {
      socket.destroy();
      reject(
        new TesseraError('LINK', `nobody answers at ${head}: start the head first`, { address: head }, e),
      );
    };
    socket.once('connect', () => {
      const own = socket.localAddress!;
      socket.destroy();
      resolve(own.replace(/^::ffff:/, ''));
    });
    socket.once('error', fail).once('timeout', () => fail());
  });
};
