/** @file Places that follow one another by equal steps, on any number of levels, as those of windows do: a few strided copies in place of one a place. */

/** places = starts[i] + j . steps for all j below sizes, the last of sizes running fastest. */
export interface Lattice {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** How many places each stretch of equal steps has, so that all stretches are alike; 1 where they are not. */
const stretch = (places: readonly number[]): number => {
  const step = places[1]! - places[0]!;
  const isStep = (i: number): boolean => places[i]! - places[i - 1]! === step;
  let first = 2;
  while (first < places.length && isStep(first)) first++;
  const size = gcd(first, places.length);
  for (let i = 1; i < places.length; i++) if (i % size > 0 && !isStep(i)) return 1;
  return size;
};

const known = new WeakMap<readonly number[], Lattice>();

/** The lattice of a list of places; kept for as long as the list is. */
export const latticeOf = (places: readonly number[]): Lattice => {
  const found = known.get(places);
  if (found) return found;
  let starts = places;
  const sizes: number[] = [];
  const steps: number[] = [];
  while (starts.length > 1) {
    const size = stretch(starts);
    if (size === 1) break;
    sizes.unshift(size);
    steps.unshift(starts[1]! - starts[0]!);
    starts = starts.filter((_, i) => i % size === 0);
  }
  const made = { starts, sizes, steps };
  known.set(places, made);
  return made;
};
