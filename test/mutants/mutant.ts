/** @file What a planted fault is. `npm run mutants` plants each in a copy of the built files and runs its nearest tests. */

/** A leak: results unchanged, secrecy gone. A check: what it refuses is taken. Wrong: results. */
export type Kind = 'leak' | 'check' | 'wrong';

/** What is replaced by what, once in the file. */
export interface Edit {
  /** A source: src/... stands for the JavaScript built from it, assembly/... for itself. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** Unique, in words: what is broken. */
  readonly name: string;
  readonly kind: Kind;
  readonly edits: readonly Edit[];
  /** Files of tests under test/, the nearest first. */
  readonly tests: readonly string[];
  /** Gates to whose entries the tests of secrecy keep: they take a second each. */
  readonly gates?: string;
  /** Why no test can see it. It is counted as one that survives. */
  readonly survives?: string;
}

/** Faults of one file with the same nearest tests, in short: name, kind, then what is replaced by what in turn. */
export type Short = readonly [name: string, kind: Kind, ...edits: string[]];

export const inFile = (
  file: string,
  tests: readonly string[],
  faults: readonly Short[],
  gates?: string,
): Mutant[] =>
  faults.map(([name, kind, ...texts]) => ({
    name,
    kind,
    tests,
    ...(gates !== undefined && { gates }),
    edits: Array.from({ length: texts.length / 2 }, (_, i) => ({
      file,
      find: texts[2 * i]!,
      replace: texts[2 * i + 1]!,
    })),
  }));
