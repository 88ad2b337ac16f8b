/** @file Identities in the options of a party: each may be the name of a file that `tessera keygen` has written. */
import { readIdentity } from '#device-runtime';
import { createIdentity, identitySecretText, parseIdentity } from '../../link/identity.ts';
import type { Production } from './production-options.ts';

const dealerOf = (given: string): string => {
  const text = readIdentity(given, 'storedMaterial.dealer');
  parseIdentity(text, 'storedMaterial.dealer');
  return text;
};

/** The options with identities as texts. Throws CONFIG for a file that cannot be read. */
export const withIdentities = (o: Production): Production => ({
  ...o,
  identity: o.identity === undefined ? undefined : readIdentity(o.identity, 'identity'),
  peerIdentities:
    o.peerIdentities &&
    Object.fromEntries(
      Object.entries(o.peerIdentities).map(([party, text]) => [
        party,
        readIdentity(text, `peerIdentities.${party}`),
      ]),
    ),
  storedMaterial: o.storedMaterial && { ...o.storedMaterial, dealer: dealerOf(o.storedMaterial.dealer) },
});

/** And who comes to a room without one has one made for this program. */
export const withOwnIdentity = (options: Production): Production => {
  const o = withIdentities(options);
  const nameless = (o.identity ?? o.keptIdentity ?? o.passingIdentity) === undefined;
  return o.room !== undefined && nameless
    ? { ...o, passingIdentity: identitySecretText(createIdentity()) }
    : o;
};
