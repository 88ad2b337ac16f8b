/** @file Who makes material for an SPU in production, and what is refused of that before anything is sent. */
import { TesseraError } from '../../errors.ts';
import { log } from '../../log.ts';
import type { SpuConfig } from '../cluster-def.ts';
import { measures, UNMEASURED } from '../measured.ts';
import type { Production } from './production-options.ts';

/** Whether a dealer deals, and from which stored material if it has dealt before. Throws CONFIG where nobody can or may. */
export const checkDealing = (
  config: SpuConfig,
  o: Production,
): { readonly third: boolean; readonly stored: Production['storedMaterial'] } => {
  const { parties, runtime } = config;
  const first = runtime.beaverType === 'TrustedFirstParty';
  const third = runtime.beaverType === 'TrustedThirdParty';
  if (first && !o.allowTrustedFirstParty) {
    throw new TesseraError(
      'CONFIG',
      `runtime_config.beaver_type TrustedFirstParty: ${parties[0]} could learn the others' inputs. Use ` +
        'a dealer (clusterConfig.dealer), MultiParty, or set allowTrustedFirstParty: true',
      { path: 'runtime_config.beaver_type' },
    );
  }
  if (first) log('warning', `party ${parties[0]} could learn the others' inputs: use a dealer`);
  const { storedMaterial, identity, dealer } = o;
  // What names no dealer was made by two parties between them.
  const wanted = storedMaterial?.dealer === undefined ? 'MultiParty' : 'TrustedThirdParty';
  const stored = runtime.beaverType === wanted ? storedMaterial : undefined;
  if (stored && measures(config))
    throw new TesseraError('CONFIG', UNMEASURED, { path: 'runtime_config.cost_mode' });
  if (stored && identity === undefined)
    throw new TesseraError(
      'CONFIG',
      'identity: stored material is sealed to the identity of its party: give it',
      {
        path: 'identity',
      },
    );
  if (third && !stored && dealer === undefined) {
    throw new TesseraError(
      'CONFIG',
      'runtime_config.beaver_type TrustedThirdParty needs a dealer: name it in clusterConfig.dealer, as { address: "host:port" }, or give storedMaterial with its dealer',
      { path: 'clusterConfig.dealer' },
    );
  }
  return { third, stored };
};
