/** @file What belongs to an operation besides its name, as all parties must agree on it: settings and handles, no data. */

type Tree = string | number | boolean | undefined | readonly string[] | { readonly [key: string]: Tree };

/** As text in which two parties' operations are compared, entry by entry. */
export const detailOf = (detail: { readonly [key: string]: Tree }): string => JSON.stringify(detail);

const isTree = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const MOST_SHOWN = 200;

const shown = (x: unknown): string => {
  if (x === undefined || x === '') return 'nothing';
  const text = typeof x === 'string' ? x : JSON.stringify(x);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
};

/** Where two trees differ first, and what stands there. */
const firstOf = (a: unknown, b: unknown, path: string): readonly [string, string, string] | undefined => {
  if (!isTree(a) || !isTree(b)) return a === b ? undefined : [path, shown(a), shown(b)];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstOf(a[key], b[key], path === '' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
};

/** The first entry at which two details differ: its path, and what each side has there. Undefined where they are the same. */
export const differenceOf = (
  own: string,
  theirs: string,
): { readonly path: string; readonly own: string; readonly theirs: string } | undefined => {
  const found = own === theirs ? undefined : firstOf(parsed(own), parsed(theirs), '');
  return found && { path: found[0], own: found[1], theirs: found[2] };
};
