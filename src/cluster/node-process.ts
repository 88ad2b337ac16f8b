/**
 * @file A node as a process of its own. Its options come by IPC, so that no credentials stand on a command line; it answers
 * when it has joined, and goes on when its parent has gone.
 */
import { packError, type SentError } from '../device/messages.ts';
import type { Address } from '../link/address.ts';
import { serveMetrics } from '../link/metrics-server.ts';
import { ClusterNode, type NodeOptions } from './cluster-node.ts';
import { figuresOf } from './node-figures.ts';

export type FromNode =
  | { readonly kind: 'joined'; readonly metrics: number | undefined }
  | { readonly kind: 'error'; readonly error: SentError };

/** What it is told. */
export type BeginNode = NodeOptions & { readonly metrics?: Address | undefined };

/** Resolves to the port of its figures. */
const begin = async ({ metrics, ...options }: BeginNode): Promise<number | undefined> => {
  const node = await ClusterNode.start(options);
  const figures =
    metrics &&
    (await serveMetrics(metrics, {
      health: () => ({ status: 'ok' }),
      metrics: () => figuresOf(node.info()),
    }));
  const stop = (): void => {
    node
      .close()
      .catch((e: unknown) => console.error(e))
      .finally(() => process.exit());
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return figures?.port;
};

const post = (message: FromNode): void => {
  if (process.connected) process.send!(message, () => process.disconnect?.());
};

process.once('message', (options: BeginNode) => {
  begin(options).then(
    (metrics) => post({ kind: 'joined', metrics }),
    (error: unknown) => {
      post({ kind: 'error', error: packError(error) });
      process.exitCode = 1;
    },
  );
});
