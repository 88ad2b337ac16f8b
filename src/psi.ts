/** @file `sf.psi`: the operation is numbered at the call, and what it needs is loaded when the first one is called. */
import { currentSession } from './device/default-session.ts';
import { detailOf } from './device/detail.ts';
import { DeviceObject, PYUObject } from './device/objects.ts';
import type { PreparedSet } from './device/psi-prepared.ts';
import type { Session } from './device/session.ts';
import { fail } from './errors.ts';
import { callSite } from './ir/trace/callsite.ts';
import { describe } from './names.ts';
import type { Duplicates, IdColumn, Normalize } from './psi/ids.ts';

export type { PreparedSet } from './device/psi-prepared.ts';
export type { Duplicates, Id, IdColumn, Normalize } from './psi/ids.ts';

/**
 * A party's identifiers: a column, several of the same length (rows are compared as a whole), or a handle of these. At another party's
 * program in production whatever it has there, such as undefined.
 */
export type Identifiers = IdColumn | readonly IdColumn[] | DeviceObject | undefined;

export interface PsiOptions {
  /** What is learned: the common rows (unless given), or nothing but how many they are. */
  readonly reveal?: 'rows' | 'size';
  /** Who learns which of its rows are common; all unless given. The others learn sizes alone. */
  readonly receivers?: readonly string[];
  /** What is done with an identifier that a party has twice: an error (unless given), its first row, or every combination of rows, which tells how often each party has a common one. */
  readonly duplicates?: Duplicates;
  /** What is compared in an identifier's place: lower case, say. Undefined or null leaves the row out. */
  readonly normalize?: Normalize;
}

/** Rows that parties have in common: their numbers at each party, in one order, and how many there are. */
export type PsiResult<K extends string> = { readonly [P in K]: PYUObject<Int32Array> } & {
  readonly size: number;
};

const OPTIONS = ['reveal', 'receivers', 'duplicates', 'normalize'];

/** Who has identifiers. Throws INVALID_ARGUMENT for what is no object of them. */
const partiesOf = (what: string, ids: Readonly<Record<string, Identifiers>>): string[] =>
  typeof ids !== 'object' || ids === null || Array.isArray(ids) || Object.keys(ids).length < 2
    ? fail('INVALID_ARGUMENT', `${what} takes the identifiers by party: { alice: ids, bob: ids }`)
    : Object.keys(ids);

/** Handles of the identifiers, each at its party; plain ones are put there, in the session of the handles among them. */
export const ownedBy = (
  what: string,
  ids: Readonly<Record<string, Identifiers>>,
  session?: Session,
): (readonly [string, PYUObject])[] => {
  const parties = partiesOf(what, ids);
  const given = Object.values(ids).find((x) => x instanceof DeviceObject);
  const own = session ?? (given?.device.session as Session | undefined) ?? currentSession();
  return parties.map((party) => {
    const x = ids[party];
    const object = x instanceof DeviceObject ? x : own.to(own.PYU(party), x);
    if (!(object instanceof PYUObject) || object.device.party !== party || object.device.session !== own)
      return fail(
        'INVALID_ARGUMENT',
        `${what}: the identifiers of ${party} are ${object.toString()}: move them first, with .to(${party})`,
      );
    return [party, object] as const;
  });
};

/** Throws INVALID_ARGUMENT for options that nobody reads, or that have another form. */
const checkOptions = (options: PsiOptions, parties: readonly string[]): void => {
  const wrong = (text: string): never => fail('INVALID_ARGUMENT', `sf.psi: ${text}`);
  if (typeof options !== 'object' || options === null)
    wrong(`options are an object, not ${describe(options)}`);
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name))
      wrong(`unknown option ${JSON.stringify(name)}: known are ${OPTIONS.join(', ')}`);
  const { reveal = 'rows', receivers = parties, duplicates = 'error', normalize } = options;
  if (reveal !== 'rows' && reveal !== 'size') wrong('reveal is "rows" or "size"');
  if (reveal === 'size' && (options.receivers !== undefined || duplicates === 'product'))
    wrong('of a size all learn the number of identifiers alone: leave receivers and "product" out');
  if (
    !Array.isArray(receivers) ||
    receivers.length === 0 ||
    receivers.some((p) => !parties.includes(p as string))
  )
    wrong(`receivers is a list of parties of it: ${parties.join(', ')}`);
  if (!['error', 'first', 'product'].includes(duplicates))
    wrong('duplicates is "error", "first" or "product"');
  if (duplicates === 'product' && receivers.length < parties.length)
    wrong(
      'duplicates "product" shows to each party how often the others have a common identifier: all have to be receivers',
    );
  if (normalize !== undefined && typeof normalize !== 'function') wrong('normalize is a function');
};

