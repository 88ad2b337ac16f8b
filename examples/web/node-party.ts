/** @file Bob in Node: the other side of a demo, for who has only one tab open. */
import { readFileSync } from 'node:fs';
import { type Room, roomOptions, type Session, session, TesseraError } from 'tessera-mpc';
import { parseCsv } from '../lib/csv.ts';
import { projectFile } from '../lib/project.ts';
import { untilDone } from './again.ts';
import { meaning } from './meaning.ts';
import { compareSalaries, digits, type Network, type Party, train } from './programs.ts';
import { Witness } from './witness.ts';

const SALARIES = [52_000, 48_000, 61_000, 39_500, 75_000];
const EPOCHS = 10;
/** How long a side that was reloaded is waited for. */
const GRACE_MS = 30_000;

const fileText = (...parts: readonly string[]): string =>
  readFileSync(projectFile('examples', ...parts), 'utf8');

/** `watch`: a witness of what passes from now on. */
type Play = (s: Session, dealer: boolean, self: Party, watch: () => Witness) => Promise<unknown>;

const PLAYS: Readonly<Record<string, Play>> = {
  salaries: (s, dealer, self) => compareSalaries(s, { [self]: SALARIES }, dealer),
  training: (s, dealer, _, watch) => {
    const table = parseCsv(fileText('data', 'patients_b.csv'), 'patients_b.csv');
    return train(s, { bob: table }, dealer, EPOCHS, () => {}, watch());
  },
  digits: async (s, dealer) => {
    const { w1, b1, w2, b2 } = JSON.parse(fileText('web', 'data', 'digits-net.json')) as Network;
    const { look } = digits(s, { w1, b1, w2, b2 }, dealer);
    // Picture after picture, until alice leaves.
    for (;;) await look(undefined);
  },
  search: async (s, dealer) => {
    const { ask } = await meaning(s, undefined, dealer);
    return ask('Where can I eat something Italian tonight?');
  },
};

/** Joins the room and plays one demo to its end, as bob, or in that of the salaries as alice too. */
export const playParty = async (room: Room, what: string, self: Party = 'bob'): Promise<unknown> => {
  const play = PLAYS[what];
  if (play === undefined) throw new TesseraError('INVALID_ARGUMENT', `there is no demo "${what}"`);
  const dealer = room.dealer !== undefined;
  let witness: Witness | undefined;
  const watch = () => {
    witness = new Witness();
    return witness;
  };
  const s = await session({
    ...roomOptions(room, self),
    loggingLevel: 'warning',
    onReceived: (_, bytes) => witness?.received.add(bytes),
    onSent: (_, bytes) => witness?.sent.add(bytes),
    allowTrustedFirstParty: !dealer,
    crossSilo: { spin: false, peerTimeoutMs: GRACE_MS },
  });
  return untilDone(
    s,
    (now) => play(now, dealer, self, watch),
    ({ message }) => console.error(`${self}: ${message}. Waiting for it.`),
  );
};
