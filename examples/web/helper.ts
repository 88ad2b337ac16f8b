/** @file A process of the demo server: the dealer of a room, or bob. Is told by a message which, and ends when it is done. */
import { readRoomLink, roomOptions, startDealer } from 'tessera-mpc';
import { playParty } from './node-party.ts';

export interface Errand {
  readonly role: 'dealer' | 'bob';
  readonly link: string;
  readonly what: string;
}

process.once('message', async ({ role, link, what }: Errand) => {
  try {
    const room = readRoomLink(link)!;
    if (role === 'bob') await playParty(room, what);
    else await (await startDealer(roomOptions(room, room.dealer ?? 'dealer'))).done;
  } catch (e) {
    console.error(`${role}: ${(e as Error).message}`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
});
