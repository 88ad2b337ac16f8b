/**
 * @file Sums of squares. A square leaves the ring from numbers of 2^((k-1)/2 - f) on, though the root of their
 * sum would fit. So three sums are kept, of the squares of x, of x 2^-k/4 and of x 2^-k/2, both rounded; a root takes the largest that is known
 * to be right, by two comparisons of sums. What divides x by such a root takes the same of x, x 2^-k/4 and x 2^-k/2.
 *
 * Right for lengths up to 2^(k-1-f). Where a coarser sum stands in, numbers are off by less than 2^(1 - k/4) of the length, and that of n by
 * n 2^-k/2 of itself; at FM128 below 2^-23 and n 2^-48. The first sum keeps the 2f bits of its products; at FM128 it is what all but roots take (fraction-bits.ts).
 */
import * as basic from '../../fixed/basic.ts';
import type { Circuit, Wire } from '../../fixed/circuit.ts';
import type { Normal } from '../../fixed/normalise.ts';
import { isLong } from '../../fixed/split-matmul.ts';
import * as math from '../../ring/math/index.ts';
import type { ValueId } from '../ops/graph.ts';
import { type Choice, isLevelled, type Levelled, type Levels, type Scaled } from './fraction-bits.ts';
import type { Lowering } from './lowering-state.ts';

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** The same of each level. */
export const eachLevel = ({ middle, coarse }: Levels, map: (sum: Wire) => Wire): Levels => ({
  middle: once(() => map(middle())),
  coarse: once(() => map(coarse())),
});

export const madeNow = (levels: Levels): Levels => {
  levels.middle();
  levels.coarse();
  return levels;
};

/** Two by two. */
export const joinLevels = (a: Levels, b: Levels, join: (x: Wire, y: Wire) => Wire): Levels => ({
  middle: once(() => join(a.middle(), b.middle())),
  coarse: once(() => join(a.coarse(), b.coarse())),
});

type Setting = Pick<Circuit, 'field' | 'fraction'>;

/** By which powers of two numbers are smaller whose squares stand in coarser sums. */
const exponents = ({ field: { bits } }: Setting) => ({ middle: bits / 4, coarse: bits / 2 });

/** Whether there is room for levels. */
export const hasLevels = ({ field: { bits }, fraction }: Setting): boolean => fraction <= bits / 2;

/** x 2^-bits, up or down by chance so that it is right on average, once for each x. */
const rounded = (l: Lowering, x: ValueId, bits: number): Wire => {
  const { circuit: c } = l;
  const make = (): Wire => c.inside(() => basic.truncate(c, l.wire(x), bits));
  return l.once(`rounded ${x} ${bits}`, () => [make()])[0]!;
};

/** The squares of x, or sums of them, as three: the value `out`. The first wraps for large numbers, where it is not taken. */
export const squareLevels = (
  l: Lowering,
  x: ValueId,
  squares: (y: Wire, trunc: number) => Wire,
  out: ValueId,
): Scaled => {
  const { circuit: c } = l;
  const square = (bits: number): (() => Wire) =>
    once(() => {
      const y = rounded(l, x, bits);
      return c.inside(() => squares(y, 0));
    });
  const own = l.wire(x);
  return {
    wire: c.inside(() => squares(own, 0)),
    bits: 2 * c.fraction,
    factor: 1,
    exact: false,
    kind: 'product',
    long: isLong(c, l.products(out)),
    levels: { middle: square(exponents(c).middle), coarse: square(exponents(c).coarse) },
  };
};

/** Sums from here on are worth more than those of the finer level, which may be wrong from four times as much on. */
const atLeast = (c: Circuit, sum: Wire): Wire =>
  basic.not(c, basic.below(c, sum, [math.pow2(c.field.bits / 2 - 3)])[0]!);

/** The coarse digit of a normalised sum at FM128 from which on it is taken: sums from 2^47 on, of numbers that are off by 2^-23 of their length. */
const TAKEN = 3;

/** The same of a sum that was normalised: at FM128 its coarse digit tells, which is far enough from both ends. Negative ones are below. */
const reaches = (c: Circuit, sums: Wire, { levels, negative }: Normal): Wire => {
  if (c.field.bits < 128) return atLeast(c, sums);
  const above = basic.not(c, levels.at(-1)!.under[TAKEN - 1]!);
  return negative ? basic.xor(c, above, negative) : above;
};

/** By one level or another, in one opening. */
const pick = (
  c: Circuit,
  { middle, coarse }: Choice,
  of: { fine: Wire; middle: Wire; coarse: Wire },
): Wire => {
  const terms = [
    [middle, basic.sub(c, of.middle, of.fine)],
    [coarse, basic.sub(c, of.coarse, of.fine)],
  ] as const;
  return basic.selectSum(c, terms, 0, of.fine);
};

/** A root in two steps, the first of which tells the digits (homogeneous.ts). */
interface RootSteps {
  readonly begin: (l: Lowering, s: Scaled) => Normal;
  readonly end: (l: Lowering, s: Scaled, begun: Normal, output: number) => Wire;
}

