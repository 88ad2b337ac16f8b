/** @file The registry of modes: how a session is opened, by the mode that its options mean. */
import { fail } from '../errors.ts';
import type { Cluster } from './cluster-options.ts';
import type { Standalone } from './init-options.ts';
import type { Mode } from './mode.ts';
import type { Production } from './production/production-options.ts';

/** The options of each mode, as read. */
interface ModeOptions {
  standalone: Standalone;
  production: Production;
  cluster: Cluster;
}

export type Open<O> = (options: O) => Mode | Promise<Mode>;

const registry = new Map<keyof ModeOptions, Open<never>>();

/** Makes a mode known to `sf.init` and `sf.session`. */
export const registerMode = <N extends keyof ModeOptions>(name: N, open: Open<ModeOptions[N]>): void => {
  registry.set(name, open);
};

/** Opens the mode that the options mean. */
export const openMode = async (options: ModeOptions[keyof ModeOptions]): Promise<Mode> => {
  const open = registry.get(options.mode) as Open<typeof options> | undefined;
  return open?.(options) ?? fail('UNSUPPORTED', `mode ${options.mode} is not part of this build`);
};
