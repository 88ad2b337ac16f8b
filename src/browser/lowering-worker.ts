/** @file Where the worker begins that lowers a page's programs. */
import { checkBuild } from '../build.ts';
import { lowerProgram } from '../device/lower-program.ts';
import { packError } from '../device/messages.ts';
import type { WorkerScope } from './host.ts';
import type { LoweringAnswer, LoweringRequest } from './lowering-client.ts';
import { HERE } from './worker-messages.ts';

const scope = globalThis as unknown as WorkerScope;

const answer = ({ number, build, graph, options }: LoweringRequest): LoweringAnswer => {
  try {
    checkBuild(build, 'tessera-lowering.js is of', 'the page has');
    return { number, program: lowerProgram(graph, options) };
  } catch (e) {
    return { number, error: packError(e) };
  }
};

scope.onmessage = ({ data }: MessageEvent<LoweringRequest>) => scope.postMessage(answer(data));
scope.postMessage(HERE);
