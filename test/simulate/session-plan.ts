/** @file Schedules of production sessions as data: programs that run, die and start again, with their disks. */
import { type Chance, chanceOf } from './chance.ts';

export type Step =
  | { readonly kind: 'share' | 'perform' | 'fail'; readonly party: string }
  | { readonly kind: 'move'; readonly from: string; readonly to: string }
  | { readonly kind: 'barrier' | 'dump' | 'load' | 'material' };

export type SessionFault = { readonly at: number } & (
  | { readonly kind: 'cut'; readonly a: string; readonly b: string }
  | { readonly kind: 'stall'; readonly a: string; readonly b: string; readonly ms: number }
  | { readonly kind: 'freeze'; readonly party: string; readonly ms: number }
  /** The disk takes nothing more, for so long. */
  | { readonly kind: 'full'; readonly party: string; readonly ms: number }
  | { readonly kind: 'kill' | 'crash' | 'diverge'; readonly party: string }
);

/** One session; those whose processes die in it start again in the next. */
export interface Life {
  readonly steps: readonly Step[];
  readonly faults: readonly SessionFault[];
  /** Before it, this party's material is put back as it was at the beginning. */
  readonly putBack: string | undefined;
}

export interface SessionPlan {
  readonly seed: number;
  readonly parties: readonly string[];
  readonly latencyMs: number;
  readonly lives: readonly Life[];
}

const PARTIES = ['alice', 'bob', 'carol'];
const LASTING = ['kill', 'crash', 'diverge'] as const;
const PASSING = ['cut', 'stall', 'freeze', 'full'] as const;

/** Whom the others may name. */
export const culpritsOf = (faults: readonly SessionFault[]): ReadonlySet<string> =>
  new Set(
    faults.flatMap((f) => ((LASTING as readonly string[]).includes(f.kind) && 'party' in f ? [f.party] : [])),
  );

const stepOf = (chance: Chance, parties: readonly string[], material: boolean): Step => {
  const party = chance.pick(parties);
  const kind = chance.pick([
    'share',
    'perform',
    'fail',
    'move',
    'barrier',
    'dump',
    'dump',
    ...(material ? (['material'] as const) : []),
  ] as const);
  if (kind === 'move') return { kind, from: party, to: chance.pick(parties.filter((p) => p !== party)) };
  return kind === 'share' || kind === 'perform' || kind === 'fail' ? { kind, party } : { kind };
};

const faultOf = (chance: Chance, parties: readonly string[], kind: SessionFault['kind']): SessionFault => {
  const at = chance.hit(0.7) ? chance.whole(0, 90) : chance.whole(0, 400);
  const party = chance.pick(parties);
  const ms = chance.whole(1, 250);
  if (kind === 'cut') return { kind, at, a: party, b: chance.pick(parties.filter((p) => p !== party)) };
  if (kind === 'stall') return { kind, at, ms, a: party, b: chance.pick(parties.filter((p) => p !== party)) };
  if (kind === 'freeze' || kind === 'full') return { kind, at, party, ms };
  return { kind, at, party };
};

export const sessionPlanOf = (seed: number): SessionPlan => {
  const chance = chanceOf(seed, 'session plan');
  const parties = PARTIES.slice(0, chance.hit(0.6) ? 2 : 3);
  const material = chance.hit(0.05);
  /** Of all parties' folders at once there is no telling. */
  const restored = chance.pick(parties);
  const lives = Array.from({ length: chance.pick([1, 2, 2]) }, (_, life): Life => {
    const steps = Array.from({ length: chance.whole(1, 4) }, () => stepOf(chance, parties, material));
    const faults = Array.from({ length: chance.pick([0, 1, 2]) }, () =>
      faultOf(chance, parties, chance.pick(PASSING)),
    );
    if (chance.hit(0.7)) faults.push(faultOf(chance, parties, chance.pick(LASTING)));
    return {
      steps: life === 0 || chance.hit(0.3) ? steps : [{ kind: 'load' }, ...steps],
      faults,
      putBack: life > 0 && material && chance.hit(0.5) ? restored : undefined,
    };
  });
  const last: Life = {
    steps: [{ kind: 'load' }, ...(material ? [{ kind: 'material' } as const] : [])],
    faults: [],
    putBack: material && chance.hit(0.5) ? restored : undefined,
  };
  return { seed, parties, latencyMs: chance.pick([0.1, 1, 5]), lives: [...lives, last] };
};
