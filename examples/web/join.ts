/** @file A party on a command line, in Node or Deno: joins the room of a link and plays a demo's other side. */
import { readRoomLink } from 'tessera-mpc';
import { playParty } from './node-party.ts';

const [link = '', what = 'salaries', self = 'bob'] = process.argv.slice(2);
const room = URL.canParse(link) ? readRoomLink(link) : undefined;
if (room === undefined || (self !== 'alice' && self !== 'bob')) {
  console.error('usage: join.js "<room link>" [salaries | training | digits] [bob | alice]');
  process.exitCode = 2;
} else console.log(JSON.stringify((await playParty(room, what, self)) ?? 'done'));
