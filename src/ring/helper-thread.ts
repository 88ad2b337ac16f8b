/** @file Where a ring's helper thread of Node or Deno begins. */
import { workerData } from 'node:worker_threads';
import { serveHelper } from './helper.ts';
import type { HelperDuty } from './kernel-host.ts';

await serveHelper(workerData as HelperDuty);
