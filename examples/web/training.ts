/** @file The page of demo (b): training, with live curves and pictures of what passes between both sides. */

import type { Progress } from 'tessera-mpc';
import { area } from '../lib/metrics.ts';
import type { Table } from '../lib/table.ts';
import {
  type EpochEvent,
  type Outcome,
  type Own,
  type Party,
  type People,
  type Rows,
  train,
} from './programs.ts';
import { readTable } from './read-table.ts';
import { byId, inThisTab, openRoom, openTab, painter, pause, run, type Seat, say, show } from './room.ts';
import { Witness } from './witness.ts';

const EPOCHS = 10;
const SIDE = 64;
const SAMPLES = { alice: 'data/patients_a.csv', bob: 'data/patients_b.csv' } as const;

/** Each chart in a task of its own: starting them all at once would keep the page from answering. */
const charts = (async () => {
  const { lineChart } = await import('./charts.ts');
  await pause();
  const loss = lineChart('loss', { x: 'epoch', y: 'cross-entropy' });
  await pause();
  const beside = [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  const roc = lineChart('roc', { x: 'false positives', y: 'true positives', max: 1, beside });
  return { loss, roc };
})();

const kilo = (n: number): string => (n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`);

const started = { at: 0 };
const losses: { x: number; y: number }[] = [];

const progress = ({ epoch, loss, rounds, bytes, dealerBytes }: EpochEvent): void => {
  losses.push({ x: epoch, y: loss });
  void charts.then((c) => c.loss.draw(losses));
  const text = `Epoch ${epoch} of ${EPOCHS}: loss ${loss.toFixed(4)}`;
  byId('loss').setAttribute('aria-label', text);
  byId('loss-text').textContent = text;
  byId('rounds').textContent = String(rounds);
  byId('bytes').textContent = Object.entries(bytes)
    .filter(([, n]) => n > 0)
    .map(([party, n]) => `${kilo(n)} by ${titled(party)}`)
    .join(', ');
  byId('dealt').textContent = dealerBytes > 0 ? kilo(dealerBytes) : 'goes to Alice';
  byId('time').textContent = `${((performance.now() - started.at) / 1000).toFixed(1)} s`;
  say(text, 'busy');
};

/** How far the epoch at work is. What comes after the last is none. */
const within = ({ rounds, roundsInAll, remainingMs, done }: Progress): void => {
  if (done || remainingMs === undefined || losses.length === EPOCHS) return;
  const left = `${(remainingMs / 1000).toFixed(1)} s left`;
  byId('loss-text').textContent =
    `Epoch ${losses.length + 1} of ${EPOCHS}: ${rounds} of ${roundsInAll} rounds, ${left}`;
};

const tell = ({ accuracy, roc, confusion, people }: Outcome): void => {
  void charts.then((c) => c.roc.draw(roc.map(([x, y]) => ({ x, y }))));
  const text = `Area under the curve ${area(roc).toFixed(4)}, accuracy ${(accuracy * 100).toFixed(1)} %`;
  byId('roc').setAttribute('aria-label', text);
  byId('roc-text').textContent = text;
  confusion.forEach((row, i) => {
    row.forEach((n, j) => {
      byId(`c${i}${j}`).textContent = String(n);
    });
  });
  say(`Done. ${text}. ${people} people are in both tables.`, 'good');
};

const blank = (id: string): void => byId<HTMLCanvasElement>(id).getContext('2d')!.clearRect(0, 0, SIDE, SIDE);

/** Results of an earlier run go: they are not of what comes now. */
const clear = (): void => {
  losses.length = 0;
  void charts.then((c) => {
    c.loss.draw([]);
    c.roc.draw([]);
  });
  byId('loss').setAttribute('aria-label', 'Loss after each epoch: nothing yet');
  byId('roc').setAttribute('aria-label', 'ROC curve: nothing yet');
  for (const id of ['loss-text', 'roc-text']) byId(id).textContent = 'Nothing yet.';
  for (const id of ['c00', 'c01', 'c10', 'c11', 'rounds', 'bytes', 'dealt', 'time'])
    byId(id).textContent = '–';
  for (const passed of [sent, received]) passed.clear();
};

/** The table as the ring has it: fixed-point numbers, 16 bytes each. */
const paintOwn = (rows: Rows): void => {
  const numbers = rows.flat().slice(0, (SIDE * SIDE) / 16);
  const bytes = new DataView(new ArrayBuffer(numbers.length * 16));
  numbers.forEach((x, i) => {
    const scaled = Math.round(x * 2 ** 26);
    const high = Math.floor(scaled / 2 ** 32);
    bytes.setInt32(i * 16, scaled | 0, true);
    bytes.setInt32(i * 16 + 4, high, true);
    bytes.setInt32(i * 16 + 8, high < 0 ? -1 : 0, true);
    bytes.setInt32(i * 16 + 12, high < 0 ? -1 : 0, true);
  });
  painter('own-picture', SIDE)(new Uint8Array(bytes.buffer));
};

/** One direction between this tab and the other side: its picture, and what is said of it. */
const passage = (id: string, words: (n: string, who: string) => string) => {
  let paint = painter(id, SIDE);
  const nothing = byId(id).getAttribute('aria-label')!;
  let count = 0;
  const text = (who: string, more = ''): void => {
    const said = `${words(kilo(count), who)}: noise, whatever the data are; stripes are masked digits of few bits.${more}`;
    byId(`${id}-text`).textContent = said;
    byId(id).setAttribute('aria-label', `Grey values, one a byte. ${said}`);
  };
  return {
    clear: () => {
      count = 0;
      blank(id);
      paint = painter(id, SIDE);
      byId(`${id}-text`).textContent = 'Nothing yet.';
      byId(id).setAttribute('aria-label', nothing);
    },
    add: (party: string, bytes: Uint8Array): void => {
      count += bytes.length;
      paint(bytes);
      text(titled(party));
    },
    confirm: (party: string, bytes: number | undefined): void =>
      text(
        titled(party),
        bytes === undefined
          ? ' But the SHA-256 at both ends differ!'
          : ` SHA-256 of ${kilo(bytes)} is the same at both ends.`,
      ),
  };
};

const titled = (party: string): string => `${party[0]!.toUpperCase()}${party.slice(1)}`;
const sent = passage('sent-picture', (n, who) => `${n} of what ${who} has from you`);
const received = passage('picture', (n, who) => `${n} of what you have from ${who}`);
let witness = new Witness();
const onReceived = (from: string, bytes: Uint8Array): void => {
  received.add(from, bytes);
  witness.received.add(bytes);
};
const onSent = (to: string, bytes: Uint8Array): void => {
  sent.add(to, bytes);
  witness.sent.add(bytes);
};

const start = async (seat: Seat, own: Own<People>): Promise<void> => {
  started.at = performance.now();
  witness = new Witness();
  clear();
  say('Training ...', 'busy');
  seat.session.onProgress = within;
  const outcome = await train(seat.session, own, seat.dealer, EPOCHS, progress, witness);
  document.body.dataset.ms = String(Math.round(performance.now() - started.at));
  if (seat.self !== undefined) {
    const other = seat.self === 'alice' ? 'bob' : 'alice';
    sent.confirm(other, outcome.confirmed[other]);
    received.confirm(other, outcome.confirmed[seat.self]);
  }
  tell(outcome);
};

/** Both sides as workers of this page. */
const alone = async (own: Own<People>): Promise<void> => {
  const seat = await openTab((from, bytes, self) => {
    if (self === 'bob' && from === 'alice') sent.add(self, bytes);
    if (self === 'alice' && from === 'bob') received.add(from, bytes);
  });
  try {
    await start(seat, own);
  } finally {
    await seat.session.shutdown().catch(() => {});
  }
};

/** With fewer there is nothing to train and to test on. */
const LEAST_ROWS = 20;

/** A table that is larger has to be chosen again when the page was reloaded. */
const KEPT_BYTES = 2e6;

const fetched = async (file: string): Promise<File> =>
  new File([await (await fetch(file)).blob()], file.split('/').at(-1)!);

const read = (file: File, party: Party, progress: (share: number) => void): Promise<Table> =>
  readTable({ source: file, name: file.name, labelled: party === 'bob', leastRows: LEAST_ROWS }, progress);

/** A table as it was given: a page that was reloaded reads it again. */
interface Given {
  readonly name: string;
  readonly text: string;
}

interface Chosen {
  given: Given | undefined;
  table: People | undefined;
  take(file: File): Promise<void>;
}

/** The table of this party: chosen, dropped, or the sample. */
const chooser = (party: Party): Chosen => {
  const go = byId<HTMLButtonElement>('go');
  const bar = byId<HTMLProgressElement>('reading');
  let last: File | undefined;
  /** With what cannot be read there is nothing to train with. */
  const take = (file: File): Promise<void> =>
    run(async () => {
      last = file;
      chosen.table = undefined;
      chosen.given = undefined;
      go.disabled = true;
      clear();
      blank('own-picture');
      bar.value = 0;
      show('reading');
      byId('table').textContent = `Reading ${file.name} ...`;
      try {
        const table = await read(file, party, (share) => {
          if (last === file) bar.value = share;
        });
        // Another may have been chosen meanwhile.
        if (last !== file) return;
        if (file.size <= KEPT_BYTES) chosen.given = { name: file.name, text: await file.text() };
        const { columns, rows, ids } = table;
        chosen.table = table;
        byId('table').textContent =
          `${file.name}: ${rows.length} rows, ${columns.length} columns${ids ? ' beside the identifiers' : ''}.`;
        go.disabled = false;
        paintOwn(rows);
        say('Ready: train when you like.');
      } catch (e) {
        if (last !== file) return;
        byId('table').textContent = `${file.name} cannot be used.`;
        throw e;
      } finally {
        if (last === file) show('reading', false);
      }
    });
  const chosen: Chosen = { given: undefined, table: undefined, take };
  const file = byId<HTMLInputElement>('file');
  file.onchange = () => {
    const [first] = file.files ?? [];
    if (first) void take(first);
  };
  const drop = byId('drop');
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add('over');
  };
  drop.ondragleave = () => drop.classList.remove('over');
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const [first] = event.dataTransfer?.files ?? [];
    if (first) void take(first);
  };
  byId('sample').onclick = () => void run(async () => take(await fetched(SAMPLES[party])));
  return chosen;
};

void run(async () => {
  const tab = new URLSearchParams(location.search).has('tab');
  const room = tab ? undefined : await openRoom('training');
  const self = room?.self ?? 'alice';
  const chosen = chooser(self);
  if (tab) {
    inThisTab();
    say('You are Alice and Bob: your table is Alice’s, Bob’s is the sample.');
  } else say('Choose a table, then train.');
  byId<HTMLFormElement>('form').onsubmit = (event) => {
    event.preventDefault();
    void run(async () => {
      byId<HTMLButtonElement>('go').disabled = true;
      const own: Own<People> = tab
        ? { alice: chosen.table!, bob: await read(await fetched(SAMPLES.bob), 'bob', () => {}) }
        : { [self]: chosen.table! };
      try {
        if (room !== undefined)
          await room.attend(chosen.given, (seat) => start(seat, own), { onReceived, onSent });
        else await alone(own);
      } finally {
        byId<HTMLButtonElement>('go').disabled = chosen.table === undefined;
      }
    });
  };
  const interrupted = room?.interrupted as Given | undefined;
  if (interrupted !== undefined) {
    await chosen.take(new File([interrupted.text], interrupted.name));
    if (chosen.table !== undefined) byId<HTMLFormElement>('form').requestSubmit();
  }
  document.body.dataset.ready = 'yes';
});
