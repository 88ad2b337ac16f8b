/** @file Where a party's own programs ask a model: HTTP on this machine alone, JSON in and out. One question waits for the other. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, TesseraError } from '../errors.ts';
import type { Question } from './rows.ts';
import { told } from './rows.ts';

/** A question, and who waits for its answer. */
export interface Asked {
  readonly question: Question;
  answer(values: readonly number[]): void;
  refuse(error: unknown): void;
}

const HOST = '127.0.0.1';
const MOST_BYTES = 16 * 1024 * 1024;
/** Questions that wait at a time. */
const MOST_WAITING = 256;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) fail('INVALID_ARGUMENT', `a question of more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const rowsIn = (text: string): unknown => {
  try {
    return (JSON.parse(text) as { rows?: unknown } | null)?.rows;
  } catch (cause) {
    throw new TesseraError('INVALID_ARGUMENT', `no JSON: ${(cause as Error).message}`, {}, cause);
  }
};

export class PredictServer {
  readonly #about: object;
  readonly #read: (rows: unknown) => Question;
  readonly #waiting: Asked[] = [];
  #came: () => void = () => {};
  readonly #server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    this.#take(request, response).catch(() => response.destroy());
  });

  /** `about`: what `GET /` says. `read`: rows as a question, or what is wrong with them. */
  constructor(about: object, read: (rows: unknown) => Question) {
    this.#about = about;
    this.#read = read;
  }

  /** Resolves to the address. Rejects with CONFIG where the port is taken. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) =>
        reject(new TesseraError('CONFIG', `--port ${port}: ${cause.message}`, { port }, cause)),
      );
      this.#server.listen({ host: HOST, port, exclusive: true }, resolve);
    });
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next question, when there is one. */
  async next(): Promise<Asked> {
    while (this.#waiting.length === 0)
      await new Promise<void>((resolve) => {
        this.#came = resolve;
      });
    return this.#waiting.shift()!;
  }

  /** What still waits is told why nothing comes. */
  close(error: unknown): void {
    this.#server.close();
    for (const asked of this.#waiting.splice(0)) asked.refuse(error);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, body: object): void => {
      const head = { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' };
      response.writeHead(status, head).end(`${JSON.stringify(body)}\n`);
    };
    const refuse = (status: number, e: unknown): void => say(status, { error: told(e) });
    const { host = '', 'content-type': type = '' } = request.headers;
    // A page elsewhere, whose name was made to mean this machine, is not to ask; nor one that sends what needs no leave.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return say(403, {});
    const path = request.url?.split('?')[0];
    if (path === '/' && request.method === 'GET') return say(200, this.#about);
    if (path !== '/predict') return say(404, {});
    if (request.method !== 'POST') return say(405, {});
    if (!/^application\/json\b/.test(type)) return say(415, {});
    if (this.#waiting.length >= MOST_WAITING) return say(503, {});
    let question: Question;
    try {
      question = this.#read(rowsIn(await bodyOf(request)));
    } catch (e) {
      return refuse(400, e);
    }
    this.#waiting.push({
      question,
      answer: (predictions) => say(200, { predictions }),
      refuse: (e) => refuse(e instanceof TesseraError && e.code === 'INVALID_ARGUMENT' ? 400 : 503, e),
    });
    this.#came();
  }
}
