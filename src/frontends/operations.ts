/** @file What a file asks for, before it is run. */

export interface Operation {
  readonly op: string;
  readonly place: string;
  /** Is there a rule for it? */
  readonly isKnown: boolean;
}

/** What a file asks for: operations with how often they stand in it, and those that nothing here does, with their places. */
export interface Operations {
  readonly operations: Readonly<Record<string, number>>;
  readonly unsupported: readonly { readonly op: string; readonly place: string }[];
}

export const counted = (all: readonly Operation[]): Operations => {
  const counts = new Map<string, number>();
  for (const { op } of all) counts.set(op, (counts.get(op) ?? 0) + 1);
  return {
    operations: Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    unsupported: all.flatMap(({ op, place, isKnown }) => (isKnown ? [] : [{ op, place }])),
  };
};

/** Arguments one after another and results likewise, whatever trees or names they have: what commands call. */
export type Flat = (arrays: readonly unknown[]) => unknown[];
/** Of each function that was made from a file. */
export const flatForms = new WeakMap<object, Flat>();

/** What a program takes and gives as it is called: of each argument whether it is one array, and how many results there are. */
export interface Signature {
  readonly arguments: readonly boolean[];
  readonly results: number;
}

/** Signatures of programs, for commands. */
export const signatures = new WeakMap<object, Signature>();
