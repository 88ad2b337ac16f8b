/** @file A table of the user's, read in a worker. */
import type { Table } from '../lib/table.ts';
import type { ReadAnswer, ReadRequest } from './table-worker.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy('tessera-demo', { createScriptURL: (own) => own });

/** Rejects with what the user should read. `progress` hears what share has been read. */
export const readTable = (request: ReadRequest, progress: (share: number) => void): Promise<Table> =>
  new Promise((resolve, reject) => {
    const url = new URL('./table-worker.js', import.meta.url).href;
    const worker = new Worker(policy?.createScriptURL(url) ?? url, { type: 'module' });
    const end = (settle: () => void): void => {
      worker.terminate();
      settle();
    };
    worker.onmessage = ({ data }: MessageEvent<ReadAnswer>) => {
      if (data.kind === 'progress') progress(data.share);
      else if (data.kind === 'table') end(() => resolve(data.table));
      else end(() => reject(new Error(data.message)));
    };
    worker.onerror = ({ message }) =>
      end(() => reject(new Error(`${request.name} cannot be read: ${message}`)));
    worker.postMessage(request);
  });
