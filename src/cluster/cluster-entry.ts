/** @file What the package has of clusters. `#cluster` is the implementation for the platform at hand. */
import type { Cluster } from '../device/cluster-options.ts';
import type { Mode } from '../device/mode.ts';

type Task = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => object);

export interface ClusterEntry {
  /** Names a function or a class, so that nodes of a cluster can load it. */
  task<F extends Task>(where: ImportMeta | URL | string, name: string, fn: F): F;
  /** Joins a cluster as the program that drives it. */
  openCluster(options: Cluster): Promise<Mode>;
}
