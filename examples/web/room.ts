/** @file The part that all demos share: making and joining a room, and saying how things stand. */
import {
  createRoom,
  keepIdentity,
  type Room,
  readRoomLink,
  roomLink,
  roomOptions,
  type Session,
  session,
  type TesseraError,
} from '../../src/browser/index.ts';
import { untilDone } from './again.ts';
import type { Party } from './programs.ts';

export const byId = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
};

/** Says how things stand; screen readers read it out. */
export const say = (text: string, state: 'busy' | 'good' | 'bad' | '' = ''): void => {
  const status = byId('status');
  status.textContent = text;
  status.dataset.state = state;
};

export const show = (id: string, on = true): void => {
  byId(id).hidden = !on;
};

/** Says of a page that both sides are workers of it. */
export const inThisTab = (): void => {
  show('room', false);
  const way = byId<HTMLAnchorElement>('way');
  way.href = location.pathname;
  way.textContent = 'open it in two tabs';
  byId('trust').textContent =
    'Both sides are workers of this tab, and nothing leaves it. What passes between them is what passes between two tabs.';
};

/** Bytes as grey values on a square canvas, from the top; what comes later goes on where the last stopped. */
export const painter = (id: string, side: number): ((bytes: Uint8Array) => void) => {
  const context = byId<HTMLCanvasElement>(id).getContext('2d')!;
  const image = context.createImageData(side, side);
  let at = 0;
  let due = false;
  return (bytes) => {
    for (const value of bytes.subarray(0, side * side)) {
      image.data.set([value, value, value, 255], at * 4);
      at = (at + 1) % (side * side);
    }
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      context.putImageData(image, 0, 0);
    });
  };
};

/** Lets the page answer and paint before the work goes on. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** How this page takes part. */
export interface Seat {
  readonly self: Party | undefined;
  readonly session: Session;
  readonly dealer: boolean;
}

const post = async (path: string, body: object): Promise<boolean> => {
  try {
    const answer = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
    return answer.ok;
  } catch {
    return false;
  }
};

const relayOf = async (): Promise<string> => {
  const answer = await fetch('config.json');
  return ((await answer.json()) as { relay: string }).relay;
};

/** The room of this page's address, or a new one, with a dealer if the server lends one. */
const enter = async (): Promise<{ room: Room; self: Party }> => {
  const known = readRoomLink(location.href);
  if (known !== undefined) {
    const self = sessionStorage.getItem(`seat of ${known.name}`) === 'alice' ? 'alice' : 'bob';
    return { room: known, self };
  }
  const me = await keepIdentity();
  const room = createRoom({
    parties: ['alice', 'bob'],
    relay: await relayOf(),
    dealer: 'dealer',
    identities: { alice: me.fingerprint },
  });
  sessionStorage.setItem(`seat of ${room.name}`, 'alice');
  history.replaceState(null, '', roomLink(location.href, room));
  return { room, self: 'alice' };
};

/** Asks the server for the guest's seat, which it keeps for this tab. True also where a server keeps none. */
const takeSeat = ({ name }: Room): Promise<boolean> =>
  new Promise((resolve) => {
    const key = `token of ${name}`;
    const token = sessionStorage.getItem(key) ?? crypto.randomUUID();
    sessionStorage.setItem(key, token);
    const seat = new EventSource(`api/seat?${new URLSearchParams({ room: name, token })}`);
    seat.onmessage = ({ data }) => {
      if (data !== 'yours') seat.close();
      resolve(data === 'yours');
    };
    seat.onerror = () => resolve(true);
  });

/** What is kept of a run in this tab, so that it can go on after a reload: never anywhere but here. */
interface Kept {
  readonly inputs: unknown;
  /** Identities of the others, once they are met: who comes back must be one of them. */
  readonly identities: Readonly<Record<string, string>>;
}

const kept = {
  key: ({ name }: Room) => `run in ${name}`,
  read: (room: Room): Kept | undefined => {
    const text = sessionStorage.getItem(kept.key(room));
    return text === null ? undefined : (JSON.parse(text) as Kept);
  },
  write: (room: Room, run: Kept): void => {
    try {
      sessionStorage.setItem(kept.key(room), JSON.stringify(run));
    } catch {
      // More than a tab may keep: after a reload it has to be chosen again.
      kept.clear(room);
    }
  },
  clear: (room: Room): void => sessionStorage.removeItem(kept.key(room)),
};

/** This page is being left: what fails from here on fails because of that, and nobody sees it. */
let leaving = false;
addEventListener('pagehide', () => {
  leaving = true;
});
// A page that the browser had set aside has lost its worker's connections.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

/** Bytes that pass between this tab and the others. */
export interface Taps {
  readonly onReceived?: (from: string, bytes: Uint8Array) => void;
  readonly onSent?: (to: string, bytes: Uint8Array) => void;
}

export interface DemoRoom {
  readonly room: Room;
  readonly self: Party;
  /** The inputs of a run that a reload of this page has interrupted. */
  readonly interrupted: unknown;
  /** Keeps other inputs for the run that goes on. */
  keep(inputs: unknown): void;
  /** Waits for the other side, and works with it; again from the start when it was reloaded, or this page was. */
  attend<T>(inputs: unknown, work: (seat: Seat) => Promise<T>, taps?: Taps): Promise<T>;
}

