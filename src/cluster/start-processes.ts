/** @file Starting what `tessera start` starts: a server, if it is to be ours, and a node. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unpackError } from '../device/messages.ts';
import { fail, TesseraError } from '../errors.ts';
import { type Address, isLoopback, parseAddress } from '../link/address.ts';
import type { EngineAddress } from './message-engine.ts';
import { findServer, HOW_TO_INSTALL, listens, startServer } from './nats-server.ts';
import type { BeginNode, FromNode } from './node-process.ts';
import { forget, remember, startedHere, stateFolder, tokenHere } from './state.ts';

const JOIN_MS = 20_000;

export interface HeadOptions {
  readonly host: string;
  readonly port: number;
  readonly cluster: string;
  readonly token: string | undefined;
}

export interface Head {
  readonly address: string;
  readonly token: string;
  /** False where a server was there already. */
  readonly fresh: boolean;
}

/** A head that is started again has the token that it had: nodes that have outlived it come back with that. */
const keptToken = (folder: string): string => {
  const file = join(folder, 'token');
  try {
    const token = readFileSync(file, 'utf8');
    if (token !== '') return token;
  } catch {
    // It is the first time.
  }
  return randomBytes(16).toString('hex');
};

/** Starts the server of a head, or takes the one that is there. Throws IDENTITY for one whose token nobody has given. */
export const startHead = async ({ host, port, cluster, token: given }: HeadOptions): Promise<Head> => {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (await listens(host, port)) {
    const token =
      given ??
      tokenHere(address) ??
      fail(
        'IDENTITY',
        `at ${address} somebody listens already, whom this user has not started here: give its token, or another --port`,
        { address },
      );
    return { address, token, fresh: false };
  }
  if (findServer() === undefined)
    throw new TesseraError(
      'CONFIG',
      `a cluster needs nats-server, which is not on this machine: ${HOW_TO_INSTALL}`,
    );
  const folder = join(stateFolder(), `head-${port}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Who can reach the engine can have nodes run code, and everybody on a machine can reach its loopback.
  const token = given ?? keptToken(folder);
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  const started = (pid: number): void => remember({ pid, kind: 'nats-server', address, cluster, token });
  await startServer({ host, port, token, folder, started });
  return { address, token, fresh: true };
};

export interface StartNode {
  readonly engine: EngineAddress;
  readonly host: string;
  readonly tags: Readonly<Record<string, number>>;
  readonly head: boolean;
  readonly version: string;
  /** Modules of tasks, and files of checkpoints, are below this folder. */
  readonly root: string;
  /** Where it offers health and figures. */
  readonly metrics?: Address | undefined;
}

/** A node's root as it really is. Throws CONFIG where it would hold nothing back. */
export const rootFolder = (given: string): string => {
  let root: string;
  try {
    root = realpathSync(given);
  } catch (e) {
    return fail('CONFIG', `--root: ${given} is no folder (${(e as NodeJS.ErrnoException).code})`, {
      root: given,
    });
  }
  if (!statSync(root).isDirectory()) fail('CONFIG', `--root: ${root} is no folder`, { root });
  if (dirname(root) === root)
    fail(
      'CONFIG',
      `${root} holds all files of this machine, of which each could be run as a task: start the node in the program's folder, ` +
        'or give that with --root',
      { root },
    );
  return root;
};

interface StartedNode {
  readonly id: string;
  readonly pid?: number;
  /** The port of its figures. */
  readonly metrics?: number | undefined;
}

/** Starts a node in a process that outlives this one; resolves when it has joined. */
export const startNode = async (o: StartNode): Promise<StartedNode> => {
  const id = `n${randomBytes(4).toString('hex')}`;
  const log = join(stateFolder(), `node-${id}.log`);
  const out = openSync(log, 'a', 0o600);
  const child = fork(new URL('./node-process.js', import.meta.url), {
    detached: true,
    stdio: ['ignore', out, out, 'ipc'],
    execArgv: [],
  });
  closeSync(out);
  // Before it has joined, so that `tessera stop` finds it whatever becomes of this process.
  remember({
    pid: child.pid!,
    kind: 'node',
    address: o.engine.url,
    cluster: o.engine.cluster,
    id,
    tags: o.tags,
    head: o.head,
  });
  const joined = new Promise<number | undefined>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new TesseraError('LINK', `the node did not join in ${JOIN_MS / 1000} s; see ${log}`)),
      JOIN_MS,
    );
    child.once('message', (message: FromNode) => {
      clearTimeout(late);
      if (message.kind === 'joined') resolve(message.metrics);
      else reject(unpackError(message.error));
    });
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new TesseraError('LINK', `the node ended with ${signal ?? `exit code ${code}`}; see ${log}`));
    });
  });
  child.send({ ...o, id } satisfies BeginNode);
  let metrics: number | undefined;
  try {
    metrics = await joined;
  } catch (e) {
    child.kill();
    forget(child.pid!);
    throw e;
  }
  child.removeAllListeners();
  if (child.connected) child.disconnect();
  child.unref();
  return { id, pid: child.pid!, metrics };
};

/** The head's node, where it has outlived its engine: it has joined the new one. */
export const nodeHere = (
  engine: EngineAddress,
  tags: Readonly<Record<string, number>>,
): StartedNode | undefined => {
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
    const lost = (e?: Error): void => {
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
    socket.once('error', lost).once('timeout', () => lost());
  });
};
