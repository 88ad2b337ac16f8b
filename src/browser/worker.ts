/** @file Where a browser's worker begins: a thread of a simulation, the engine and link of a page's party, or a helper of such. */
import { packError, type ToThread } from '../device/messages.ts';
import { serve } from '../device/serve.ts';
import type { PortLike } from '../link/port.ts';
import { serveHelper } from '../ring/helper.ts';
import { checkWorker, hostParty, type WorkerScope } from './host.ts';
import { HERE, type Start } from './worker-messages.ts';

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: start }: MessageEvent<Start>) => {
  if (start.kind === 'party') {
    void hostParty(scope, start);
    return;
  }
  if (start.kind === 'helper') {
    void serveHelper(start.duty);
    return;
  }
  const failed = (e: unknown): void =>
    scope.postMessage({ kind: 'failed', number: undefined, error: packError(e) });
  try {
    checkWorker(start.build);
  } catch (e) {
    return failed(e);
  }
  // The driver need not wait: what it says before the thread listens is kept.
  const early: ToThread[] = [];
  scope.onmessage = ({ data }: MessageEvent<ToThread>) => void early.push(data);
  serve(start.duty, start.ports as unknown as ReadonlyMap<string, PortLike>, {
    post: (message) => scope.postMessage(message),
    listen: (handle) => {
      scope.onmessage = ({ data }: MessageEvent<ToThread>) => handle(data);
      for (const message of early.splice(0)) handle(message);
    },
    leave: () => {
      scope.postMessage({ kind: 'left' });
      scope.close();
    },
  }).catch(failed);
};

scope.postMessage(HERE);
