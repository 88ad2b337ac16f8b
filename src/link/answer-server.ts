/** @file Where answers to a collection arrive: each a POST of known length over HTTP, from pages of any origin. What is in them is sealed to others. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TesseraError } from '../errors.ts';
import { formatAddress, parseAddress } from './address.ts';
import type { AnswerEntry } from './answers.ts';

const ANYONE = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type',
};

/** The body, or undefined as soon as it is longer than it may be. */
const bodyOf = async (request: IncomingMessage, bytes: number): Promise<Uint8Array | undefined> => {
  const out = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    if (at + chunk.length > bytes) return undefined;
    out.set(chunk, at);
    at += chunk.length;
  }
  return at === bytes ? out : undefined;
};

export const serveAnswers: AnswerEntry['serveAnswers'] = async (listen, bytes, take) => {
  const place = parseAddress(listen, 'listen');
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const status = async (): Promise<number> => {
      if (request.method === 'OPTIONS') return 204;
      if (request.method !== 'POST') return 405;
      const body = await bodyOf(request, bytes);
      return body ? take(body) : 400;
    };
    response.writeHead(await status(), { ...ANYONE, connection: 'close' }).end();
  };
  const server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    // A sender that goes away in the middle has sent nothing.
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(
        new TesseraError(
          'LINK',
          `answers cannot be taken at ${formatAddress(place)}: ${cause.message}`,
          {},
          cause,
        ),
      ),
    );
    server.listen({ host: place.host, port: place.port, exclusive: true }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${formatAddress({ host: place.host, port })}/`, close: () => void server.close() };
};
