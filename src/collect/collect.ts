/**
 * @file `sf.collect`: answers of many who take no part in the computation. An answer is split by who gives it: each party gets numbers whose sum over all
 * parties is the answer, modulo 2^64, sealed to a key that it drew for this collection. One party has the post box, which sees sealed envelopes alone. When it
 * closes, each party opens its own; the shares enter the SPU, where their sum is a secret. Rows are put in an order that nobody knows before it is
 * found out, and revealed, which of them keep to the schema's limits: who has sent which is not learned by that, and what does not keep to them is left out.
 */
import type { PYU, SPU } from '../device/devices.ts';
import type { PYUObject, SPUObject } from '../device/objects.ts';
import type { Session } from '../device/session.ts';
import { fail, TesseraError } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { describe } from '../names.ts';
import * as np from '../numpy/index.ts';
import { optionsOf } from '../numpy/options.ts';
import { drawKeys, envelopeBytes, ID, type KeyPair, opened } from './envelope.ts';
import { Inbox } from './inbox.ts';
import { linkOf, textOf } from './invitation.ts';
import { type AnswerSchema, type Field, fieldsOf } from './schema.ts';

export interface CollectOptions {
  /** What an answer is made of. */
  readonly schema: AnswerSchema;
  /** The party of the SPU that has the post box: in Node or Deno. */
  readonly at: string;
  /** Where the post box listens; '127.0.0.1:0' unless given. */
  readonly listen?: string | undefined;
  /** Where answers are sent, if not to `listen`: a proxy with a certificate, say. */
  readonly url?: string | undefined;
  /** The page that reads the link; `url` unless given. */
  readonly page?: string | undefined;
  /** It closes when there are so many answers, */
  readonly answers?: number | undefined;
  /** or at this time, a date or milliseconds since 1970. */
  readonly closes?: Date | number | undefined;
  /** So many links are made, each for one answer; unless given there is one link, by which anybody answers as often as they like. */
  readonly invitations?: number | undefined;
  /** With fewer answers nothing is computed; 3 unless given. */
  readonly least?: number | undefined;
}

export interface Collected {
  /** By name: float64, words as their places in the list (int64), bools. A row an answer, in an order that nobody knows. */
  readonly columns: Readonly<Record<string, SPUObject<NDArray>>>;
  readonly size: number;
  /** How many were left out: sealed to other keys, or beyond the limits. */
  readonly refused: number;
}

export interface Collection {
  /** What invites to answer (sf.submit). Send it where nobody can change it: it says whose keys may read shares. */
  readonly link: string;
  /** With `invitations` a link for each. */
  readonly links: readonly string[];
  /** Closes it now; at the party that has the post box. */
  close(): void;
  /** Waits until it is closed. All parties call it, at the same place of their programs. */
  answers(): Promise<Collected>;
}

const MOST = 1_000_000;
const DEFAULTS = {
  schema: undefined,
  at: undefined,
  listen: '127.0.0.1:0',
  url: undefined,
  page: undefined,
  answers: undefined,
  closes: undefined,
  invitations: undefined,
  least: 3,
};

const wholeNumber = (name: string, value: unknown, least: number): void => {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > MOST)
    fail(
      'INVALID_ARGUMENT',
      `sf.collect: ${name} is a whole number from ${least} to ${MOST}, not ${describe(value)}`,
    );
};

const readOptions = (spu: SPU, options: CollectOptions) => {
  const o = optionsOf<CollectOptions, typeof DEFAULTS>(
    'sf.collect',
    options,
    DEFAULTS,
  ) as unknown as CollectOptions & {
    readonly listen: string;
    readonly least: number;
  };
  if (typeof o.at !== 'string' || !spu.parties.includes(o.at))
    fail(
      'INVALID_ARGUMENT',
      `sf.collect: at is the party that has the post box, one of ${spu.parties.join(', ')}`,
    );
  if (spu.parties.length < 2) fail('INVALID_ARGUMENT', 'sf.collect takes an SPU of two parties or more');
  wholeNumber('least', o.least, 1);
  if (o.answers !== undefined) wholeNumber('answers', o.answers, o.least);
  if (o.invitations !== undefined) wholeNumber('invitations', o.invitations, o.least);
  const closes = o.closes instanceof Date ? o.closes.getTime() : o.closes;
  if (closes !== undefined && !(Number.isFinite(closes) && closes > Date.now()))
    fail('INVALID_ARGUMENT', `sf.collect: closes is a time to come, not ${describe(o.closes)}`);
  return { ...o, closes, fields: fieldsOf(o.schema) };
};

