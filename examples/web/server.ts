/**
 * @file `npm run demo:web`: serves the demos on localhost under a strict content security policy, runs a relay, and on
 * request a dealer or a party in Node that joins a room. For this machine only: it listens on loopback.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRoomLink, TesseraError } from 'tessera-mpc';
import { startRelay } from '../../src/link/relay.ts';
import { scriptCommand, within } from '../lib/command.ts';
import { projectFile } from '../lib/project.ts';
import type { Errand } from './helper.ts';
import { Seats } from './seats.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};

export interface DemoServer {
  readonly url: string;
  readonly relay: string;
  close(): Promise<void>;
}

export interface DemoServerOptions {
  readonly port?: number;
  readonly relayPort?: number;
  /** With the headers that make a page cross-origin isolated. */
  readonly isolated?: boolean;
  /** What pages are told of the relay, if somebody stands in between. */
  readonly between?: (relay: string) => Promise<string>;
  /** Where the bundles are: a folder with tessera.js, and one with the demos' scripts. */
  readonly bundles?: string;
}

/** The folder into which everything is compiled. */
const OUT = fileURLToPath(new URL('../../', import.meta.url));

/** Address in the browser -> file. Nothing else is served. */
const filesOf = (bundles: string): ((path: string) => string | undefined) => {
  const folders: Readonly<Record<string, string>> = {
    tessera: join(bundles, 'browser'),
    demo: join(bundles, 'demo'),
    data: projectFile('examples', 'data'),
    net: projectFile('examples', 'web', 'data'),
    '': projectFile('examples', 'web', 'pages'),
  };
  return (path) => {
    const [, first = '', rest] = /^\/(?:(tessera|demo|data|net)\/)?([\w.-]*)$/.exec(path) ?? [];
    if (rest === undefined) return undefined;
    return normalize(join(folders[first]!, rest === '' ? 'index.html' : rest));
  };
};

/** A page, with the parts that pages have in common (`<!-- room.html -->`) in their places. */
const pageText = (file: string): string =>
  readFileSync(file, 'utf8').replace(/<!-- ([\w-]+\.html) -->/g, (_, part: string) =>
    readFileSync(join(dirname(file), part), 'utf8').trim(),
  );

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > 10_000) throw new TesseraError('INVALID_ARGUMENT', 'too long');
  }
  return text;
};

/** What a page may ask for: somebody who joins its room. */
const ROLES: Readonly<Record<string, Errand['role']>> = { '/api/dealer': 'dealer', '/api/party': 'bob' };

/** Runs an errand in a process of its own. */
const send = (errand: Errand): ChildProcess => {
  const child = fork(fileURLToPath(new URL('./helper.js', import.meta.url)));
  child.send(errand);
  return child;
};

export const startDemoServer = async (options: DemoServerOptions = {}): Promise<DemoServer> => {
  const { port = 0, relayPort = 0, isolated = false, bundles = OUT } = options;
  const relay = await startRelay({ listen: { host: '127.0.0.1', port: relayPort } });
  const fileOf = filesOf(bundles);
  const direct = `ws://127.0.0.1:${relay.port}`;
  const relayUrl = (await options.between?.(direct)) ?? direct;
  const headers = {
    'content-security-policy':
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data:; " +
      `connect-src 'self' ${relayUrl} ws://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ` +
      "require-trusted-types-for 'script'; trusted-types tessera-worker tessera-demo",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
    ...(isolated && {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    }),
  };

  const seats = new Seats();
  /** Keeps the guest's seat for a tab, as long as it listens. */
  const seat = async (query: URLSearchParams, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' }).flushHeaders();
    const closed = new Promise<void>((resolve) => void response.once('close', resolve));
    const taken = await seats.take(query.get('room') ?? '', query.get('token') ?? '', closed);
    response.write(`data: ${taken ? 'yours' : 'full'}\n\n`);
  };
  const children = new Map<string, ChildProcess>();
  const help = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Other sites' pages cannot read what is answered here, but they could ask.
    if (request.headers.origin !== `http://${request.headers.host}`) {
      response.writeHead(403, headers).end('not from this page\n');
      return;
    }
    const { link, what } = JSON.parse(await bodyOf(request)) as { link: string; what: string };
    const room = readRoomLink(link);
    if (room === undefined) throw new TesseraError('INVALID_ARGUMENT', 'no room link');
    const role = ROLES[path]!;
    // Who asks again has started anew: the one of before waits for a session that is no more.
    const place = `${role} of ${room.name}`;
    children.get(place)?.kill();
    let ended: () => void = () => {};
    const exited = new Promise<void>((resolve) => {
      ended = resolve;
    });
    if (role === 'bob' && !(await seats.take(room.name, 'of the server', exited))) {
      response.writeHead(409, headers).end('Bob is there already\n');
      return;
    }
    const child = send({ role, link, what });
    child.once('exit', ended);
    children.set(place, child);
    child.once('exit', () => {
      if (children.get(place) === child) children.delete(place);
    });
    response.writeHead(202, headers).end();
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && Object.hasOwn(ROLES, pathname)) {
      help(pathname, request, response).catch((e: Error) =>
        response.writeHead(400, headers).end(`${e.message}\n`),
      );
      return;
    }
    if (pathname === '/api/seat') {
      void seat(searchParams, response);
      return;
    }
    if (pathname === '/config.json') {
      response.writeHead(200, { ...headers, 'content-type': TYPES['.json'] });
      response.end(JSON.stringify({ relay: relayUrl }));
      return;
    }
    const file = fileOf(pathname);
    try {
      const content = extname(file ?? '') === '.html' ? pageText(file!) : readFileSync(file ?? '');
      response.writeHead(200, { ...headers, 'content-type': TYPES[extname(file!)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404, headers).end('There is nothing here.\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    relay: relayUrl,
    close: async () => {
      // Some wait for a page that will not come back; there is nobody left to be told.
      for (const child of children.values()) child.kill('SIGKILL');
      await relay.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].split('/').at(-1)!)) {
  const flags = scriptCommand(
    'demo:web',
    'Serves the demos for browsers on this machine, and a relay at which their parties meet.',
    ['', '--port 9000 --relay-port 9001'],
  )
    .option('--port <port>', 'of the pages', within(0, 65_535, true), 8780)
    .option('--relay-port <port>', 'of the relay', within(0, 65_535, true), 8790)
    .option('--isolated', 'with the headers that give pages threads', false)
    .parse()
    .opts<Required<Pick<DemoServerOptions, 'port' | 'relayPort' | 'isolated'>>>();
  const { url, relay } = await startDemoServer(flags);
  console.log(`demos at ${url}   relay at ${relay}   (ctrl-c ends both)`);
}
