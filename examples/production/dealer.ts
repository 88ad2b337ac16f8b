/** @file Whether the demo has a dealer: its flag, and a party's configuration with or without one. */
import { Option } from 'commander';
import type * as sf from 'tessera-mpc';
import { readOptions } from '../../src/cli/options-file.ts';

export type Dealer = 'third-party' | 'none';

export const DEALER = new Option(
  '--dealer <who>',
  'a third machine, or none: the two make their material between them',
)
  .choices(['third-party', 'none'])
  .default('third-party');

interface Config {
  readonly cluster_config: { readonly dealer?: object };
  readonly tls_config: { readonly client_certs: Readonly<Record<string, object>> };
}

/** A party's configuration; without a dealer nobody waits for one, and none is known. */
export const optionsOf = (file: string, who: Dealer): sf.InitOptions => {
  const options = readOptions(file);
  if (who === 'third-party') return options as unknown as sf.InitOptions;
  const { cluster_config, tls_config } = options as unknown as Config;
  const { dealer: _, ...cluster } = cluster_config;
  const { dealer: __, ...client_certs } = tls_config.client_certs;
  return {
    ...options,
    cluster_config: cluster,
    tls_config: { ...tls_config, client_certs },
  } as unknown as sf.InitOptions;
};
