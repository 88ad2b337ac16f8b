/** @file What the package has of clusters in Node and Deno. The client of the message server is loaded when a cluster is asked for. */
import type { Cluster } from '../device/cluster-options.ts';
import type { Mode } from '../device/mode.ts';

export { task } from './task.ts';

/** Joins a cluster as the program that drives it. */
export const openCluster = async (options: Cluster): Promise<Mode> =>
  (await import('./open-cluster.ts')).openCluster(options);