/**
 * Private set intersection of two to five parties: which rows have an identifier that all others have too. Resolves to a handle at each party,
 * the numbers of its common rows (Int32Array from 0) in one order that no party's table determines, and to their number. Identifiers
 * are texts, whole numbers of up to 64 bits (1 and 1n are the same, "1" is another), or rows of several columns; at most 40 million
 * a party. Everybody in the session learns how many different identifiers each party has, and the size; a receiver which of its
 * own are common; nobody anything of others. Runs of it on sets that change show the differences.
 *
 * A session with a dealer of its own (`clusterConfig.dealer`; a simulation has one) takes milliseconds a thousand rows and 45 bytes a row; the dealer
 * learns the numbers alone. Without one parties take oblivious transfers, for as much and 0.1 s and 80 KB more. Up to 1,500 identifiers of both, and for
 * `reveal: 'size'`, rows are points of a curve: some 0.1 ms a row of both at each party, 42
 * bytes a row; of more than two parties for the size it is the leader and one other who do so. Of more than two parties the receiver with the fewest identifiers leads: others send it 34 bytes a row more, two to four times as
 * much work is done there, and parties who pool what they know learn which of the leader's identifiers all the others have. Throws, before anything is sent of the sets, INVALID_ARGUMENT with party and row for what is no identifier or comes twice,
 * RANGE for more than 40 million; UNSUPPORTED for more than five parties and on a cluster; SERIALIZATION for messages of another form;
 * PARTY_FAILED where identifiers cannot be encoded, once in 2^40 calls: nobody learns more by that, and it may be called again.
 * @example
 * const { alice: left, bob: right, size } = await sf.psi({ alice: ['ann', 'bea', 'cy'], bob: ['cy', 'dee', 'ann'] });
 * size // 2
 * const [a, b] = await sf.reveal([left, right]);
 * [...a].map((row) => ['ann', 'bea', 'cy'][row]).join() === [...b].map((row) => ['cy', 'dee', 'ann'][row]).join() // true
 * await sf.psi({ alice: ['ann', 'ann'], bob: ['ann'] }) // throws INVALID_ARGUMENT
 */
export function psi<K extends string>(
  ids: { readonly [P in K]: Identifiers },
  options: PsiOptions & { readonly reveal: 'size' },
): Promise<{ readonly size: number }>;
export function psi<K extends string, R extends K>(
  ids: { readonly [P in K]: Identifiers },
  options: PsiOptions & { readonly receivers: readonly R[] },
): Promise<Pick<PsiResult<K>, R>>;
export function psi<K extends string>(
  ids: { readonly [P in K]: Identifiers },
  options?: PsiOptions,
): Promise<PsiResult<K>>;
export async function psi(
  ids: Readonly<Record<string, Identifiers>>,
  options: PsiOptions = {},
): Promise<unknown> {
  const parties = partiesOf('sf.psi', ids);
  if (parties.includes('size'))
    fail('INVALID_ARGUMENT', 'sf.psi: a party has the name "size", which the result has too');
  checkOptions(options, parties);
  const { reveal = 'rows', receivers = parties, duplicates = 'error', normalize } = options;
  const owned = ownedBy('sf.psi', ids);
  const [[, some]] = owned as [[string, PYUObject]];
  const { session } = some.device;
  const op = session.op(
    'psi',
    callSite(),
    detailOf({ sets: owned.map(([, x]) => String(x)), reveal, receivers, duplicates }),
  );
  const { meet } = await import('./device/psi.ts');
  return meet(session, op, owned, { reveal, receivers, duplicates, normalize });
}

export interface PrepareOptions {
  /** What is compared in an identifier's place. Undefined or null leaves the row out. */
  readonly normalize?: Normalize;
  /** What is done with an identifier that comes twice: an error (unless given), or its first row. */
  readonly duplicates?: 'error' | 'first';
}

/**
 * Prepares a large set, { bob: ids }, which then answers a receiver's questions for the work of the questions alone: `known.rows(ids)`. The receiver gets 12 to
 * 14 bytes an identifier of it once, and learns of them nothing but which of the identifiers that it asks for are among them; everybody learns how many there are. Some 0.05 ms an
 * identifier at its owner. Points of a curve, so no dealer is needed. What was prepared belongs to its session. Throws as sf.psi.
 * @example
 * const known = await sf.prepareSet({ bob: ['ann', 'bea', 'cy'] }, 'alice');
 * known.size // 3
 * await sf.reveal(await known.rows(['zoe', 'bea'])) // [1]
 */
export const prepareSet = async (
  ids: Readonly<Record<string, Identifiers>>,
  receiver: string,
  options: PrepareOptions = {},
): Promise<PreparedSet> => {
  const { prepare, readingOf } = await import('./device/psi-prepared.ts');
  const reading = readingOf('the set', options);
  const [owner, ...more] = Object.keys(ids ?? {});
  if (owner === undefined || more.length > 0)
    return fail('INVALID_ARGUMENT', 'sf.prepareSet takes the identifiers of one party: { bob: ids }');
  const given = ids[owner];
  const session = (given instanceof DeviceObject ? given.device.session : currentSession()) as Session;
  const object = given instanceof DeviceObject ? given : session.to(session.PYU(owner), given);
  if (!(object instanceof PYUObject) || object.device.party !== owner)
    return fail(
      'INVALID_ARGUMENT',
      `sf.prepareSet: the identifiers of ${owner} are ${object.toString()}: move them first`,
    );
  if (session.PYU(receiver).party === owner)
    return fail('INVALID_ARGUMENT', `sf.prepareSet: ${owner} has the set already`);
  const op = session.op('prepare set', callSite(), detailOf({ set: String(object), receiver }));
  return prepare(session, op, object, receiver, reading);
};