/** What a party found in its envelopes, which all are told: the numbers of answers, and which of them it could read. */
interface Read {
  readonly ids: string[];
  readonly good: boolean[];
}

const readAll = async (
  bytes: Uint8Array,
  columns: number,
  secret: KeyPair,
  belongs: { readonly collection: Uint8Array; readonly party: string },
): Promise<[Read, BigInt64Array[]]> => {
  const size = ID + envelopeBytes(columns);
  const read: Read = { ids: [], good: [] };
  const shares: BigInt64Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const id = bytes.slice(at, at + ID);
    const share = await opened(secret, bytes.slice(at + ID, at + size), { ...belongs, id });
    read.ids.push(textOf(id));
    read.good.push(share?.length === columns);
    shares.push(share ?? new BigInt64Array(columns));
  }
  return [read, shares];
};

/** Rows of answers that all could read, each once. Throws DIVERGED where parties were not given the same answers. */
const readableBy = (said: readonly Read[]): number[] => {
  const [first] = said as [Read];
  if (said.some(({ ids }) => ids.join() !== first.ids.join()) || new Set(first.ids).size < first.ids.length)
    throw new TesseraError('DIVERGED', 'sf.collect: the parties were not given the same answers');
  return first.ids.flatMap((_, row) => (said.every(({ good }) => good[row] === true) ? [row] : []));
};

const enough = (size: number, least: number): void => {
  if (size < least)
    fail(
      'RANGE',
      `sf.collect: ${size} answers, where ${least} are wanted at least: nothing is computed of them`,
      {
        size,
      },
    );
};

/** The sum of shares [rows, columns], in an order that nobody knows, and which rows keep to the limits. */
const summed =
  (fields: readonly Field[]) =>
  (...shares: BaseArray[]): [BaseArray, BaseArray] => {
    const rows = np.random.secretShuffle(
      shares.reduce((a, b) => np.add(a, b)),
      0,
    );
    const limit = (of: (f: Field) => number): BaseArray => np.array(fields.map(of), 'int64');
    const inside = np.logicalAnd(
      np.greaterEqual(
        rows,
        limit(({ least }) => least),
      ),
      np.lessEqual(
        rows,
        limit(({ most }) => most),
      ),
    );
    return [rows, np.all(inside, 1)];
  };

const columnsOf =
  (fields: readonly Field[], kept: readonly number[]) =>
  (rows: BaseArray): BaseArray[] => {
    const own = kept.length === rows.shape[0] ? rows : np.take(rows, kept, 0);
    return fields.map(({ kind, step }, j) => {
      const steps = np.take(own, j, 1);
      if (kind === 'boolean') return np.astype(steps, 'bool');
      if (kind === 'word') return steps;
      const numbers = np.astype(steps, 'float64');
      // A tenth is no number of a ring; ten is.
      const inverse = Math.round(1 / step);
      if (step < 1 && Math.abs(inverse * step - 1) < 1e-12) return np.divide(numbers, inverse);
      return step === 1 ? numbers : np.multiply(numbers, step);
    });
  };

