/** @file The operations behind `sf.prepareSet`: a set's records go to their receiver once, and questions follow. */
import { fail } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { describe } from '../names.ts';
import { type Duplicates, type Ids, type Normalize, readIds } from '../psi/ids.ts';
import { Wire } from '../psi/peer-messages.ts';
import { answerFor, askFor, give, type KnownSet, keep } from '../psi/prepared.ts';
import { MOST_IDS } from '../psi/shape.ts';
import { failedAt } from './failing.ts';
import { PYUObject } from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';
import type { Session } from './session.ts';

export interface Reading {
  readonly duplicates: Duplicates;
  readonly normalize: Normalize | undefined;
}

/** A party's set, read there; all hear how many it has. */
const announced = async (
  session: Session,
  op: Op,
  object: PYUObject,
  reading: Reading,
): Promise<{ readonly ids: Ids | undefined; readonly count: number }> => {
  const { party } = object.device;
  let ids: Ids | undefined;
  const said = session.mode.announce(party, `${op.number} size`, op, async () => {
    const value = await object[INSIDE];
    try {
      ids = await readIds(value, { party, ...reading });
      return ids.count;
    } catch (e) {
      throw failedAt(party, op, e, { party });
    }
  });
  const count: unknown = await session.unseen.reported(quietly(said));
  return Number.isInteger(count) && (count as number) >= 0 && (count as number) <= MOST_IDS
    ? { ids, count: count as number }
    : fail('SERIALIZATION', `${party} sent a number of rows that is none`, { party });
};

/** Both parts, as far as this program does them. */
const between = async <A, B>(
  session: Session,
  op: Op,
  [owner, receiver]: readonly [string, string],
  parts: { readonly owner: (peer: Wire) => Promise<A>; readonly receiver: (peer: Wire) => Promise<B> },
): Promise<readonly [Promise<A>, Promise<B>]> => {
  const lines = await session.mode.lines!(op, [owner, receiver], undefined);
  const part = <T>(party: string, other: string, work: (peer: Wire) => Promise<T>): Promise<T> =>
    session.mode.perform(party, `${op.number} rows`, op, async () => {
      const peer = new Wire(lines.get(party)!.channel, other);
      try {
        return await work(peer);
      } catch (e) {
        throw failedAt(party, op, e, { party });
      } finally {
        peer.close();
      }
    });
  const both = [part(owner, receiver, parts.owner), part(receiver, owner, parts.receiver)] as const;
  await session.unseen.reported(Promise.all(both.map((p) => quietly(p as Promise<unknown>))));
  return both;
};

/**
 * A party's set that another party may ask, again and again, which of its own identifiers are in it.
 * @example
 * const known = await sf.prepareSet({ bob: ['ann', 'bea', 'cy'] }, 'alice');
 * await sf.reveal(await known.rows(['cy', 'dee'])) // [0]
 */
export class PreparedSet {
  readonly #session: Session;
  readonly #key: Promise<Uint8Array>;
  readonly #known: Promise<KnownSet>;

  /**
   * Whose set it is.
   * @example
   * (await sf.prepareSet({ bob: [1, 2] }, 'alice')).owner // 'bob'
   */
  readonly owner: string;
  /**
   * Who may ask.
   * @example
   * (await sf.prepareSet({ bob: [1, 2] }, 'alice')).receiver // 'alice'
   */
  readonly receiver: string;
  /**
   * How many identifiers it has, which is public.
   * @example
   * (await sf.prepareSet({ bob: [1, 2] }, 'alice')).size // 2
   */
  readonly size: number;

  constructor(
    session: Session,
    parties: readonly [owner: string, receiver: string],
    size: number,
    [key, known]: readonly [Promise<Uint8Array>, Promise<KnownSet>],
  ) {
    this.#session = session;
    [this.owner, this.receiver] = parties;
    this.size = size;
    this.#key = key;
    this.#known = known;
  }

  /**
   * Which of the receiver's identifiers are in the set: a handle there of the numbers of their rows, rising. The receiver alone learns them; everybody learns how many
   * identifiers were asked for. Some 0.1 ms an identifier and 64 bytes. Options: normalize, duplicates ('error', 'first'). Throws as sf.psi.
   * @example
   * const known = await sf.prepareSet({ bob: [1, 2, 3] }, 'alice');
   * await sf.reveal(await known.rows([3, 4, 1])) // [0, 2]
   */
  async rows(ids: unknown, options: Partial<Reading> = {}): Promise<PYUObject<Int32Array>> {
    const reading = readingOf('rows', options);
    const session = this.#session;
    const object = ids instanceof PYUObject ? ids : session.to(session.PYU(this.receiver), ids);
    if (object.device.party !== this.receiver)
      fail('INVALID_ARGUMENT', `sf.prepareSet: the identifiers of ${this.receiver} are ${object.toString()}`);
    const op = session.op('ask set', callSite(), `${this.owner} ${String(object)}`);
    const { ids: own, count } = await announced(session, op, object, reading);
    if (count === 0 || this.size === 0)
      return new PYUObject<Int32Array>(object.device, op, Promise.resolve(new Int32Array(0)));
    const [, rows] = await between(session, op, [this.owner, this.receiver], {
      owner: async (peer) => answerFor(await this.#key, count, peer),
      receiver: async (peer) => {
        const items = await askFor(own!, await this.#known, peer);
        return Int32Array.from(items, (item) => own!.first[item]!).sort();
      },
    });
    return new PYUObject<Int32Array>(object.device, op, rows);
  }
}

/** Throws INVALID_ARGUMENT. */
export const readingOf = (what: string, options: Partial<Reading>): Reading => {
  const alien = Object.keys(options).find((key) => key !== 'normalize' && key !== 'duplicates');
  if (alien !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `sf.prepareSet: ${what}: unknown option ${JSON.stringify(alien)}: known are normalize and duplicates`,
    );
  const { duplicates = 'error', normalize } = options;
  if (duplicates !== 'error' && duplicates !== 'first')
    fail('INVALID_ARGUMENT', `sf.prepareSet: duplicates is "error" or "first", not ${describe(duplicates)}`);
  if (normalize !== undefined && typeof normalize !== 'function')
    fail('INVALID_ARGUMENT', 'sf.prepareSet: normalize is a function');
  return { duplicates, normalize };
};

/** Reads the set, and gives its records to the receiver. */
export const prepare = async (
  session: Session,
  op: Op,
  object: PYUObject,
  receiver: string,
  reading: Reading,
): Promise<PreparedSet> => {
  if (session.mode.lines === undefined)
    return fail('UNSUPPORTED', `sf.prepareSet is not for sessions on a ${session.mode.name}`);
  const parties = [object.device.party, receiver] as const;
  const { ids, count } = await announced(session, op, object, reading);
  const nothing = [
    Promise.resolve(new Uint8Array(0)),
    Promise.resolve({ records: new Uint8Array(0), count: 0 }),
  ] as const;
  const given =
    count === 0
      ? nothing
      : await between(session, op, parties, {
          owner: (peer) => give(ids!, peer),
          receiver: (peer) => keep(count, peer),
        });
  return new PreparedSet(session, parties, count, given);
};
