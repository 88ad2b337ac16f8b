/** @file The programs that the parties of the production tests run. Every party runs the same one. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import * as sf from '../../src/index.ts';
import { meaning } from '../device/meaning.ts';
import { inPlace, soak } from '../soak/work.ts';
import { type Kind, longWork } from './long-work.ts';

const { np } = sf;

export type Program = (
  options: sf.InitOptions,
  given: never,
  note: (text: string) => void,
) => Promise<unknown>;

const selfOf = (options: sf.InitOptions): string => {
  const { cluster_config, clusterConfig } = options as sf.ProductionOptions;
  const config = (cluster_config ?? clusterConfig)!;
  return (config.self_party ?? config.selfParty)!;
};

/** The SPU of the guide, word by word: with the dealer wherever there is one. */
const spuOf = (
  s: sf.Session,
  parties: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): sf.SPU =>
  s.SPU({
    nodes: parties.map((party) => ({ party })),
    runtime_config: {
      protocol: sf.spu.spu_pb2.SEMI2K,
      field: sf.spu.spu_pb2.FM128,
      sigmoid_mode: sf.spu.spu_pb2.RuntimeConfig.SIGMOID_REAL,
      ...more,
    },
  });

const within = async <T>(options: sf.InitOptions, use: (s: sf.Session) => Promise<T>): Promise<T> => {
  const s = await sf.session(options);
  try {
    return await use(s);
  } finally {
    await s.shutdown();
  }
};

const told = (e: unknown) => {
  const { code, message, info: details } = e as sf.TesseraError;
  return { code, message, details: JSON.parse(JSON.stringify(details)) as unknown };
};

const failure = async (promise: Promise<unknown>) => {
  try {
    await promise;
    return undefined;
  } catch (e) {
    return told(e);
  }
};

/** Does anybody listen there? */
const listens = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const X = [
  [1, 2],
  [3, 4],
];

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

/** What became of calls of which the second leaves the range. */
export const guardedCalls = async (s: sf.Session, spu: sf.SPU) => {
  const x = s.PYU('alice')(() => Float64Array.of(2, 3e12, 5))();
  const y = s.PYU('bob')(() => Float64Array.of(3, 4e13, 7))();
  const sum = spu((a: sf.BaseArray, b: sf.BaseArray) => np.multiply(np.add(a, b), 0.1))(x, y);
  const bad = spu((a: sf.BaseArray, b: sf.BaseArray) => np.multiply(a, np.add(b, a)))(x, y);
  const later = spu((a: sf.BaseArray, b: sf.BaseArray) => np.maximum(a, b))(bad, x);
  const opened = failure(s.reveal(later));
  const toBob = failure(bad.to(s.PYU('bob')).ready());
  const ready = failure(bad.ready());
  const after = spu((a: sf.BaseArray, b: sf.BaseArray) => np.greater(a, b))(x, y);
  return {
    failures: [await ready, await opened, await toBob],
    sum: ((await s.reveal(sum)) as sf.NDArray).toArray(),
    after: ((await s.reveal(after)) as sf.NDArray).toArray(),
  };
};

