/** @file What a program is told of its cluster, beside results and errors. */

export type ClusterEvent =
  /** More tasks than slots: this one waits its turn. */
  | {
      readonly kind: 'queued';
      readonly party: string;
      readonly op: number;
      readonly slots: number;
      readonly waiting: number;
      readonly text: string;
    }
  /** A node came or went. */
  | {
      readonly kind: 'joined' | 'left' | 'lost';
      readonly node: string;
      readonly tags: readonly string[];
      readonly text: string;
    }
  /** A task was given to another node, because the first did not finish it. */
  | {
      readonly kind: 'redelivered';
      readonly op: number;
      readonly attempt: number;
      readonly node: string;
      readonly text: string;
    }
  /** The connection to the engine has broken, or is there again. */
  | { readonly kind: 'away' | 'back'; readonly text: string }
  /** No node with this tag is left; its tasks wait for one to join. */
  | { readonly kind: 'stranded'; readonly party: string; readonly text: string };
