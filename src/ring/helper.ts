/** @file What a helper thread does: an instance of the kernels on its ring's memory, at work on what its board shows. */

import { Board, serveBoard } from './board.ts';
import type { HelperDuty } from './crew.ts';
import { instantiate } from './kernels.ts';

export const serveHelper = async ({ module, memory, board, scratch, thread }: HelperDuty): Promise<void> => {
  const kernels = await instantiate(module, memory);
  kernels.useScratch(scratch);
  serveBoard(new Board(memory, board, kernels, thread));
};
