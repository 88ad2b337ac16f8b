/**
 * @file Rooms: an invitation as a link. What stands behind the `#` never leaves the browser: the room's name, its key
 * (who has it may take part), the relay or addresses, and the fingerprints of parties that are known already.
 *
 *     https://host/page#room=<name>&key=<43 characters>&parties=alice,bob&relay=wss://...&id.alice=<43 characters>
 */
import { fail } from '../errors.ts';
import { identityText, parseIdentity } from './identity.ts';

export interface Room {
  /** The job's name. */
  readonly name: string;
  /** `tessera-room-1:` and 43 characters. */
  readonly key: string;
  readonly parties: readonly string[];
  readonly relay?: string;
  /** Addresses of parties that listen. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** The name of a dealer that takes part. */
  readonly dealer?: string;
  /** Fingerprints: the identities (`tessera-id-1:...`) that these parties must prove. */
  readonly identities?: Readonly<Record<string, string>>;
}

const PREFIX = 'tessera-room-1:';
const ID_PREFIX = 'tessera-id-1:';

const toText = (bytes: Uint8Array): string => identityText({ publicKey: bytes }).slice(ID_PREFIX.length);
const randomText = (): string => toText(crypto.getRandomValues(new Uint8Array(32)));

/** The 32 bytes of a room's key. */
export const parseRoomKey = (key: string): Uint8Array =>
  key.startsWith(PREFIX)
    ? parseIdentity(ID_PREFIX + key.slice(PREFIX.length), 'room.key')
    : fail('CONFIG', `room.key should be "${PREFIX}" and 43 characters, as createRoom makes it`, {
        path: 'room.key',
      });

/**
 * A room with a fresh name and key.
 * @example
 * const room = sf.createRoom({ parties: ['alice', 'bob'], relay: 'wss://relay.example' });
 * room.parties // ['alice', 'bob']
 * room.key.startsWith('tessera-room-1:') // true
 */
export const createRoom = (options: Omit<Room, 'name' | 'key'> & { readonly name?: string }): Room => ({
  ...options,
  name: options.name ?? randomText().slice(0, 12),
  key: PREFIX + randomText(),
});

/**
 * The link that invites to a room, on `page`. Send it over a channel that only the invited can read.
 * @example
 * const room = sf.createRoom({ parties: ['alice', 'bob'], relay: 'wss://relay.example' });
 * sf.roomLink('https://host.example/page', room).startsWith('https://host.example/page#room=') // true
 */
export const roomLink = (page: string, room: Room): string => {
  const hash = new URLSearchParams({ room: room.name, key: room.key.slice(PREFIX.length) });
  hash.set('parties', room.parties.join(','));
  if (room.relay !== undefined) hash.set('relay', room.relay);
  if (room.dealer !== undefined) hash.set('dealer', room.dealer);
  for (const [party, address] of Object.entries(room.addresses ?? {})) hash.set(`at.${party}`, address);
  for (const [party, id] of Object.entries(room.identities ?? {}))
    hash.set(`id.${party}`, id.slice(ID_PREFIX.length));
  const url = new URL(page);
  url.hash = hash.toString();
  return url.href;
};

const entries = (hash: URLSearchParams, prefix: string, before = ''): Record<string, string> =>
  Object.fromEntries(
    [...hash].filter(([k]) => k.startsWith(prefix)).map(([k, v]) => [k.slice(prefix.length), before + v]),
  );

/**
 * Reads a room from a link; undefined if it invites to none. Throws CONFIG for a broken one.
 * @example
 * const room = sf.createRoom({ parties: ['alice', 'bob'], relay: 'wss://relay.example' });
 * sf.readRoomLink(sf.roomLink('https://host.example/page', room))?.name === room.name // true
 * sf.readRoomLink('https://host.example/page') // undefined
 * sf.readRoomLink('https://host.example/page#room=x') // throws CONFIG
 */
export const readRoomLink = (link: string): Room | undefined => {
  const hash = new URLSearchParams(new URL(link).hash.slice(1));
  const name = hash.get('room');
  const key = hash.get('key');
  if (name === null && key === null) return undefined;
  const parties = (hash.get('parties') ?? '').split(',').filter((p) => p !== '');
  if (name === null || name === '' || key === null || parties.length < 2)
    return fail('CONFIG', 'this link is incomplete: copy all of it, with what stands behind the #', {
      path: 'room',
    });
  const room: Room = {
    name,
    key: PREFIX + key,
    parties,
    addresses: entries(hash, 'at.'),
    identities: entries(hash, 'id.', ID_PREFIX),
    ...(hash.has('relay') && { relay: hash.get('relay')! }),
    ...(hash.has('dealer') && { dealer: hash.get('dealer')! }),
  };
  parseRoomKey(room.key);
  for (const [party, id] of Object.entries(room.identities!)) parseIdentity(id, `id.${party}`);
  return room;
};

/**
 * What `sf.session` takes for `self` in that room; spread more options beside it.
 * @example
 * const room = sf.createRoom({ parties: ['alice', 'bob'], relay: 'wss://relay.example' });
 * sf.roomOptions(room, 'alice').clusterConfig.selfParty // 'alice'
 */
export const roomOptions = (room: Room, self: string) => {
  const place = (party: string): { readonly address?: string } => {
    const address = room.addresses?.[party];
    return address === undefined ? {} : { address };
  };
  const known = Object.entries(room.identities ?? {}).filter(([party]) => party !== self);
  return {
    clusterConfig: {
      parties: Object.fromEntries(room.parties.map((party) => [party, place(party)] as const)),
      selfParty: self,
      ...(room.dealer !== undefined && { dealer: { name: room.dealer, ...place(room.dealer) } }),
    },
    jobName: room.name,
    room: { key: room.key, ...(room.relay !== undefined && { relay: room.relay }) },
    ...(known.length > 0 && { peerIdentities: Object.fromEntries(known) }),
  };
};
