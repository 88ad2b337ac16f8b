/** @file Programs of ends: of programs, of processes, and of those that wait. */
import * as sf from '#tessera';
import { inPlace, soak } from '../soak/work.ts';
import { type Kind, longWork } from './long-work.ts';
import { failure, type Program, selfOf, spuOf, within, X } from './program.ts';

const { np } = sf;

/** A training that takes some seconds: w <- w - 0.01 X^T (sigmoid(X w) - y), `given.steps` times. */
export const train = async (
  s: sf.Session,
  spu: sf.SPU,
  steps: number,
  note: (step: number) => void,
): Promise<unknown> => {
  const x = s.PYU('alice')(() => np.array(Array.from({ length: 20 }, (_, i) => [i / 20, 1 - i / 10])))();
  const y = s.PYU('bob')(() => np.array(Array.from({ length: 20 }, (_, i) => [i % 2])))();
  let w: sf.SPUObject = spu(() => np.zeros([2, 1]))();
  const step = spu((x: sf.BaseArray, y: sf.BaseArray, w: sf.BaseArray) =>
    np.subtract(w, np.multiply(np.matmul(x.T, np.subtract(np.sigmoid(np.matmul(x, w)), y)), 0.01)),
  );
  for (let i = 1; i <= steps; i++) {
    w = step(x, y, w);
    await w.ready();
    note(i);
  }
  return ((await s.reveal(w)) as sf.NDArray).toArray();
};

