/** @file Where a ring's helper thread of Node or Deno begins. */
import { workerData } from 'node:worker_threads';
import type { HelperDuty } from './crew.ts';
import { serveHelper } from './helper.ts';

await serveHelper(workerData as HelperDuty);
