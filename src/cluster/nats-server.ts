/** @file The engine's server, where the user does not run one: `nats-server` of the distribution, with JetStream. */
import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { TesseraError } from '../errors.ts';

/** Where distributions put it, beside PATH, which often lacks the sbin folders. */
const MORE_PLACES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const START_MS = 10_000;

export const HOW_TO_INSTALL =
  'install it with `apt-get install nats-server` (Debian, Ubuntu), `brew install nats-server` (macOS) or from ' +
  "https://nats.io/download, or give a server of your own with --nats-url; on one machine, sf.init's address: 'local' " +
  'needs none';

/** The path of `nats-server`, or undefined. TESSERA_NATS_SERVER, where it is set, is the only place. */
export const findServer = (): string | undefined => {
  const own = process.env.TESSERA_NATS_SERVER;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_PLACES].filter((p) => p !== '');
  const places = own === undefined ? folders.map((p) => join(p, 'nats-server')) : [own];
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
};

/** Does anybody listen there? */
export const listens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 1_000 });
    const end = (there: boolean) => () => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Gets the configuration, the log, and the queue, which outlives the server. */
  readonly folder: string;
  /** Called as soon as there is a process, which may not listen yet. */
  started(pid: number): void;
}

/** Text in a configuration of the server: JSON's quotes and escapes mean the same there. */
const quoted = (text: string): string => JSON.stringify(text);

/** Starts a server that outlives this process; resolves with its pid when it listens. Rejects with CONFIG or LINK. */
export const startServer = async ({ host, port, token, folder, started }: ServerOptions): Promise<number> => {
  const path = findServer();
  if (path === undefined)
    throw new TesseraError(
      'CONFIG',
      `a cluster needs nats-server, which is not on this machine: ${HOW_TO_INSTALL}`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'nats.conf');
  const text = [
    `listen: ${quoted(`${host.includes(':') ? `[${host}]` : host}:${port}`)}`,
    'max_payload: 8MB',
    'max_pending: 256MB',
    `jetstream { store_dir: ${quoted(join(folder, 'store'))} }`,
    `authorization { token: ${quoted(token)} }`,
  ].join('\n');
  // In a file, not on the command line, which everybody on the machine can read.
  writeFileSync(config, `${text}\n`, { mode: 0o600 });
  const log = join(folder, 'nats.log');
  const out = openSync(log, 'a', 0o600);
  const child = spawn(path, ['-c', config], { detached: true, stdio: ['ignore', out, out] });
  closeSync(out);
  if (child.pid !== undefined) started(child.pid);
  let ended: string | undefined;
  child.once('error', (e) => {
    ended = e.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  const until = Date.now() + START_MS;
  while (ended === undefined && Date.now() < until) {
    if (await listens(host, port)) {
      child.removeAllListeners();
      child.unref();
      return child.pid!;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (ended === undefined) child.kill();
  throw new TesseraError(
    'LINK',
    `nats-server did not come up at ${host}:${port}: ${ended ?? 'it does not listen'}; see ${log}`,
    { log },
  );
};
