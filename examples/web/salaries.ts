/** @file The page of demo (a): salaries are compared, and nobody shows one. */
import { parseAmount, parseAmounts } from '../lib/amount.ts';
import { compareSalaries, type Own, type SalaryResult } from './programs.ts';
import { byId, inThisTab, openRoom, openTab, run, type Seat, say, show } from './room.ts';

/** Made when there is something to show: it takes longer to start than the rest of this page. */
const money = (x: number): string => new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 }).format(x);

const textIn = (id: string): string => byId<HTMLInputElement>(id).value;

/** The own salary first, then the colleagues'. Throws what the user should read. */
const entered = (prefix: string): number[] => {
  const all = [parseAmount(textIn(`${prefix}salary`)), ...parseAmounts(textIn(`${prefix}others`))];
  if (!all.every((x) => x !== undefined && x < 1e8))
    throw new Error(
      'Salaries are numbers from 0 to 100 million, as 56000, 56,000 or 56.000,50. Of several, a semicolon or a blank stands between two.',
    );
  return all as number[];
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

/** Results of before are none of what comes now. */
const afresh = (work: () => Promise<void>): Promise<void> => {
  show('result', false);
  return run(work);
};

const inRoom = async (): Promise<void> => {
  const { self, interrupted, attend } = await openRoom('salaries');
  const form = byId<HTMLFormElement>('form');
  const [salary, others] = [byId<HTMLInputElement>('salary'), byId<HTMLInputElement>('others')];
  form.onsubmit = (event) => {
    event.preventDefault();
    void afresh(async () => {
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
  say('Fill in your numbers, then compare.');
  if (interrupted === undefined) return;
  salary.value = (interrupted as Filled).salary;
  others.value = (interrupted as Filled).others;
  form.requestSubmit();
};

const inTab = (): void => {
  inThisTab();
  show('second');
  say('You are Alice and Bob: fill in the numbers of both, then compare.');
  byId<HTMLFormElement>('form').onsubmit = (event) => {
    event.preventDefault();
    void afresh(async () => {
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
