/** @file Schedules that have found a defect, made as small as they can be: each goes wrong where the defect is put back. */
import { links } from './links.ts';
import type { Plan } from './plan.ts';
import type { Scenario } from './scenario.ts';
import type { SessionPlan } from './session-plan.ts';
import { sessions } from './sessions.ts';

interface Found<P extends { readonly seed: number }> {
  readonly what: string;
  readonly of: Scenario<P>;
  readonly plan: P;
}

const QUIET = { latencyMs: 1, bytesPerMs: 10_000, rounds: [8], pauseMs: 0, streams: [], faults: [] };
const two = { ...QUIET, parties: ['alice', 'bob'], starts: { alice: 0, bob: 0 } };
const three = {
  ...QUIET,
  parties: ['alice', 'bob', 'carol'],
  starts: { alice: 0, bob: 0, carol: 0 },
};

const ofLinks: readonly Found<Plan>[] = [
  {
    what: 'a listener took for a stranger whom its acceptance had not reached',
    of: links,
    plan: {
      ...two,
      seed: 20,
      starts: { alice: 0, bob: 7 },
      latencyMs: 0.1,
      bytesPerMs: 100_000,
      faults: [{ kind: 'hang-up', a: 'alice', b: 'bob', times: 4, after: 5, at: 2 }],
    },
  },
  {
    what: 'who is here was shown as missing where a twin of it was turned away',
    of: links,
    plan: {
      ...three,
      seed: 949,
      starts: { alice: 0, bob: 9, carol: 0 },
      faults: [
        { kind: 'split', a: 'bob', b: 'alice', at: 8 },
        { kind: 'twin', party: 'carol', at: 248 },
      ],
    },
  },
  {
    what: 'a clock that was set forward made all lost who had not come yet',
    of: links,
    plan: {
      ...two,
      seed: 1,
      starts: { alice: 0, bob: 300 },
      faults: [{ kind: 'clock', party: 'alice', ms: 3_600_000, at: 100 }],
    },
  },
  {
    what: 'a clock that was set back kept a death from being noticed',
    of: links,
    plan: {
      ...two,
      seed: 2,
      rounds: [8, 8],
      pauseMs: 80,
      faults: [
        { kind: 'clock', party: 'alice', ms: -3_600_000, at: 30 },
        { kind: 'crash', party: 'bob', at: 40 },
      ],
    },
  },
  {
    what: 'who waited for an acceptance that was lost did so for half of what the peer waits for the next packet',
    of: links,
    plan: {
      ...three,
      seed: 108029,
      starts: { alice: 0, bob: 4, carol: 3 },
      latencyMs: 5,
      bytesPerMs: 100_000,
      faults: [
        { kind: 'unseen', a: 'bob', b: 'alice', both: true, at: 35 },
        { kind: 'slow', a: 'bob', b: 'alice', ms: 2656, bytesPerMs: 20, at: 41 },
        { kind: 'far', a: 'alice', b: 'bob', ms: 1979, latencyMs: 52, at: 127 },
        { kind: 'unseen', a: 'bob', b: 'alice', both: true, at: 1344 },
      ],
    },
  },
  {
    what: 'who had heard why another ends, before it had met the third, left that one without a word',
    of: links,
    plan: {
      ...three,
      seed: 61490,
      starts: { alice: 9, bob: 4, carol: 4 },
      latencyMs: 0.1,
      bytesPerMs: 125,
      streams: [{ from: 'bob', to: 'alice', sizes: [8, 100], lazyMs: 0 }],
      faults: [{ kind: 'leave', party: 'bob', at: 10 }],
    },
  },
];

const ofSessions: readonly Found<SessionPlan>[] = [
  {
    what: 'who ended because another did not come was named in its place',
    of: sessions,
    plan: {
      seed: 19,
      parties: ['alice', 'bob', 'carol'],
      latencyMs: 0.1,
      lives: [{ steps: [], faults: [{ kind: 'crash', at: 3, party: 'carol' }], putBack: undefined }],
    },
  },
  {
    what: 'who had heard of a failure, ended, and was named in its place where the failure was heard later',
    of: sessions,
    plan: {
      seed: 71,
      parties: ['alice', 'bob', 'carol'],
      latencyMs: 1,
      lives: [
        { steps: [], faults: [], putBack: undefined },
        {
          steps: [{ kind: 'dump' }, { kind: 'barrier' }],
          faults: [{ kind: 'diverge', at: 22, party: 'alice' }],
          putBack: undefined,
        },
      ],
    },
  },
  {
    what: 'who had come to its end, and lost another there, was named by one that was on its way',
    of: sessions,
    plan: {
      seed: 100495,
      parties: ['alice', 'bob', 'carol'],
      latencyMs: 0.1,
      lives: [
        {
          steps: [{ kind: 'dump' }],
          faults: [
            { kind: 'freeze', at: 27, party: 'carol', ms: 166 },
            { kind: 'kill', at: 51, party: 'bob' },
          ],
          putBack: undefined,
        },
      ],
    },
  },
  {
    what: 'the same behind a failure that all had been told of',
    of: sessions,
    plan: {
      seed: 136179,
      parties: ['alice', 'bob', 'carol'],
      latencyMs: 1,
      lives: [
        {
          steps: [{ kind: 'fail', party: 'carol' }, { kind: 'dump' }],
          faults: [
            { kind: 'freeze', at: 32, party: 'carol', ms: 167 },
            { kind: 'cut', at: 62, a: 'carol', b: 'alice' },
            { kind: 'kill', at: 194, party: 'bob' },
          ],
          putBack: undefined,
        },
      ],
    },
  },
];

export const FOUND: readonly Found<Plan | SessionPlan>[] = [...ofLinks, ...ofSessions] as never;
