/** @file Programs of functions, jobs and programs that fail or differ. */
import * as sf from '#tessera';
import { failure, type Program, selfOf, spuOf, within } from './program.ts';

const { np } = sf;

export const failing: Readonly<Record<string, Program>> = {
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
};
