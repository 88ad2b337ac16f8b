/** @file Where an element stands in an array, for messages. */

/** The index of the element at a place of the flat array. */
export const unravel = (index: number, shape: readonly number[]): number[] => {
  const out: number[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    out.unshift(index % shape[i]!);
    index = Math.floor(index / shape[i]!);
  }
  return out;
};

/** Where a flat index stands, for messages; nothing for a number. */
export const placeOf = (index: number, shape: readonly number[]): string =>
  shape.length === 0 ? '' : ` at index [${unravel(index, shape).join(', ')}]`;
