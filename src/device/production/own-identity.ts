/** @file The identity of a party: from its options, or made for this program alone. */
import { withIdentities } from '#device-runtime';
import { createIdentity, identitySecretText } from '../../link/identity.ts';
import type { Production } from './production-options.ts';

/** The options with identities as texts; who comes to a room without one has one made. Throws CONFIG for a file that cannot be read. */
export const withOwnIdentity = (options: Production): Production => {
  const o = withIdentities(options);
  const nameless = (o.identity ?? o.keptIdentity ?? o.passingIdentity) === undefined;
  return o.room !== undefined && nameless
    ? { ...o, passingIdentity: identitySecretText(createIdentity()) }
    : o;
};
