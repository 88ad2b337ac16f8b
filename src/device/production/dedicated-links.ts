/**
 * @file Links of an SPU's own. The addresses in an SPU's definition are those of a second mesh in SecretFlow; here all
 * traffic of a pair shares the session's connection, unless the definition really names other addresses.
 */
import { TesseraError } from '../../errors.ts';
import type { SpuConfig } from '../cluster-def.ts';
import type { Op } from '../operation.ts';
import type { Production } from './production-options.ts';

/** What to open for an SPU whose definition names other addresses than the session's; undefined if it does not. */
export const dedicatedLinks = (config: SpuConfig, o: Production, op: Op): Production | undefined => {
  const { places, parties } = config;
  if (places === undefined) return undefined;
  const same = parties.every((party, rank) => {
    const { address, listen } = places[rank]!;
    const own = o.addresses[party]!;
    return (
      (address ?? own.address) === own.address &&
      (listen ?? own.listenAddr ?? own.address) === (own.listenAddr ?? own.address)
    );
  });
  if (same) return undefined;
  const bare = parties.findIndex((_, rank) => places[rank]!.address === undefined);
  if (bare >= 0) {
    throw new TesseraError(
      'CONFIG',
      `nodes[${bare}].address: the SPU has addresses of its own, but none for ${parties[bare]}: give one for every party, ` +
        "or leave all of them out to share the session's connections",
      { path: `nodes[${bare}].address`, party: parties[bare] },
    );
  }
  const addresses = Object.fromEntries(
    parties.map((party, rank) => {
      const { address, listen } = places[rank]!;
      return [party, { address: address!, ...(listen !== undefined && { listenAddr: listen }) }];
    }),
  );
  return { ...o, parties, addresses, dealer: undefined, job: `${o.job} spu ${op.number}` };
};
