/** @file What a helper thread does: an instance of the kernels on its ring's memory, at work on what its queue shows. */

import type { HelperDuty } from './kernel-host.ts';
import { instantiate } from './kernels.ts';
import { serveQueue, WorkQueue } from './work-queue.ts';

export const serveHelper = async ({ module, memory, queue, scratch, thread }: HelperDuty): Promise<void> => {
  const kernels = await instantiate(module, memory);
  kernels.useScratch(scratch);
  serveQueue(new WorkQueue(memory, queue, kernels, thread));
};
