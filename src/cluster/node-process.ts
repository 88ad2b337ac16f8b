/**
 * @file A node as a process of its own. Its options come by IPC, so that no credentials stand on a command line; it answers
 * when it has joined, and goes on when its parent has gone.
 */
import { packError, type SentError } from '../device/messages.ts';
import { ClusterNode, type NodeOptions } from './node.ts';

export type FromNode = { readonly kind: 'joined' } | { readonly kind: 'error'; readonly error: SentError };

const begin = async (options: NodeOptions): Promise<void> => {
  const node = await ClusterNode.start(options);
  const stop = (): void => {
    node
      .close()
      .catch((e: unknown) => console.error(e))
      .finally(() => process.exit());
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

const tell = (message: FromNode): void => {
  if (process.connected) process.send!(message, () => process.disconnect?.());
};

process.once('message', (options: NodeOptions) => {
  begin(options).then(
    () => tell({ kind: 'joined' }),
    (error: unknown) => {
      tell({ kind: 'error', error: packError(error) });
      process.exitCode = 1;
    },
  );
});
