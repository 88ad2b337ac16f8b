/** @file The worker of the page that measures kernels. */
import { timeKernels } from './kernels.ts';

addEventListener('message', async () => {
  postMessage(await timeKernels());
});
