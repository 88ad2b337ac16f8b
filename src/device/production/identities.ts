/** @file Identities in the options of a party, in Node and Deno: each may be the name of a file that `tessera keygen` has written. */
import { readFileSync } from 'node:fs';
import { TesseraError } from '../../errors.ts';
import { parseIdentity } from '../../link/identity.ts';
import type { Production } from './production-options.ts';

/** Text of an identity, which may stand in a file of its own; `what` names it in errors. */
const readIdentity = (given: string, what: string): string => {
  if (given.startsWith('tessera-')) return given;
  try {
    return readFileSync(given, 'utf8').trim();
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'no file';
    const message = `${what}: neither an identity, as \`tessera keygen\` writes it, nor a file that can be read (${why})`;
    // The error of the platform repeats what was given, which may be a secret that was mistyped.
    throw new TesseraError('CONFIG', message, { path: what });
  }
};

const dealerOf = (given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
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
