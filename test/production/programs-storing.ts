/** @file Programs of checkpoints. */
import { mkdirSync } from 'node:fs';
import * as sf from '#tessera';
import { failure, type Program, selfOf, spuOf, within, X } from './program.ts';

const { np } = sf;

export const storing: Readonly<Record<string, Program>> = {
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
      // The survivor may miss the victim's last word before it dies.
      const again = async (): Promise<void> => {
        await s.barrier();
        const second = dump(0);
        if (mine && given.how === 'dies') process.kill(process.pid, 'SIGKILL');
        if (mine && given.how === 'dies later') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3);
        note('dumping');
        await second;
      };
      return failure(again());
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
};