/** Which sum is right, and the roots of all in one go, in units of each: they take no longer than the comparisons that choose. */
const rooted = (
  l: Lowering,
  id: ValueId,
  { levels, ...fine }: Levelled,
  root: RootSteps,
  output: number,
): { readonly choice: Choice; readonly roots: { fine: Wire; middle: Wire; coarse: Wire } } => {
  const { circuit: c } = l;
  const [middle, coarse] = [levels.middle(), levels.coarse()];
  c.watched?.products(c, coarse, l.source(id));
  return c.inside(() => {
    const sums = { ...fine, wire: basic.stack(c, [fine.wire, middle, coarse]) };
    const normal = root.begin(l, sums);
    const reached = reaches(c, sums.wire, normal);
    const isCoarse = basic.partAt(c, reached, 2);
    const isMiddle = basic.and(c, basic.partAt(c, reached, 1), basic.not(c, isCoarse));
    const roots = root.end(l, sums, normal, output);
    const [ofFine, ofMiddle, ofCoarse] = [0, 1, 2].map((i) => basic.partAt(c, roots, i)) as [
      Wire,
      Wire,
      Wire,
    ];
    return {
      choice: { middle: isMiddle, coarse: isCoarse },
      roots: { fine: ofFine, middle: ofMiddle, coarse: ofCoarse },
    };
  });
};

/** Bits that a root of a mean may lack. */
const FEW = 5;

/**
 * The root of a mean is smaller than that of its sum by the root of the factor. In a small ring the units of coarser sums are large beside it,
 * so that means of many are rooted with more bits.
 */
const bitsOfMean = (c: Circuit, factor: number): number => {
  const bits = factor < 1 ? Math.ceil(math.log2(1 / factor) / 2) : 0;
  return c.field.bits === 128 || bits <= FEW ? 0 : Math.min(exponents(c).middle, bits);
};

/** The root of a sum, with the program's fraction. */
export const rootOfLevels = (l: Lowering, id: ValueId, s: Levelled, root: RootSteps): Wire => {
  const { circuit: c } = l;
  const up = exponents(c);
  const more = bitsOfMean(c, s.factor);
  const { choice, roots } = rooted(l, id, s, root, c.fraction + more);
  const by = (wire: Wire, e: number): Wire => basic.timesInteger(c, wire, math.pow2(e - more));
  return c.inside(() =>
    pick(c, choice, {
      fine: more === 0 ? roots.fine : basic.truncate(c, roots.fine, more),
      middle: by(roots.middle, up.middle),
      coarse: by(roots.coarse, up.coarse),
    }),
  );
};

/** 1 / the root of a sum, in units of the level that is taken. */
export const inverseRootOfLevels = (
  l: Lowering,
  id: ValueId,
  s: Levelled,
  inverse: RootSteps,
  bits: number,
): Scaled & { choice: Choice } => {
  const { choice, roots } = rooted(l, id, s, inverse, bits);
  const wire = l.circuit.inside(() => pick(l.circuit, choice, roots));
  return { wire, bits, factor: 1, exact: false, kind: 'unit', choice };
};

/** Such an inverse with the program's fraction: 0 where the coarsest level is taken, of which it is less than half a unit. */
const inverseAsNumber = (c: Circuit, { wire, bits }: Scaled, choice: Choice): Wire => {
  const down = bits - c.fraction;
  return pick(c, choice, {
    fine: basic.truncate(c, wire, down),
    middle: basic.truncate(c, wire, down + exponents(c).middle),
    coarse: basic.filled(c, 0, wire.shape),
  });
};

/** x in units of the level that is taken. */
export const inUnits = (l: Lowering, x: ValueId, choice: Choice): Wire => {
  const { circuit: c } = l;
  const down = exponents(c);
  const [fine, middle, coarse] = [l.wire(x), rounded(l, x, down.middle), rounded(l, x, down.coarse)];
  return c.inside(() => pick(c, choice, { fine, middle, coarse }));
};

/** A sum of squares itself, times its factor: right up to 2^(3k/2 - 2 - 2f), as far as the ring holds what comes out. */
const sumOfLevels = (l: Lowering, s: Levelled): Wire => {
  const { circuit: c } = l;
  const middle = s.levels.middle();
  const scale = (bits: number): number => s.factor * math.pow2(c.fraction - bits);
  const bits = s.bits - 2 * exponents(c).middle;
  c.watched?.products(c, middle);
  c.watched?.below(c, middle, c.field.bits - 2 - Math.max(0, math.log2(scale(bits))));
  return c.inside(() =>
    basic.choose(
      c,
      atLeast(c, middle),
      basic.timesNumber(c, middle, scale(bits)),
      basic.timesNumber(c, s.wire, scale(s.bits)),
    ),
  );
};

/** A value as a wire with the program's fraction bits. */
export const toFraction = (l: Lowering, s: Scaled): Wire => {
  const { circuit: c } = l;
  const { wire, bits, factor, exact, choice } = s;
  // At FM128 the first sum is right as far as its own square fits, if there are not very many.
  if (isLevelled(s) && (s.long || c.field.bits < 128)) return sumOfLevels(l, s);
  if (choice) return c.inside(() => inverseAsNumber(c, s, choice));
  return basic.timesNumber(c, wire, factor * math.pow2(c.fraction - bits), c.exact || exact);
};
