/** @file Bob on a command line, in Node or Deno: joins the room of a link and plays a demo's other side. */
import { readRoomLink } from '../../src/index.ts';
import { playBob } from './node-party.ts';

const [link = '', what = 'salaries'] = process.argv.slice(2);
const room = URL.canParse(link) ? readRoomLink(link) : undefined;
if (room === undefined) {
  console.error('usage: join.js "<room link>" [salaries | training | digits]');
  process.exitCode = 2;
} else {
  await playBob(room, what);
  console.log('done');
}
