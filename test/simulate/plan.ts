/** @file Schedules as data: what the parties do, and what happens to them. A seed makes one, and shrinking makes it smaller. */
import { type Chance, chanceOf } from './chance.ts';

/** What heals. */
type Passing =
  | { readonly kind: 'cut'; readonly a: string; readonly b: string }
  /** Nothing passes any more on what is open, which one end, or none, is told. */
  | { readonly kind: 'unseen'; readonly a: string; readonly b: string; readonly both: boolean }
  | { readonly kind: 'stall'; readonly a: string; readonly b: string; readonly ms: number }
  | {
      readonly kind: 'slow';
      readonly a: string;
      readonly b: string;
      readonly ms: number;
      readonly bytesPerMs: number;
    }
  | {
      readonly kind: 'far';
      readonly a: string;
      readonly b: string;
      readonly ms: number;
      readonly latencyMs: number;
    }
  | {
      readonly kind: 'hang-up';
      readonly a: string;
      readonly b: string;
      readonly times: number;
      readonly after: number;
    }
  | { readonly kind: 'freeze'; readonly party: string; readonly ms: number }
  | { readonly kind: 'clock'; readonly party: string; readonly ms: number }
  | { readonly kind: 'stranger'; readonly party: string; readonly how: 'silent' | 'garbage' | 'replay' }
  | { readonly kind: 'twin'; readonly party: string };

/** What does not, and who is to blame for it. */
type Lasting =
  | { readonly kind: 'kill'; readonly party: string }
  | { readonly kind: 'crash'; readonly party: string }
  | { readonly kind: 'restart'; readonly party: string; readonly later: number; readonly machine: boolean }
  | { readonly kind: 'throw'; readonly party: string }
  | { readonly kind: 'leave'; readonly party: string }
  | { readonly kind: 'split'; readonly a: string; readonly b: string };

export type Fault = (Passing | Lasting) & {
  /** When: milliseconds since the beginning. */
  readonly at: number;
};

export interface Stream {
  readonly from: string;
  readonly to: string;
  readonly sizes: readonly number[];
  /** How long the receiver lets each frame lie. */
  readonly lazyMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly parties: readonly string[];
  readonly starts: Readonly<Record<string, number>>;
  readonly latencyMs: number;
  readonly bytesPerMs: number;
  /** Bytes of what each party sends to all in each round, by round. */
  readonly rounds: readonly number[];
  readonly pauseMs: number;
  readonly streams: readonly Stream[];
  readonly faults: readonly Fault[];
}

const PARTIES = ['alice', 'bob', 'carol'];
/** Empty, small, copied into its packet, with a body of its own, above a slow chunk, above the window. */
const SIZES = [0, 1, 8, 8, 32, 100, 100, 700, 3_000, 17_000, 40_000, 90_000];
/** What a schedule's outages add up to, at most, where all is to end well. */
export const OUTAGE_MS = 600;

const LASTING = ['kill', 'crash', 'restart', 'throw', 'leave', 'split'] as const;
const PASSING = [
  'cut',
  'unseen',
  'stall',
  'slow',
  'far',
  'hang-up',
  'freeze',
  'clock',
  'stranger',
  'twin',
] as const;

export const isLasting = (fault: Fault): boolean => (LASTING as readonly string[]).includes(fault.kind);

/** Whom the others may name. */
export const culpritsOf = (faults: readonly Fault[]): ReadonlySet<string> =>
  new Set(
    faults
      .filter(isLasting)
      .flatMap((fault) => ('party' in fault ? [fault.party] : 'a' in fault ? [fault.a, fault.b] : [])),
  );

const timeOf = (chance: Chance): number =>
  chance.hit(0.5) ? chance.whole(0, 60) : chance.hit(0.6) ? chance.whole(0, 400) : chance.whole(0, 1500);

