/**
 * @file The dashboard's server: a page, and what it shows, on this machine only. It looks at the cluster over the engine, as
 * `tessera status` does, once a second and only while somebody watches.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TesseraError } from '../errors.ts';
import { HTTP, holdErrors } from '../link/pending.ts';
import type { EngineAddress } from './message-engine.ts';
import { Observer } from './snapshot.ts';

const HOST = '127.0.0.1';
const EVERY_MS = 1_000;
/** Pages that may watch at a time. */
const MOST_WATCHING = 16;
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
};
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** dist/dashboard, seen from dist/src/cluster. */
const page = (file: string): Buffer => readFileSync(new URL(`../../dashboard/${file}`, import.meta.url));

export interface Dashboard {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects with LINK or IDENTITY where the cluster cannot be had, and with CONFIG where the port is taken. */
export const startDashboard = async (engine: EngineAddress, port: number): Promise<Dashboard> => {
  const files = new Map(
    Object.entries(FILES).map(([path, [file, type]]) => [path, { body: page(file), type }]),
  );
  const observer = await Observer.start(engine);
  /** Pages that are told what happens, and those that are still told what was before. */
  const watching = new Set<ServerResponse>();
  const open = new Set<ServerResponse>();
  const look = async (): Promise<void> => {
    if (watching.size === 0) return;
    const event = await observer.take().then(
      (snapshot) => `data: ${JSON.stringify(snapshot)}\n\n`,
      () => 'event: away\ndata: -\n\n',
    );
    for (const response of watching) response.write(event);
  };
  /** What was before comes first. */
  const begin = async (response: ServerResponse): Promise<void> => {
    const moments = await observer.history().catch(() => []);
    // It may have left meanwhile.
    if (!open.has(response)) return;
    response.write(`event: history\ndata: ${JSON.stringify(moments)}\n\n`);
    watching.add(response);
    await look();
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url?.split('?')[0] ?? '';
    const file = files.get(path);
    // A page elsewhere, whose name was made to mean this machine, is not to read it.
    const here = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
    if (!here || request.method !== 'GET') response.writeHead(403, HEADERS).end();
    else if (path === '/events' && open.size >= MOST_WATCHING) response.writeHead(503, HEADERS).end();
    else if (path === '/events') {
      open.add(response);
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
      response.on('close', () => {
        open.delete(response);
        watching.delete(response);
      });
      void begin(response);
    } else if (file === undefined) response.writeHead(404, HEADERS).end();
    else response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.body);
  };
  const server = createServer(HTTP, answer);
  holdErrors(server);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, HOST, resolve);
    });
  } catch (e) {
    await observer.close();
    const text = `port ${port} cannot be had (${(e as Error).message}): choose another with --port`;
    throw new TesseraError('CONFIG', text, { port }, e);
  }
  const timer = setInterval(() => void look(), EVERY_MS);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      clearInterval(timer);
      for (const response of watching) response.end();
      server.close();
      await observer.close();
    },
  };
};
