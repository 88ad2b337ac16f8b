/** @file The programs that the parties of the production tests run, by name. Every party runs the same one. */
import type { Program } from './program.ts';
import { ending } from './programs-ending.ts';
import { failing } from './programs-failing.ts';
import { frames } from './programs-frames.ts';
import { making } from './programs-making.ts';
import { sets } from './programs-sets.ts';
import { storing } from './programs-storing.ts';
import { values } from './programs-values.ts';

export const programs: Readonly<Record<string, Program>> = {
  ...values,
  ...failing,
  ...ending,
  ...storing,
  ...sets,
  ...frames,
  ...making,
};
