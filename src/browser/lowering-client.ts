/**
 * @file Lowering for a page: in a worker of its own, from a file of its own, so that a page neither loads what lowers nor
 * waits for it. One worker serves all sessions of the page, from the first of them on.
 */
import { BUILD, type Build } from '../build.ts';
import type { LoweredProgram, LoweringOptions } from '../device/lower-program.ts';
import { type SentError, unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import type { OpGraph } from '../ir/ops/program.ts';
import { newWorker } from './workers.ts';

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
let worker: Worker | undefined;
let next = 0;

const fell = (why: string): void => {
  const error = new TesseraError('PARTY_FAILED', `the worker that lowers programs has failed: ${why}`);
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
};

/** Starts the worker, so that it is there when the first program is. */
export const startLowering = (): Worker => {
  if (worker !== undefined) return worker;
  worker = newWorker('lowering', 'tessera lowering');
  worker.onmessage = ({ data }: MessageEvent<LoweringAnswer>) => {
    const { resolve, reject } = waiting.get(data.number)!;
    waiting.delete(data.number);
    if ('error' in data) reject(unpackError(data.error));
    else resolve(data.program);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fell(event.message ?? 'it could not be loaded: is tessera-lowering.js there?');
  };
  return worker;
};

/** Passes and lowering; what they throw, this rejects with. PARTY_FAILED if the worker died. */
export const lowerProgram = (graph: OpGraph, options: LoweringOptions): Promise<LoweredProgram> =>
  new Promise((resolve, reject) => {
    const request: LoweringRequest = { number: next++, build: BUILD, graph, options };
    waiting.set(request.number, { resolve, reject });
    startLowering().postMessage(request);
  });