const name = (party: string): string => `${party[0]!.toUpperCase()}${party.slice(1)}`;

const EVENTS: Readonly<Record<string, readonly [string, 'busy' | 'good' | 'bad']>> = {
  up: ['is here', 'good'],
  resumed: ['is back', 'good'],
  down: ['dropped out: waiting for it to come back', 'busy'],
};

/** Makes or joins the room, and fills in the page's part about it. `what`: the demo's name, for a party in Node. */
export const openRoom = async (what: string): Promise<DemoRoom> => {
  const { room, self } = await enter();
  if (self === 'bob' && !(await takeSeat(room))) {
    for (const id of ['seat', 'guest']) show(id, false);
    byId<HTMLAnchorElement>('own-room').href = location.pathname;
    show('full');
    for (const control of document.querySelectorAll<HTMLButtonElement>('main :is(button, input, select)'))
      control.disabled = true;
    throw new Error('This room is full: Alice and Bob are both here. Neither has noticed you.');
  }
  const link = location.href;
  const before = kept.read(room);
  byId('seat').textContent = self === 'alice' ? 'You are Alice.' : 'You are Bob.';
  byId<HTMLInputElement>('link').value = link;
  show('invite', self === 'alice');
  show('guest', self === 'bob');
  byId('copy').onclick = async () => {
    await navigator.clipboard.writeText(link);
    byId('copy').textContent = 'Copied';
  };
  byId('play-node').onclick = async () => {
    byId<HTMLButtonElement>('play-node').disabled = true;
    if (!(await post('api/party', { link, what })))
      say('This server lends no party, or Bob is here already.', 'bad');
  };
  const me = await keepIdentity(self === 'alice' ? 'default' : 'guest');
  // Alice lends the dealer; if there is none to lend, the room cannot work, and says so in its time.
  const lend = async () => self === 'alice' && (await post('api/dealer', { link }));
  let run: Kept = { inputs: undefined, identities: before?.identities ?? {} };
  const keep = (change: Partial<Kept>): void => {
    run = { ...run, ...change };
    kept.write(room, run);
  };
  /** Somebody has left and been named: that its connections end as well is no news. */
  let alone = false;
  /** The result is here: who leaves now takes nothing with it. */
  let done = false;
  const absent = async ({ message }: Error): Promise<void> => {
    alone = true;
    if (leaving) await new Promise(() => {});
    say(`${message.replace(' (session.rejoin)', '')}. Waiting for it ...`, 'busy');
    await lend();
  };
  const meet = async (signal: AbortSignal, taps: Taps): Promise<Session> => {
    say('Waiting for the other side: send it the link, or open it in another tab.', 'busy');
    await lend();
    return session({
      ...roomOptions({ ...room, identities: { ...room.identities, ...run.identities } }, self),
      ...me.options,
      ...taps,
      signal,
      loggingLevel: 'warning',
      crossSilo: { heartbeatMs: 500, peerTimeoutMs: 30_000, readyTimeoutMs: 600_000 },
      onPeer: ({ party, state, error }) => {
        // Of a wrong link is told at once; of who has not come yet, in `Waiting for`.
        if (state === 'waiting' && (error as TesseraError | undefined)?.code === 'IDENTITY')
          say(`${name(party)}: ${error!.message}.`, 'bad');
        const known = EVENTS[state];
        if (known === undefined || done || party === 'dealer' || (alone && state === 'down')) return;
        say(`${name(party)} ${known[0]}.`, known[1]);
      },
    });
  };
  return {
    room,
    self,
    interrupted: before?.inputs,
    keep: (inputs) => keep({ inputs }),
    attend: async (inputs, work, taps = {}) => {
      done = false;
      const stop = new AbortController();
      byId('stop').onclick = () => stop.abort();
      show('stop');
      keep({ inputs });
      const seated = async (s: Session) => {
        alone = false;
        const others = Object.entries(s.identities).filter(([party]) => room.parties.includes(party));
        keep({ identities: Object.fromEntries(others) });
        document.body.dataset.met = String(Math.round(performance.now()));
        const result = await work({ self, session: s, dealer: true });
        // A reload from here on begins anew, also while the session still ends.
        done = true;
        kept.clear(room);
        return result;
      };
      try {
        return await untilDone(await meet(stop.signal, taps), seated, absent);
      } catch (e) {
        if (leaving) await new Promise(() => {});
        throw e;
      } finally {
        run = { inputs: undefined, identities: {} };
        kept.clear(room);
        show('stop', false);
      }
    },
  };
};

/** All parties as workers of this page: for looking and trying, without secrecy from whoever holds the page. */
export const openTab = async (
  onReceived?: (from: string, bytes: Uint8Array, self: string) => void,
): Promise<Seat> => ({
  self: undefined,
  dealer: true,
  session: await session({
    parties: ['alice', 'bob'],
    loggingLevel: 'warning',
    ...(onReceived && { onReceived }),
  }),
});

/** Runs a demo's main part; what goes wrong is shown. */
export const run = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (e) {
    say((e as Error).message, 'bad');
    console.error(e);
  }
};
