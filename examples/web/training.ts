/** @file The page of demo (b): training, with live curves and a picture of what the other side sent. */
import { Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js';
import { area } from '../lib/metrics.ts';
import { parseCsv } from './csv.ts';
import { type EpochEvent, type Own, type Rows, train, type Verdict } from './programs.ts';
import { byId, openRoom, openTab, run, type Seat, say, show } from './room.ts';

Chart.register(LinearScale, LineController, LineElement, PointElement, Tooltip);

const EPOCHS = 10;
const SIDE = 64;
const SAMPLES = { alice: 'data/breast_cancer_a.csv', bob: 'data/breast_cancer_b.csv' } as const;

const style = getComputedStyle(document.documentElement);
const colour = (name: string): string => style.getPropertyValue(name).trim();

/** A chart of one line, and of a dashed one to compare it with. */
const chartOf = (
  id: string,
  x: string,
  y: string,
  max?: number,
): Chart<'line', { x: number; y: number }[]> => {
  const axis = (text: string, most?: number) => ({
    type: 'linear' as const,
    title: { display: true, text, color: colour('--soft') },
    ticks: { color: colour('--soft') },
    grid: { color: colour('--line') },
    beginAtZero: true,
    ...(most !== undefined && { max: most }),
  });
  return new Chart<'line', { x: number; y: number }[]>(byId<HTMLCanvasElement>(id), {
    type: 'line',
    data: {
      datasets: [
        {
          data: [],
          borderColor: colour('--accent'),
          backgroundColor: colour('--accent'),
          borderWidth: 2,
          pointRadius: max === undefined ? 2 : 0,
        },
        {
          data:
            max === undefined
              ? []
              : [
                  { x: 0, y: 0 },
                  { x: 1, y: 1 },
                ],
          borderColor: colour('--soft'),
          borderDash: [4, 4],
          borderWidth: 1,
          pointRadius: 0,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      scales: { x: axis(x, max), y: axis(y, max) },
    },
  });
};

const lossChart = chartOf('loss', 'epoch', 'cross-entropy');
const rocChart = chartOf('roc', 'false positives', 'true positives', 1);

const kilo = (n: number): string => (n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`);

const started = { at: 0 };

const progress = ({ epoch, loss, rounds, bytes, dealerBytes }: EpochEvent): void => {
  lossChart.data.datasets[0]!.data.push({ x: epoch, y: loss });
  lossChart.update();
  const text = `Epoch ${epoch} of ${EPOCHS}: loss ${loss.toFixed(4)}`;
  byId('loss').setAttribute('aria-label', text);
  byId('loss-text').textContent = text;
  byId('rounds').textContent = String(rounds);
  byId('bytes').textContent = Object.entries(bytes)
    .filter(([, n]) => n > 0)
    .map(([party, n]) => `${party} ${kilo(n)}`)
    .join(', ');
  byId('dealt').textContent = dealerBytes > 0 ? kilo(dealerBytes) : 'not told to this party';
  byId('time').textContent = `${((performance.now() - started.at) / 1000).toFixed(1)} s`;
  say(text, 'busy');
};

const tell = ({ accuracy, roc, confusion }: Verdict): void => {
  rocChart.data.datasets[0]!.data = roc.map(([x, y]) => ({ x, y }));
  rocChart.update();
  const text = `Area under the curve ${area(roc).toFixed(4)}, accuracy ${(accuracy * 100).toFixed(1)} %`;
  byId('roc').setAttribute('aria-label', text);
  byId('roc-text').textContent = text;
  confusion.forEach((row, i) => {
    row.forEach((n, j) => {
      byId(`c${i}${j}`).textContent = String(n);
    });
  });
  say(`Done. ${text}.`, 'good');
};

/** Bytes as grey values, from the top; what comes later goes on where the last stopped. */
const painter = (id: string): ((bytes: Uint8Array) => void) => {
  const context = byId<HTMLCanvasElement>(id).getContext('2d')!;
  const image = context.createImageData(SIDE, SIDE);
  let at = 0;
  let due = false;
  return (bytes) => {
    for (const value of bytes.subarray(0, SIDE * SIDE)) {
      image.data.set([value, value, value, 255], at * 4);
      at = (at + 1) % (SIDE * SIDE);
    }
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      context.putImageData(image, 0, 0);
    });
  };
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
  painter('own-picture')(new Uint8Array(bytes.buffer));
};

let received = 0;
const paintOther = painter('picture');
const onReceived = (from: string, bytes: Uint8Array): void => {
  received += bytes.length;
  paintOther(bytes);
  byId('picture-text').textContent =
    `From ${from}, ${kilo(received)} shown so far: noise, whatever the data are.`;
};

const start = async (seat: Seat, own: Own<Rows>): Promise<void> => {
  started.at = performance.now();
  lossChart.data.datasets[0]!.data = [];
  say('Training ...', 'busy');
  const verdict = await train(seat.session, own, seat.dealer, EPOCHS, progress);
  document.body.dataset.ms = String(Math.round(performance.now() - started.at));
  tell(verdict);
};

const fetchRows = async (file: string): Promise<Rows> =>
  parseCsv(await (await fetch(file)).text(), file).rows;

/** The table of this party: chosen, dropped, or the sample. */
const chooser = (sample: string): { rows: Rows | undefined } => {
  const chosen: { rows: Rows | undefined } = { rows: undefined };
  const take = (text: string, name: string): void =>
    void run(async () => {
      const { columns, rows } = parseCsv(text, name);
      chosen.rows = rows;
      byId('table').textContent = `${name}: ${rows.length} rows, ${columns.length} columns.`;
      byId<HTMLButtonElement>('go').disabled = false;
      paintOwn(rows);
    });
  const file = byId<HTMLInputElement>('file');
  file.onchange = async () => {
    const [first] = file.files ?? [];
    if (first) take(await first.text(), first.name);
  };
  const drop = byId('drop');
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add('over');
  };
  drop.ondragleave = () => drop.classList.remove('over');
  drop.ondrop = async (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const [first] = event.dataTransfer?.files ?? [];
    if (first) take(await first.text(), first.name);
  };
  byId('sample').onclick = () =>
    void run(async () => take(await (await fetch(sample)).text(), sample.split('/').at(-1)!));
  return chosen;
};

void run(async () => {
  const tab = new URLSearchParams(location.search).has('tab');
  const room = tab ? undefined : await openRoom('training');
  const self = room?.self ?? 'alice';
  const chosen = chooser(SAMPLES[self]);
  if (tab) {
    show('room', false);
    say('You are Alice and Bob: your table is Alice’s, Bob’s is the sample.');
  } else say('Choose a table, then train.');
  byId<HTMLFormElement>('form').onsubmit = (event) => {
    event.preventDefault();
    void run(async () => {
      byId<HTMLButtonElement>('go').disabled = true;
      const own: Own<Rows> = tab
        ? { alice: chosen.rows!, bob: await fetchRows(SAMPLES.bob) }
        : { [self]: chosen.rows! };
      const seat = await (room === undefined ? openTab() : room.meet({ onReceived }));
      try {
        await start(seat, own);
      } finally {
        await seat.session.shutdown().catch(() => {});
        show('stop', false);
        byId<HTMLButtonElement>('go').disabled = false;
      }
    });
  };
  document.body.dataset.ready = 'yes';
});
