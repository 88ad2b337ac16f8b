/** @file `storageKey`: a party's own, and that of a simulation: one for all parties, or one for each. */
import { byParty, configError, either, refine, type Schema, text } from '../config/schema.ts';
import { fail, oneOf } from '../errors.ts';

/** The key of each party, or one for all. */
export type StorageKeys = string | Readonly<Record<string, string>>;

/** 32 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;
const WANTED = '32 bytes in base64 are wanted, as `openssl rand -base64 32` makes them';

/** One party's. */
export const partyKey: Schema<string> = refine(text, (value) =>
  KEY.test(value) ? value : fail('CONFIG', WANTED),
);

/** A key for all parties, or an object with one for each. */
export const storageKeys: Schema<StorageKeys> = either(
  (x) => typeof x === 'string',
  partyKey,
  byParty(partyKey),
);

/** Throws CONFIG for keys of nobody. */
export const forParties = (keys: StorageKeys, parties: readonly string[]): StorageKeys => {
  const stranger = typeof keys === 'object' && Object.keys(keys).find((party) => !parties.includes(party));
  if (typeof stranger === 'string')
    configError(`storageKey.${stranger}`, `there is no such party: ${oneOf(parties)}`);
  return keys;
};

/** Throws CONFIG where a party has none: nothing is written in the clear. */
export const storageKeyOf = (keys: StorageKeys | undefined, party: string): string =>
  (typeof keys === 'object' ? (Object.hasOwn(keys, party) ? keys[party] : undefined) : keys) ??
  fail(
    'CONFIG',
    `storageKey: the shares of ${party} are written encrypted or not at all: give sf.init a storageKey, 32 bytes in base64 for ` +
      'all parties (`openssl rand -base64 32`), or an object with one for each',
    { path: 'storageKey', party },
  );
