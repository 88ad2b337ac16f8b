/** @file The page of demo (a): salaries are compared, and nobody shows one. */
import { compareSalaries, type Own, type SalaryResult } from './programs.ts';
import { byId, openRoom, openTab, run, type Seat, say, show } from './room.ts';

/** Made when there is something to show: it takes longer to start than the rest of this page. */
const money = (x: number): string => new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(x);

const numbersIn = (id: string): number[] =>
  byId<HTMLInputElement>(id)
    .value.split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(Number);

/** The own salary first, then the colleagues'. Throws what the user should read. */
const entered = (prefix: string): number[] => {
  const all = [...numbersIn(`${prefix}salary`), ...numbersIn(`${prefix}others`)];
  if (all.length === 0 || !all.every((x) => x >= 0 && x < 1e8))
    throw new Error('Salaries are numbers from 0 to 100 million.');
  return all;
};

const place = (percentile: number | undefined): string =>
  percentile === undefined ? 'known to the other side only' : `${Math.round(percentile)} % earn less`;

const tell = ({ mean, aliceEarnsMore, percentile }: SalaryResult): void => {
  byId('mean').textContent = money(mean);
  byId('more').textContent = aliceEarnsMore ? 'Alice' : 'Bob, or both the same';
  byId('place-alice').textContent = place(percentile.alice);
  byId('place-bob').textContent = place(percentile.bob);
  show('result');
  byId('result').focus();
};

const compare = async (seat: Seat, own: Own<readonly number[]>): Promise<void> => {
  const start = performance.now();
  say('Computing on masked values ...', 'busy');
  const result = await compareSalaries(seat.session, own, seat.dealer);
  const ms = Math.round(performance.now() - start);
  const { rounds, bytes } = seat.session.stats().spus[0]!;
  tell(result);
  const sent = Object.values(bytes).reduce((a, b) => Math.max(a, b), 0);
  document.body.dataset.ms = String(ms);
  say(`Done in ${ms} ms: ${rounds} rounds, ${sent} bytes sent.`, 'good');
};

/** What a form holds, for a page that was reloaded. */
type Filled = Readonly<Record<'salary' | 'others', string>>;

const inRoom = async (): Promise<void> => {
  const { self, interrupted, attend } = await openRoom('salaries');
  const form = byId<HTMLFormElement>('form');
  const [salary, others] = [byId<HTMLInputElement>('salary'), byId<HTMLInputElement>('others')];
  form.onsubmit = (event) => {
    event.preventDefault();
    void run(async () => {
      const own = entered('');
      const filled: Filled = { salary: salary.value, others: others.value };
      byId<HTMLButtonElement>('go').disabled = true;
      try {
        await attend(filled, (seat) => compare(seat, { [self]: own }));
      } finally {
        byId<HTMLButtonElement>('go').disabled = false;
      }
    });
  };
  if (interrupted === undefined) return;
  salary.value = (interrupted as Filled).salary;
  others.value = (interrupted as Filled).others;
  form.requestSubmit();
};

const inTab = (): void => {
  show('room', false);
  show('second');
  byId('seat').textContent = 'You are Alice and Bob.';
  byId<HTMLFormElement>('form').onsubmit = (event) => {
    event.preventDefault();
    void run(async () => {
      const own = { alice: entered(''), bob: entered('second-') };
      const seat = await openTab();
      try {
        await compare(seat, own);
      } finally {
        await seat.session.shutdown();
      }
    });
  };
};

void run(async () => {
  if (new URLSearchParams(location.search).has('tab')) inTab();
  else await inRoom();
  document.body.dataset.ready = 'yes';
});