export const ending: Readonly<Record<string, Program>> = {
  /** A function of each party's own, one after the other, in which it answers nobody for `ms`. Also returned: whose silence was heard. */
  computes: async (options, { ms }: { readonly ms: number }, note) => {
    const heard: string[] = [];
    const onPeer = ({ party, state }: sf.PeerEvent) => void (state === 'computes' && heard.push(party));
    return within({ ...options, onPeer } as sf.InitOptions, async (s) => {
      const add = spuOf(s, ['alice', 'bob'])((a: sf.BaseArray, b: sf.BaseArray) => np.add(a, b));
      const block = (x: number): number => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
        return x;
      };
      const later = async (x: number): Promise<number> => {
        note('computes');
        await new Promise((resolve) => setTimeout(resolve, 100));
        return block(x);
      };
      const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
      const first = Number(await s.reveal(add(alice(block)(3), bob(() => 4)())));
      const second = Number(await s.reveal(add(alice(() => 5)(), bob(later)(6))));
      return { sums: [first, second], heard };
    });
  },

  /** Computes something, and comes to its end in different ways, of which only `shutdown` ends the session. */
  endsItself: async (
    options,
    given: {
      readonly how: Readonly<
        Record<string, 'returns' | 'shutdown' | 'throws' | 'code' | 'lingers' | 'goes on'>
      >;
    },
    note,
  ) => {
    const self = selfOf(options);
    const how = given.how[self];
    const s = await sf.session(options);
    const spu = spuOf(s, ['alice', 'bob']);
    const sum = spu((a: sf.BaseArray, b: sf.BaseArray) => np.add(a, b))(
      s.PYU('alice')(() => 1)(),
      s.PYU('bob')(() => 41)(),
    );
    const total = Number(await s.reveal(sum));
    await s.barrier();
    note('computed');
    if (how === 'lingers') {
      const busy = setInterval(() => {}, 1_000);
      await s.failed;
      clearInterval(busy);
    }
    if (how === 'throws') throw new Error('bob has had enough');
    if (how === 'code') process.exitCode = 7;
    if (how === 'shutdown') await s.shutdown();
    if (how !== 'goes on') return total;
    const never = s.PYU('bob')(() => new Promise<number>(() => setTimeout(() => {}, 1e6)))();
    const error = await failure(s.reveal(never));
    return error ?? total;
  },

  /** Ends the session in the middle of calls whose results it does not want; what it prints then. */
  abandons: async (options) => {
    const s = await sf.session(options);
    const spu = spuOf(s, ['alice', 'bob']);
    const x = spu((x: sf.BaseArray) => np.exp(x))(s.PYU('alice')(() => np.ones([1000]))());
    for (let i = 0; i < 5; i++) spu((x: sf.BaseArray) => np.divide(x, np.add(x, 1)))(x);
    // Only one of them has given its parties' engines anything to do.
    if (selfOf(options) === 'alice') await x.ready();
    const lines: string[] = [];
    console.error = (...text: unknown[]) => void lines.push(text.join(' '));
    await s.shutdown();
    return lines;
  },

  /** Calls at bob that take `ms` each, one after another, all made at once. */
  queue: (options, given: { readonly calls: number; readonly ms: number }) =>
    within(options, async (s) => {
      let last: sf.PYUObject<number> = s.PYU('bob')(() => 0)();
      for (let i = 0; i < given.calls; i++)
        last = s.PYU('bob')(async (n: number) => {
          await new Promise((resolve) => setTimeout(resolve, given.ms));
          return n + 1;
        })(last);
      return s.reveal(last);
    }),

  /** Work that takes longer than the others' patience (long-work.ts). */
  longWork: (options, given: { readonly kind: Kind; readonly n: number; readonly config: object }) =>
    within(options, (s) =>
      longWork(s, spuOf(s, ['alice', 'bob'], given.config as Readonly<Record<string, unknown>>), given),
    ),

  train: (options, given: { readonly steps: number; readonly noteSteps?: boolean }, note) =>
    within(options, (s) =>
      train(s, spuOf(s, ['alice', 'bob']), given.steps, (step) => {
        if (step === 3) note('training');
        if (given.noteSteps) note(`step ${step}`);
      }),
    ),

  /** Trains among so many parties, of whom all compute; with a dealer or without. */
  chaos: (
    options,
    given: { readonly steps: number; readonly parties: readonly string[]; readonly dealt: boolean },
    note,
  ) =>
    within(options, (s) => {
      const more = given.dealt ? {} : { beaver_type: 'TrustedFirstParty' };
      return train(s, spuOf(s, given.parties, more), given.steps, (step) => {
        if (step === 3) note('training');
        if (step % 10 === 0) note(`step ${step}`);
      });
    }),

  soak: (options, { ms }: { readonly ms: number }) =>
    within(options, (s) => soak(s, spuOf(s, ['alice', 'bob']), ms, inPlace(s), 'production')),

  /** Comes to a phase of a session and stays there; at the last, all but the one that will be killed go to their end. */
  phases: (options, given: { readonly phase: string; readonly victim: string }, note) =>
    within(options, async (s) => {
      const stay = async (phase: string): Promise<void> => {
        if (given.phase !== phase) return;
        note(phase);
        await s.reveal(s.PYU('bob')(() => new Promise<number>(() => setTimeout(() => {}, 1e6)))());
      };
      await stay('joined');
      const spu = spuOf(s, ['alice', 'bob']);
      const x = s
        .PYU('alice')(() => X)()
        .to(spu);
      const y = s
        .PYU('bob')(() => X)()
        .to(spu);
      await s.wait([x, y]);
      await stay('entered');
      const z = (await s.reveal(
        spu((a: sf.BaseArray, b: sf.BaseArray) => np.matmul(a, b))(x, y),
      )) as sf.NDArray;
      await stay('revealed');
      if (given.phase === 'leaving') {
        await s.barrier();
        note('leaving');
        if (selfOf(options) === given.victim) await new Promise(() => setTimeout(() => {}, 1e6));
      }
      return z.toArray();
    }),

  /** Waits for something that bob never finishes. */
  waiting: (options, _given, note) =>
    within(options, async (s) => {
      const slow = s.PYU('bob')(() => new Promise<number>(() => setTimeout(() => {}, 1e6)))();
      await s.barrier();
      note('waiting');
      await s.reveal(slow);
    }),

  /** The AbortSignal of alice is set off while both wait. */
  cancelled: async (options, _given, note) => {
    const controller = new AbortController();
    const signal = selfOf(options) === 'alice' ? controller.signal : undefined;
    return within({ ...options, ...(signal && { signal }) } as sf.InitOptions, async (s) => {
      const slow = s.PYU('bob')(() => new Promise<number>(() => setTimeout(() => {}, 1e6)))();
      await s.barrier();
      if (signal) setTimeout(() => controller.abort(new Error('the user went home')), 100);
      note('waiting');
      await s.reveal(slow);
    });
  },

  /** Bob's process ends in the middle, by what `how` says, while alice waits for him. */
  quits: (options, { how }: { readonly how: 'exit' | 'throw' }, note) =>
    within(options, async (s) => {
      const slow = s.PYU('bob')(() => new Promise<number>(() => setTimeout(() => {}, 1e6)))();
      await s.barrier();
      note('waiting');
      const add = spuOf(s, ['alice', 'bob'])((x: sf.BaseArray, y: sf.BaseArray) => np.multiply(x, y));
      const [x, y] = [s.PYU('alice')(() => X)(), s.PYU('bob')(() => X)()];
      for (let turn = 0; turn < 3; turn++) await s.reveal(add(x, y));
      if (selfOf(options) === 'bob') {
        // What has come is answered in this turn, and behind that nothing leaves at once over TLS.
        if (how === 'throw') void Promise.reject(new Error('nobody catches this'));
        else setImmediate(() => process.exit(3));
      }
      await s.reveal(slow);
    }),
};