const passing = (chance: Chance, parties: readonly string[], outageMs: number): Passing => {
  const a = chance.pick(parties);
  const b = chance.pick(parties.filter((p) => p !== a));
  const party = a;
  const kind = chance.pick(PASSING);
  const ms = chance.whole(1, Math.max(1, outageMs));
  switch (kind) {
    case 'cut':
      return { kind, a, b };
    case 'unseen':
      return { kind, a, b, both: chance.hit(0.5) };
    case 'stall':
      return { kind, a, b, ms };
    case 'slow':
      return { kind, a, b, ms: chance.whole(50, 3000), bytesPerMs: chance.pick([20, 60, 300]) };
    case 'far':
      return { kind, a, b, ms: chance.whole(50, 2000), latencyMs: chance.whole(20, 60) };
    case 'hang-up':
      return { kind, a, b, times: chance.whole(1, 4), after: chance.whole(1, 9) };
    case 'freeze':
      return { kind, party, ms };
    case 'clock':
      return { kind, party, ms: chance.pick([-3_600_000, -900, 900, 3_600_000]) };
    case 'stranger':
      return { kind, party, how: chance.pick(['silent', 'garbage', 'replay'] as const) };
    case 'twin':
      return { kind, party };
  }
};

const lasting = (chance: Chance, parties: readonly string[]): Lasting => {
  const a = chance.pick(parties);
  const b = chance.pick(parties.filter((p) => p !== a));
  const kind = chance.pick(LASTING);
  if (kind === 'split') return { kind, a, b };
  if (kind === 'restart') return { kind, party: a, later: chance.whole(1, 1000), machine: chance.hit(0.3) };
  return { kind, party: a };
};

/** How long a fault keeps two parties from hearing each other, at most. */
const outageOf = (fault: Passing): number =>
  fault.kind === 'stall' || fault.kind === 'freeze' ? fault.ms : 0;

const OUTAGES: ReadonlySet<Fault['kind']> = new Set(['unseen', 'stall', 'slow', 'far', 'hang-up', 'freeze']);

const keepOnly = (faults: Fault[], keep: (fault: Fault) => boolean): void => {
  faults.splice(0, faults.length, ...faults.filter(keep));
};

export const planOf = (seed: number): Plan => {
  const chance = chanceOf(seed, 'plan');
  const parties = PARTIES.slice(0, chance.hit(0.5) ? 2 : 3);
  const size = () => chance.pick(chance.hit(0.8) ? SIZES.slice(0, 8) : SIZES);
  const faults: Fault[] = [];
  let left = OUTAGE_MS;
  for (let count = chance.pick([0, 1, 1, 2, 2, 3, 4, 6]); count > 0; count--) {
    const fault = passing(chance, parties, left);
    left -= outageOf(fault);
    if (left >= 0) faults.push({ ...fault, at: timeOf(chance) });
  }
  if (chance.hit(0.4)) faults.push({ ...lasting(chance, parties), at: timeOf(chance) });
  // A party that is away for longer than a moment cannot be told from one that has started anew.
  if (faults.some(({ kind }) => kind === 'twin')) keepOnly(faults, ({ kind }) => !OUTAGES.has(kind));
  const late = chance.hit(0.3) ? 800 : 10;
  return {
    seed,
    parties,
    starts: Object.fromEntries(parties.map((p) => [p, chance.whole(0, late)])),
    latencyMs: chance.pick([0.1, 1, 1, 5, 30]),
    bytesPerMs: chance.pick([125, 1_000, 10_000, 100_000]),
    rounds: Array.from({ length: chance.whole(1, 6) }, size),
    pauseMs: chance.pick([0, 0, 1, 10, 80]),
    streams: Array.from({ length: chance.pick([0, 1, 2]) }, () => {
      const from = chance.pick(parties);
      return {
        from,
        to: chance.pick(parties.filter((p) => p !== from)),
        sizes: Array.from({ length: chance.whole(1, 6) }, size),
        lazyMs: chance.pick([0, 0, 3, 30]),
      };
    }),
    faults: faults.sort((x, y) => x.at - y.at),
  };
};
