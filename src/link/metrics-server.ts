/**
 * @file Health and figures of a running service, over HTTP on a loopback port: `/metrics` in the text format of Prometheus,
 * `/health` (503 when it has failed) and `/ready` (503 as long as it is not all there).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TesseraError } from '../errors.ts';
import { type Address, formatAddress, isLoopback } from './address.ts';
import { metricsText, type Observable } from './metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const PLAIN = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A page elsewhere can have a name point to this machine: who asks for another name than this machine's gets nothing. */
const isOwn = ({ headers }: IncomingMessage): boolean =>
  isLoopback((headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));

type Reply = readonly [status: number, headers: Readonly<Record<string, string>>, text: string];

const replyTo = (seen: Observable, request: IncomingMessage): Reply => {
  if (!isOwn(request)) return [403, PLAIN, 'only for this machine\n'];
  const path = (request.url ?? '').split('?')[0];
  if (path === '/metrics') return [200, PLAIN, metricsText(seen.metrics())];
  if (path !== '/health' && path !== '/ready')
    return [404, PLAIN, 'there are /metrics, /health and /ready\n'];
  const health = seen.health();
  const well = path === '/health' ? health.status !== 'failed' : health.status === 'ok';
  return [well ? 200 : 503, JSON_TYPE, `${JSON.stringify(health)}\n`];
};

const answer = (seen: Observable, request: IncomingMessage, response: ServerResponse): void => {
  const [status, headers, text] = replyTo(seen, request);
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : text);
};

/** Serves what `seen` says at the time of asking. Rejects with LINK when the port is not to be had. */
export const serveMetrics = async (place: Address, seen: Observable): Promise<MetricsServer> => {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) =>
    answer(seen, request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(
        new TesseraError(
          'LINK',
          `metrics cannot listen on ${formatAddress(place)}: ${cause.message}`,
          {},
          cause,
        ),
      ),
    );
    server.listen({ host: place.host, port: place.port, exclusive: true }, resolve);
  });
  // Whoever is asked for figures ends when its work does.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
