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
} from '../../src/browser/index.ts';
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

export interface DemoRoom {
  readonly room: Room;
  readonly self: Party;
  /** Waits for the other side, and starts a session with it. */
  meet(options?: { onReceived?: (from: string, bytes: Uint8Array) => void }): Promise<Seat>;
}

const EVENTS: Readonly<Record<string, readonly [string, 'busy' | 'good' | 'bad']>> = {
  up: ['is here', 'good'],
  resumed: ['is back', 'good'],
  down: ['dropped out: waiting for it to come back', 'busy'],
  lost: ['is lost', 'bad'],
};

/** Makes or joins the room, and fills in the page's part about it. `what`: the demo's name, for a party in Node. */
export const openRoom = async (what: string): Promise<DemoRoom> => {
  const { room, self } = await enter();
  const link = location.href;
  byId('seat').textContent = self === 'alice' ? 'You are Alice.' : 'You are Bob.';
  byId<HTMLInputElement>('link').value = link;
  show('invite', self === 'alice');
  byId('copy').onclick = async () => {
    await navigator.clipboard.writeText(link);
    byId('copy').textContent = 'Copied';
  };
  byId('play-node').onclick = async () => {
    byId<HTMLButtonElement>('play-node').disabled = true;
    if (!(await post('api/party', { link, what }))) say('This server has no party to lend.', 'bad');
  };
  const me = await keepIdentity(self === 'alice' ? 'default' : 'guest');
  return {
    room,
    self,
    meet: async (options = {}) => {
      const stop = new AbortController();
      byId('stop').onclick = () => stop.abort();
      show('stop');
      say('Waiting for the other side: send it the link, or open it in another tab.', 'busy');
      // Alice lends the dealer; if there is none to lend, the room cannot work, and says so in its time.
      if (self === 'alice') await post('api/dealer', { link });
      const started = await session({
        ...roomOptions(room, self),
        ...me.options,
        ...options,
        signal: stop.signal,
        loggingLevel: 'warning',
        crossSilo: { heartbeatMs: 500, peerTimeoutMs: 30_000, readyTimeoutMs: 600_000 },
        onPeer: ({ party, state }) => {
          const known = EVENTS[state];
          if (known !== undefined && party !== 'dealer') say(`${party} ${known[0]}.`, known[1]);
        },
      });
      document.body.dataset.met = String(Math.round(performance.now()));
      return { self, session: started, dealer: true };
    },
  };
};

/** All parties as workers of this page: for looking and trying, without secrecy from whoever holds the page. */
export const openTab = async (): Promise<Seat> => ({
  self: undefined,
  dealer: true,
  session: await session({ parties: ['alice', 'bob'], loggingLevel: 'warning' }),
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
