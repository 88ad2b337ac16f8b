/**
 * @file The worker that runs a program of the playground, so that it can be stopped, and touches nothing of the page. The program is
 * evaluated as a module; what it imports from 'tessera-mpc' is the library with ears: programs as they are recorded, what parties
 * receive, and what the session cost.
 */
import type { Costs, Program, Said } from './messages.ts';

const tell = (said: Said): void => postMessage(said);
const library = new URL('../tessera/tessera.js', import.meta.url).href;

/** Where the program is while it runs. */
let url = '';

/** A text in which places of the program are lines: its address says nothing to anybody. */
const placed = (text: string): string =>
  url === ''
    ? text
    : text
        .split(`${url}:`)
        .map((part, i) => (i === 0 ? part : `line ${part.replace(/^(\d+):\d+/, '$1')}`))
        .join('');

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return placed(value);
  if (value instanceof Error) return placed(value.message);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

for (const name of ['log', 'info', 'warn', 'error'] as const)
  console[name] = (...values: unknown[]) => tell({ kind: 'line', text: values.map(textOf).join(' ') });

const urlOf = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

interface Ears {
  readonly init: (options: object) => object;
  readonly ended: (stats: { readonly spus: readonly Costs[] }) => void;
}

const ears: Ears = {
  init: (options) => ({
    loggingLevel: 'warning',
    ...options,
    onProgram: (text: string) => tell({ kind: 'recorded', text }),
    onReceived: (from: string, bytes: Uint8Array, self: string) => tell({ kind: 'received', self, from, bytes }),
  }),
  ended: ({ spus }) =>
    tell({
      kind: 'costs',
      costs: spus.map(({ rounds, bytes, dealerBytes, ms, ops }) => ({ rounds, bytes, dealerBytes, ms, ops })),
    }),
};
Object.assign(globalThis, { ears });

/** The library as the program sees it: a session tells what it cost before it ends. */
const heard = urlOf(`
  import * as sf from ${JSON.stringify(library)};
  export * from ${JSON.stringify(library)};
  const options = (first, second) => (Array.isArray(first) ? { ...second, parties: first } : first);
  export const init = (first, second) => sf.init(ears.init(options(first, second)));
  export const session = (given) => sf.session(ears.init(given));
  export const shutdown = async () => {
    ears.ended(sf.stats());
    await sf.shutdown();
  };
`);

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])tessera-mpc\2/g;

/** The line of the program at which an error came up: of its call, or of the program's own code. */
const lineOf = (error: unknown): number | undefined => {
  const { site } = ((error as { info?: { site?: unknown } }).info ?? {}) as { site?: unknown };
  for (const text of [site, (error as Error).stack]) {
    if (typeof text !== 'string' || !text.includes(url)) continue;
    const [, line] = /^:(\d+)/.exec(text.slice(text.indexOf(url) + url.length)) ?? [];
    if (line !== undefined) return Number(line);
  }
  return undefined;
};

onmessage = async ({ data }: MessageEvent<Program>) => {
  url = urlOf(data.text.replaceAll(IMPORT, (_, before: string) => `${before}${JSON.stringify(heard)}`));
  try {
    await import(url);
    tell({ kind: 'done' });
  } catch (error) {
    const { name, code } = error as { name?: unknown; code?: string };
    tell({ kind: 'failed', message: textOf(error), line: lineOf(error), code: name === 'TesseraError' ? code : undefined });
  }
};
