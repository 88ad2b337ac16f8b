/** @file A program of two parties who make their material between them. */
import * as sf from '#tessera';
import { type Program, spuOf, within } from './program.ts';

const { np } = sf;

export const making: Readonly<Record<string, Program>> = {
  /** Products, comparisons, functions and a sort at a field; then sorts without end. */
  makingTogether: (options, field: never, note) =>
    within(options, async (s) => {
      // What an SPU has where there is no dealer, and where it is named.
      const named = (field as string) === 'FM32' ? { beaver_type: 'MultiParty' } : {};
      const spu = spuOf(s, ['alice', 'bob'], { ...named, field });
      const a = s.PYU('alice')(() => [1.5, -2, 300, 0])();
      const b = s.PYU('bob')(() => [2, 0.5, -7, 9])();
      const all = spu((x: sf.BaseArray, y: sf.BaseArray) => [
        np.multiply(x, y),
        np.where(np.less(x, y), 1, 0),
        np.exp(np.multiply(y, 0.1)),
        np.divide(x, y),
        np.sort(np.concatenate([x, y])),
        np.sqrt(np.abs(x)),
      ])(a, b);
      const found = ((await s.reveal(all)) as unknown as sf.NDArray[]).map((x) => x.toArray());
      note('made');
      if ((options as { readonly loggingLevel?: string }).loggingLevel !== 'critical') return found;
      for (;;)
        await s.reveal(
          spu((x: sf.BaseArray, y: sf.BaseArray) => np.sort(np.tile(np.multiply(x, y), 500)))(a, b),
        );
    }),
};