export const programs: Readonly<Record<string, Program>> = {
  /** When arguments are read, and how values arrive. */
  meaning: (options) => within(options, (s) => meaning(s, spuOf(s, ['alice', 'bob']))),

  /** Failures that the program never asks for; what it prints and throws at its end. */
  unseen: async (options) => {
    const s = await sf.session(options);
    s.PYU('alice')(function load() {
      throw new Error('no such file');
    })();
    const ragged = s.PYU('bob')(() => [[1, 2], [3]])();
    spuOf(s, ['alice', 'bob'])((x) => x)(ragged);
    const lines: string[] = [];
    const before = console.error;
    console.error = (...text: unknown[]) => void lines.push(text.join(' '));
    const ended = await failure(s.shutdown());
    console.error = before;
    return { lines, ended };
  },

  /** A comparison, planned by what the parties measure of their link. */
  measured: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob'], { cost_mode: 'auto' });
      const x = s.PYU('alice')(() => Float64Array.of(-2, 0, 1.5))();
      const y = s.PYU('bob')(() => Float64Array.of(-1, 0, 1.25))();
      const z = spu((a: sf.BaseArray, b: sf.BaseArray) => np.maximum(a, b))(x, y);
      return ((await s.reveal(z)) as sf.NDArray).toArray();
    }),

  /** With a range guard: a call that leaves the range fails, with all that builds on it, and nothing else does. */
  guarded: (options) =>
    within(options, async (s) => guardedCalls(s, spuOf(s, ['alice', 'bob'], { range_guard: true }))),

  /** The guide's snippet, with the functions of the module. */
  guide: async (options) => {
    await sf.init(options);
    const alice = sf.PYU('alice');
    const bob = sf.PYU('bob');
    const shown = await sf.reveal(alice((x: number) => x)(2));
    const spu = spuOf(sf.currentSession(), ['alice', 'bob']);
    const sum = spu((a: sf.BaseArray, b: sf.BaseArray) => np.add(a, b))(alice(() => 1)(), bob(() => 41)());
    const total = Number(await sf.reveal(sum));
    await sf.shutdown();
    return { shown, total };
  },

  /** A loop that turns as long as a revealed condition holds, and one within another. */
  dataDependent: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const halvings = spu((x: sf.BaseArray, y: sf.BaseArray) =>
        np.whileRevealed(
          ({ v }) => np.greater(v, y),
          ({ v, n }) => ({ v: v.mul(0.5), n: n.add(1) }),
          { v: x, n: np.array(0, 'int32') },
        ),
      );
      const end = halvings(s.PYU('alice')(() => 100)(), s.PYU('bob')(() => 3)());
      const again = spu((e: { v: sf.BaseArray; n: sf.BaseArray }) => np.add(np.exp(e.v), np.reveal(e.n)))(
        end,
      );
      const { v, n } = (await s.reveal(end)) as unknown as Record<'v' | 'n', sf.NDArray>;
      return [v, n, await s.reveal(again)].map(Number);
    }),

  /** PYU to PYU to SPU to PYU, with a party that takes no part in the SPU. */
  moves: (options) =>
    within(options, async (s) => {
      const self = selfOf(options);
      const ran: string[] = [];
      const at = <A extends unknown[], R>(party: string, fn: (...args: A) => R) =>
        s.PYU(party)((...args: A) => {
          ran.push(party);
          return fn(...args);
        });
      const spu = spuOf(s, ['alice', 'bob']);
      const made = at('carol', () => np.array(X) as sf.BaseArray)();
      const moved = made.to(s.PYU('alice'));
      const doubled = at('alice', (x: sf.BaseArray) => np.multiply(x, 2) as sf.NDArray)(moved);
      const y = at('bob', () => [[0.5], [0.25]])();
      const product = spu((a: sf.BaseArray, b: sf.BaseArray) => np.matmul(a, b))(doubled, y);
      const onlyBob = product.to(s.PYU('bob'));
      const seen = at('bob', (v: sf.NDArray) => [v.toArray(), 'seen at bob'])(onlyBob);
      const toCarol = seen.to(s.PYU('carol'));
      const answer = at('carol', (v: unknown) => ['carol got', v])(toCarol);
      await s.wait([product, answer]);
      await s.barrier();
      const all = (await s.reveal({ product, answer, made })) as {
        product: sf.NDArray;
        answer: unknown;
        made: sf.NDArray;
      };
      const strangers = ran.filter((party) => party !== self);
      return { product: all.product.toArray(), answer: all.answer, made: all.made.toArray(), strangers };
    }),

  /** A function of alice's fails; then input of the wrong kind at bob; the session goes on. */
  failing: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const bad = s.PYU('alice')(function readFile(): number {
        throw new Error('the patient is 47 years old');
      })();
      const first = await failure(s.reveal(bad));
      const direct = await failure(bad.ready());
      const word = s.PYU('bob')(() => 'not a number')();
      const second = await failure(s.reveal(spu((x: sf.BaseArray) => x)(word)));
      const after = Number(await s.reveal(spu((x: sf.BaseArray) => np.add(x, 1))(s.PYU('alice')(() => 6)())));
      return { first, direct, second, after };
    }),

  /** A function of alice's fails, and what is revealed is made of its result elsewhere: what each party learns of the cause. */
  failingFar: (options) =>
    within(options, async (s) => {
      const bad = s.PYU('alice')(function readFile(): number {
        throw new Error('the patient is 47 years old');
      })();
      const atBob = s.PYU('bob')((x: number) => x + 1)(bad.to(s.PYU('bob')));
      const spu = spuOf(s, ['alice', 'bob']);
      const inSpu = spu((a: sf.BaseArray, b: sf.BaseArray) => np.add(a, b))(atBob, s.PYU('alice')(() => 1)());
      const roots = async (work: Promise<unknown>) => {
        let at: unknown = await work.catch((e: unknown) => e);
        const message = (at as Error).message;
        while (at instanceof Error && at.cause !== undefined) at = at.cause;
        return { message, root: (at as Error).message };
      };
      return Promise.all([atBob, inSpu, [bad]].map((x) => roots(s.reveal(x))));
    }),

  /** Programs that do not fit into the memory, between others; a fourth fails while it is recorded. */
  givesUp: (options, given: { readonly parties: readonly string[] }) =>
    within(options, async (s) => {
      const spu = spuOf(s, given.parties, { memory_limit_mb: 16 });
      const [x, y] = given.parties.map((p, i) => s.PYU(p)(() => i + 1)()) as [sf.PYUObject, sf.PYUObject];
      const errors: unknown[] = [];
      const sums: number[] = [];
      const before = spu((a: sf.BaseArray) => np.multiply(a, 10))(x);
      for (let turn = 0; turn < 3; turn++) {
        const sorted = spu((a: sf.BaseArray) => np.sort(np.add(a, np.zeros([1_500_000]))))(x);
        const late = spu((a: sf.BaseArray) => np.add(a, 1))(sorted);
        errors.push(await failure(s.reveal(late)), await failure(sorted.ready()));
        errors.push(await failure(s.reveal(spu((a: sf.BaseArray) => np.reshape(a, [7]))(y))));
        const sum = spu((a: sf.BaseArray, b: sf.BaseArray, c: sf.BaseArray) => np.add(np.add(a, b), c));
        sums.push(Number(await s.reveal(sum(x, y, before))));
      }
      return { errors, sums };
    }),

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

  divergeOp: (options) =>
    within(options, async (s) => {
      const x = s.PYU('alice')(() => 1)();
      const y = selfOf(options) === 'alice' ? x.to(s.PYU('bob')) : s.PYU('bob')(() => 2)();
      await s.reveal(y);
    }),

  divergeFunction: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const x = s.PYU('alice')(() => 3)();
      const f =
        selfOf(options) === 'alice'
          ? (x: sf.BaseArray) => np.add(x, 1)
          : (x: sf.BaseArray) => np.subtract(x, 1);
      return Number(await s.reveal(spu((x: sf.BaseArray) => f(x))(x)));
    }),

  divergeArgument: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const x = s.PYU('alice')(() => np.ones([100]))();
      const rates = Array.from({ length: 100 }, (_, i) =>
        i === 77 && selfOf(options) === 'bob' ? 0.2 : 0.1,
      );
      return s.reveal(spu((x: sf.BaseArray, r: sf.BaseArray) => np.multiply(x, r))(x, rates));
    }),

  divergeRuntime: (options) =>
    within(options, async (s) => {
      const field = selfOf(options) === 'alice' ? 'FM128' : 'FM64';
      const spu = s.SPU({
        nodes: [{ party: 'alice' }, { party: 'bob' }],
        runtime_config: { protocol: 'SEMI2K', field },
      });
      return s.reveal(spu(() => np.zeros(2))());
    }),

  /** Alice takes the results of a function apart, on her PYU or on the SPU; bob does not. */
  divergeReturns: (options, { where }: { readonly where: 'PYU' | 'SPU' | 'static' }) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const apart = selfOf(options) === 'alice';
      const pair = s.PYU('alice')(() => [1, 2]);
      const parts = s.PYU('alice')(() => [1, 2], { numReturns: 2 });
      if (where === 'PYU') return s.reveal(apart ? parts()[0] : pair());
      const both = (x: sf.BaseArray) => [x, np.add(x, 1)];
      const x = pair();
      if (where === 'static')
        return s.reveal(
          spu((x: sf.BaseArray, n: number) => np.add(x, n), { static: apart ? [1] : [] })(x, 3),
        );
      return s.reveal(apart ? spu(both, { numReturns: 2 })(x)[0] : spu(both)(x));
    }),

  /** Bob comes to his end where alice goes on. */
  endsEarly: (options) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const x = s.PYU('alice')(() => 3)();
      if (selfOf(options) === 'bob') return 'bob was content';
      return Number(await s.reveal(spu((x: sf.BaseArray) => np.multiply(x, x))(x)));
    }),

  /** Sends `given.value` from alice to bob. */
  send: (options, given: { readonly what: string }) =>
    within(options, async (s) => {
      const things: Readonly<Record<string, () => unknown>> = {
        array: () => np.array(X),
        date: () => new Temperature(21),
        plain: () => ({ list: [1, 'two', null, true], bytes: Uint8Array.of(1, 2, 3) }),
        failing: () => {
          throw new Error('no such file');
        },
      };
      const made = s.PYU('alice')(things[given.what]!)();
      const there = made.to(s.PYU('bob'));
      const kind = s.PYU('bob')((v: unknown) =>
        v instanceof sf.NDArray
          ? 'NDArray'
          : v instanceof Temperature
            ? `Temperature ${v.degrees}`
            : JSON.stringify(v),
      )(there);
      const problem = await failure(s.reveal(kind));
      if (problem) return problem;
      return s.reveal(kind);
    }),

  train: (options, given: { readonly steps: number; readonly noteSteps?: boolean }, note) =>
    within(options, (s) =>
      train(s, spuOf(s, ['alice', 'bob']), given.steps, (step) => {
        if (step === 3) note('training');
        if (given.noteSteps) note(`step ${step}`);
      }),
    ),

  /** Comes to a phase of a session and stays there; at the last, all but the one that will be killed go to their end. */
  /** The same among so many parties, of whom all compute; with a dealer or without. */
  chaos: (
    options,
    given: { readonly steps: number; readonly parties: readonly string[]; readonly dealt: boolean },
    note,
  ) =>
    within(options, (s) => {
      const more = given.dealt ? {} : { beaver_type: 'TrustedFirstParty' };
      return train(s, spuOf(s, given.parties, more), given.steps, (step) => {
        if (step === 3) note('training');
      });
    }),

  soak: (options, { ms }: { readonly ms: number }) =>
    within(options, (s) => soak(s, spuOf(s, ['alice', 'bob']), ms, inPlace(s), 'production')),

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
      if (selfOf(options) === 'bob') {
        if (how === 'exit') process.exit(3);
        setTimeout(() => {
          throw new Error('nobody catches this');
        });
      }
      await s.reveal(slow);
    }),

  /** A large array moves from alice to bob, who looks at every element. */
  large: (options, given: { readonly mib: number }) =>
    within(options, async (s) => {
      const n = given.mib * 2 ** 17;
      const made = s.PYU('alice')(() => {
        const x = new Float64Array(n);
        for (let i = 0; i < n; i++) x[i] = i;
        return x;
      })();
      const seen = s.PYU('bob')((x: Float64Array) => {
        let i = 0;
        while (i < n && x[i] === i) i++;
        return x.length === n && i === n ? 'whole' : `differs at ${i} of ${x.length}`;
      })(made.to(s.PYU('bob')));
      return s.reveal(seen);
    }),

  /** An SPU at the session's addresses, one at addresses of its own, and then definitions that cannot be. */
  addresses: (options, given: { readonly own: Record<'alice' | 'bob', string> }) =>
    within(options, async (s) => {
      const runtime_config = { protocol: 'SEMI2K', field: 'FM128' };
      const { parties } = (options as { cluster_config: sf.ClusterConfig }).cluster_config;
      const nodes = (address: (party: 'alice' | 'bob') => string | undefined) =>
        (['alice', 'bob'] as const).map((party, i) => {
          const at = address(party);
          return { party, id: String(i), ...(at !== undefined && { address: at, listen_addr: at }) };
        });
      const sumOn = async (spu: sf.SPU) =>
        Number(await s.reveal(spu((a: sf.BaseArray) => np.add(a, 1))(s.PYU('alice')(() => 2)())));
      const shared = await sumOn(s.SPU({ nodes: nodes((p) => parties[p]!.address), runtime_config }));
      const before = await listens(given.own.alice);
      await s.barrier();
      const apart = await sumOn(s.SPU({ nodes: nodes((p) => given.own[p]), runtime_config }));
      const after = await listens(given.own.alice);
      await s.barrier();
      const refused = (nodes: sf.ClusterDef['nodes']) =>
        failure((async () => s.SPU({ nodes, runtime_config }))());
      const stranger = await refused([{ party: 'alice' }, { party: 'carol' }]);
      const half = await refused(nodes((p) => (p === 'alice' ? given.own.alice : undefined)));
      return { shared, apart, before, after, stranger, half };
    }),

  /** Trains, and writes what it has; in another run, goes on from there. */
  dump: (options, given: { readonly path: Readonly<Record<string, string>> }) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      const x = s.PYU('alice')(() => np.array(X))();
      const made = spu((x: sf.BaseArray) => ({ square: np.multiply(x, x), big: np.greater(x, 2) }))(x);
      const open = spu(() => np.arange(3))();
      await spu.dump(
        { made, more: [open, spu((x: sf.BaseArray) => np.sum(x))(x)] },
        given.path[selfOf(options)]!,
      );
      return s.reveal(spu((x: sf.BaseArray) => np.sum(x))(x)).then(Number);
    }),

  /** Dumps twice to one place; between the two `victim` makes it impossible to write, or dies as the second begins. */
  dumpTwice: (
    options,
    given: {
      readonly path: Readonly<Record<string, string>>;
      readonly victim: string;
      readonly how: 'unwritable' | 'dies' | 'dies later';
    },
    note,
  ) =>
    within(options, async (s) => {
      const self = selfOf(options);
      const spu = spuOf(s, ['alice', 'bob']);
      const dump = (n: number): Promise<void> => {
        const made = spu((x: sf.BaseArray) => ({ square: np.multiply(x, x), big: np.greater(x, n) }))(
          s.PYU('alice')(() => np.array(X))(),
        );
        const sum = spu((x: sf.BaseArray) => np.sum(x))(s.PYU('alice')(() => np.array(X))());
        return spu.dump({ made, more: [spu(() => np.arange(3))(), sum] }, given.path[self]!);
      };
      await dump(2);
      await s.barrier();
      const mine = self === given.victim;
      // A folder in the place of the file: it can be seen, and not written.
      if (mine && given.how === 'unwritable') mkdirSync(`${given.path[self]!}.2.new.part`);
      await s.barrier();
      const second = dump(0);
      if (mine && given.how === 'dies') process.kill(process.pid, 'SIGKILL');
      if (mine && given.how === 'dies later') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3);
      note('dumping');
      return failure(second);
    }),

  load: (options, given: { readonly path: Readonly<Record<string, string>> }) =>
    within(options, async (s) => {
      const spu = spuOf(s, ['alice', 'bob']);
      type Loaded = {
        made: sf.SPUObject<{ square: sf.BaseArray; big: sf.BaseArray }>;
        more: [sf.SPUObject, sf.SPUObject];
      };
      const { made, more } = (await spu.load(given.path[selfOf(options)]!)) as Loaded;
      const again = spu(
        (m: { square: sf.BaseArray; big: sf.BaseArray }, open: sf.BaseArray, sum: sf.BaseArray) => ({
          root: np.sqrt(m.square),
          big: np.where(m.big, m.square, 0),
          open,
          sum,
        }),
      )(made, more[0], more[1]);
      const shown = (await s.reveal(again)) as Record<string, sf.NDArray>;
      return Object.fromEntries(Object.entries(shown).map(([k, v]) => [k, v.toArray()]));
    }),

  /** Two sessions of two jobs at the same time, over the same ports. */
  twoJobs: async (options) => {
    const job = async (name: string, n: number) =>
      within({ ...options, job_name: name } as sf.InitOptions, async (s) => {
        const spu = spuOf(s, ['alice', 'bob']);
        const x = s.PYU('alice')(() => n)();
        const y = s.PYU('bob')(() => 10)();
        const outs: number[] = [];
        for (let i = 0; i < 5; i++)
          outs.push(
            Number(await s.reveal(spu((a: sf.BaseArray, b: sf.BaseArray) => np.multiply(a, b))(x, y))),
          );
        return outs;
      });
    return Promise.all([job('first', 1), job('second', 2)]);
  },
};

class Temperature {
  readonly degrees: number;
  constructor(degrees: number) {
    this.degrees = degrees;
  }
}

sf.registerType<Temperature>({
  module: 'weather',
  name: 'Temperature',
  test: (v) => v instanceof Temperature,
  encode: ({ degrees }) => degrees,
  decode: (d) => new Temperature(Number(d)),
});
