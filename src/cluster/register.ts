/** @file Makes the cluster known to `sf.init`. The engine's client is loaded when a cluster is asked for. */
import { opener } from '../device/cluster-options.ts';

opener.open = async (options) => (await import('./mode.ts')).openCluster(options);
