/** @file What the program of two parties without a dealer has to find (programs-making.ts): its results, in their order. */

export const RIGHT = [
  [3, -1, -2100, 0],
  [1, 1, 0, 1],
  [0.2, 0.05, -0.7, 0.9].map(Math.exp),
  [0.75, -4, -300 / 7, 0],
  [-7, -2, 0, 0.5, 1.5, 2, 9, 300],
  [1.5, 2, 300, 0].map(Math.sqrt),
];
