/** @file Programs of values that move, are computed and revealed. */
import { connect } from 'node:net';
import * as sf from '#tessera';
import { meaning } from '../device/meaning.ts';
import { failure, type Program, selfOf, spuOf, within, X } from './program.ts';

const { np } = sf;

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

export const values: Readonly<Record<string, Program>> = {
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

  /** Functions that are called one on the result of the other just before the end, of which the last throws. */
  throwsAtTheEnd: async (options, { calls }: { readonly calls: number }) => {
    const s = await sf.session({ ...options, unseen: 'throw' } as sf.InitOptions);
    await s.barrier();
    let last = s.PYU('alice')(() => 0)();
    for (let i = 1; i <= calls; i++)
      last = s.PYU('alice')(function count(n: number) {
        if (n === calls - 1) throw new Error('that is enough');
        return n + 1;
      })(last);
    return failure(s.shutdown());
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

  /** A party that takes no part in the SPU puts values in, and learns a result; says what came to this party of them. */
  outsider: (options) =>
    within(options, async (s) => {
      const self = selfOf(options);
      const came: string[] = [];
      const mode = s.mode as { move: typeof s.mode.move };
      const { move } = s.mode;
      mode.move = (from, to, key, op, value) => {
        const known = move.call(s.mode, from, to, key, op, value) as typeof value;
        if (to === self)
          known.then(
            (v) => came.push(JSON.stringify(v)),
            () => {},
          );
        return known;
      };
      const [alice, carol] = [s.PYU('alice'), s.PYU('carol')];
      const spu = spuOf(s, ['alice', 'bob']);
      const hers = carol(() => [1234.5, -2])();
      const bad = carol(() => [1, Number.NaN])();
      const factor = alice(() => 2)();
      const sum = spu((x: sf.BaseArray, k: sf.BaseArray) => np.multiply(x, k))(hers, factor);
      const seen: unknown[] = [];
      const look = carol((v: sf.NDArray) => {
        seen.push(v.toArray());
      });
      const failed = await failure(bad.to(spu).ready());
      await s.wait(look(sum.to(carol) as never));
      const total = await s.reveal(spu((x: sf.BaseArray) => np.sum(x))(sum));
      return { seen, came, failed: failed?.code, total: Number((total as sf.NDArray).item()) };
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
