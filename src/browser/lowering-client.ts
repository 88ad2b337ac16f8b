/**
 * @file Lowering for a page: in a worker of its own, from a file of its own, so that a page neither loads what lowers nor
 * waits for it. One worker serves all sessions of the page, from the first of them to the end of the last: what runs a page's
 * build and ends when nothing is left of it, as Deno does, is kept by none.
 */
import { BUILD, type Build } from '../build.ts';
import type { LoweredProgram, LoweringOptions } from '../device/lower-program.ts';
import { type SentError, unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import type { OpGraph } from '../ir/ops/program.ts';
import { newWorker, type PageWorker } from './workers.ts';

/** `number`: the page's, for the answer. */
export interface LoweringRequest {
  readonly number: number;
  readonly build: Build;
  readonly graph: OpGraph;
  readonly options: LoweringOptions;
}

export type LoweringAnswer =
  | { readonly number: number; readonly program: LoweredProgram }
  | { readonly number: number; readonly error: SentError };

interface Waiting {
  resolve(program: LoweredProgram): void;
  reject(error: TesseraError): void;
}

const waiting = new Map<number, Waiting>();
/** Whose programs are lowered. */
const parties = new Set<PageWorker>();
let worker: PageWorker | undefined;
let next = 0;

const fell = (why: string): void => {
  const error = new TesseraError('PARTY_FAILED', `the worker that lowers programs has failed: ${why}`);
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
};

/** Ends the worker when nobody has a program for it. */
const rest = (): void => {
  if (parties.size > 0 || waiting.size > 0) return;
  worker?.terminate();
  worker = undefined;
};

const startLowering = (): PageWorker => {
  if (worker !== undefined) return worker;
  worker = newWorker('lowering', 'tessera lowering');
  worker.onmessage = ({ data }: MessageEvent<LoweringAnswer>) => {
    const { resolve, reject } = waiting.get(data.number)!;
    waiting.delete(data.number);
    rest();
    if ('error' in data) reject(unpackError(data.error));
    else resolve(data.program);
  };
  worker.onfailure = fell;
  return worker;
};

/** A party's worker. That for lowering starts with it, so that it is there when the first program is. */
export const newParty = (self: string, together: boolean): PageWorker => {
  startLowering();
  const party = newWorker(together ? 'pair' : 'party', `tessera ${self}`);
  parties.add(party);
  party.onend = () => {
    parties.delete(party);
    rest();
  };
  return party;
};

/** Passes and lowering; what they throw, this rejects with. PARTY_FAILED if the worker died. */
export const lowerProgram = (graph: OpGraph, options: LoweringOptions): Promise<LoweredProgram> =>
  new Promise((resolve, reject) => {
    const request: LoweringRequest = { number: next++, build: BUILD, graph, options };
    waiting.set(request.number, { resolve, reject });
    startLowering().post(request);
  });