/** See src/collect.ts. */
export const collect = async (spu: SPU, options: CollectOptions): Promise<Collection> => {
  if (typeof spu !== 'function' || spu.kind !== 'SPU')
    fail('INVALID_ARGUMENT', `sf.collect takes an SPU first, not ${describe(spu)}`);
  const o = readOptions(spu, options);
  const { fields, least } = o;
  const session = spu.session as Session;
  const { parties } = spu;
  const places = parties.map((party): PYU => session.PYU(party));
  const [box] = places.filter(({ party }) => party === o.at) as [PYU];
  /** Secrets of the parties of this program. */
  const secrets = new Map<string, KeyPair>();
  const drawn = places.map((place) =>
    place(async () => {
      const keys = await drawKeys();
      secrets.set(place.party, keys);
      return keys.publicKey;
    })(),
  );
  let inbox: Inbox | undefined;
  const tokensOf = (): Uint8Array[] | undefined =>
    o.invitations === undefined
      ? undefined
      : Array.from({ length: o.invitations }, () => crypto.getRandomValues(new Uint8Array(ID)));
  const open = async () => {
    const tokens = tokensOf();
    const most = Math.min(o.answers ?? MOST, o.invitations ?? MOST);
    inbox = new Inbox({
      listen: o.listen,
      parties: parties.length,
      columns: fields.length,
      most,
      closes: o.closes,
      tokens,
    });
    const url = await inbox.open();
    const id = crypto.getRandomValues(new Uint8Array(ID));
    return { to: o.url ?? url, id, tokens: tokens ?? [] };
  };
  const [keys, at] = (await session.reveal([drawn, box(open)()])) as unknown as [
    Uint8Array[],
    { to: string; id: Uint8Array; tokens: Uint8Array[] },
  ];
  const invitation = {
    collection: at.id,
    to: at.to,
    closes: o.closes,
    keys: parties.map((party, i) => [party, keys[i]!] as const),
    schema: o.schema,
  };
  const page = o.page ?? at.to;
  const link = (token?: Uint8Array): string => linkOf(page, { ...invitation, token });
  const links = at.tokens.map(link);

  const gather = async (): Promise<Collected> => {
    const bundles = box(() => inbox!.closed(), { numReturns: parties.length })() as PYUObject<Uint8Array>[];
    const read = places.map((place, i) =>
      place(
        (bytes: Uint8Array) =>
          readAll(bytes, fields.length, secrets.get(place.party)!, { collection: at.id, party: place.party }),
        { numReturns: 2 },
      )(bundles[i]!.to(place) as never),
    ) as unknown as [PYUObject<Read>, PYUObject<BigInt64Array[]>][];
    const said = (await session.reveal(read.map(([told]) => told))) as unknown as Read[];
    const readable = readableBy(said);
    enough(readable.length, least);
    const shares = places.map((place, i) =>
      place((all: BigInt64Array[]) => {
        const data = new BigInt64Array(readable.length * fields.length);
        for (const [row, from] of readable.entries()) data.set(all[from]!, row * fields.length);
        return new NDArray([readable.length, fields.length], 'int64', data);
      })(read[i]![1] as never),
    );
    const [rows, isInside] = spu(summed(fields), { numReturns: 2 })(...(shares as never[])) as unknown as [
      SPUObject,
      SPUObject,
    ];
    const inside = (await session.reveal(isInside)) as unknown as NDArray;
    const kept = Array.from(inside.data as ArrayLike<number>).flatMap((ok, row) => (ok ? [row] : []));
    enough(kept.length, least);
    const columns = spu(columnsOf(fields, kept), { numReturns: fields.length })(rows as never);
    const named = fields.map(
      ({ name }, j) => [name, (columns as unknown as SPUObject<NDArray>[])[j]!] as const,
    );
    return {
      columns: Object.fromEntries(named),
      size: kept.length,
      refused: said[0]!.ids.length - kept.length,
    };
  };
  let gathered: Promise<Collected> | undefined;
  return Object.freeze<Collection>({
    link: o.invitations === undefined ? link() : '',
    links,
    close: () =>
      inbox
        ? inbox.close()
        : fail('INVALID_ARGUMENT', `sf.collect: ${o.at} has the post box, and closes it`, { party: o.at }),
    answers: () => {
      gathered ??= gather();
      return gathered;
    },
  });
};
