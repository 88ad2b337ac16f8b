/**
 * @file How those who run a job give it up together. Who cannot go on tells all others, who tell it as well and stop where
 * they are; then all know which jobs are lost: from the first that failed anywhere to the last that anybody has begun.
 * Messages that are still on their way belong to channels that are closed afterwards, and gates that were numbered are never
 * numbered again. While nothing fails, nothing is sent.
 */
import { type ErrorCode, TesseraError } from '../../errors.ts';
import { createCodec } from '../../link/codec.ts';
import type { Channel } from '../../link/link.ts';

/** Errors after which no job can run: a party is lost, or runs another program. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'PEER_LOST',
  'PARTY_FAILED',
  'LINK',
  'IDENTITY',
  'DIVERGED',
  'CLOSED',
]);

/** Whether the others can be told of this error, and all go on with the next job. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof TesseraError && FINAL.has(error.code));

/** The report that a party or dealer sends when it stops a job. */
interface Report {
  /** The job that stopped here; -1 if none was running. */
  readonly stopped: number;
  /** It stopped by itself, not because of others. */
  readonly own: boolean;
  /** The last job that was begun here; -1 if none was. */
  readonly begun: number;
  readonly code: ErrorCode;
  readonly text: string;
  /** A random name, unique to this report. */
  readonly name: string;
}

/** Which jobs are given up, and why. */
export interface Verdict {
  readonly from: number;
  readonly through: number;
  /** Everywhere with the same `info.fault`, by which errors that follow from it are known to be about one failure. */
  readonly cause: TesseraError;
}

/** A job that stops before its end; without an error, because of others. */
export interface Stopped {
  readonly job: number;
  readonly error?: unknown;
  /** What the error says is not for the others: it may tell of an input. */
  readonly hidden?: boolean;
}

/** A party stops because of another. */
export class GivenUp extends Error {}

const codec = createCodec();

const reportOf = (begun: number, stopped: Stopped | undefined): Report => {
  const { job = -1, error, hidden = false } = stopped ?? {};
  const { code, message } = typed(error);
  // What is no error of ours, or comes of an input, its own party alone is to see.
  const shown = code === 'OUT_OF_MEMORY' || (error instanceof TesseraError && !hidden);
  const text = shown ? message : 'it failed there; look at its log';
  return { stopped: job, own: error !== undefined, begun, code, text, name: freshName() };
};

const NAME = 32;

const freshName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(NAME / 2)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );

/** The error as it was thrown, with the name of its failure. */
const namedAs = (fault: string, error: TesseraError): TesseraError => {
  const known = new TesseraError(error.code, error.message, { ...error.info, fault }, error);
  if (error.stack !== undefined) known.stack = error.stack;
  return known;
};

/** An error of a job with its code; hosts have words of their own for a lack of memory. */
const typed = (error: unknown): TesseraError => {
  if (error instanceof TesseraError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof RangeError && /allocation|memory|array length/i.test(text)
    ? new TesseraError('OUT_OF_MEMORY', `the host has no memory left: ${text}`, {}, error)
    : new TesseraError('PARTY_FAILED', text, {}, error);
};

export class Faults {
  readonly #peers: readonly PeerReports[];
  /** How often jobs were given up; the tags of the reports. */
  #turn = 0;
  #limit = Number.POSITIVE_INFINITY;

  /** `channels` lead to all others and carry nothing else; `onStop` is called when one of them has stopped. */
  constructor(channels: readonly Channel[], onStop: () => void) {
    this.#peers = channels.flatMap((channel) =>
      channel.peers.map((peer) => ({ peer, channel, reports: new Map() })),
    );
    for (const from of this.#peers)
      from.channel.notice(from.peer, (tag) => {
        this.#report(from, tag).then(
          ({ stopped }) => {
            if (tag !== this.#turn || stopped < 0) return;
            this.#limit = Math.min(this.#limit, stopped);
            onStop();
          },
          () => {},
        );
      });
  }

  /** The first job that others have stopped in: those before are done, from this one on all are given up. Infinity: none. */
  get limit(): number {
    return this.#limit;
  }

  /** Exchanges reports with all others. `begun`: the last job that was begun here. */
  async settle(begun: number, stopped?: Stopped): Promise<Verdict> {
    const turn = this.#turn;
    const own = reportOf(begun, stopped);
    for (const { peer, channel } of this.#peers) await channel.send(peer, turn, codec.encode(own));
    const theirs = await Promise.all(
      this.#peers.map(async (from) => ({ peer: from.peer, ...(await this.#report(from, turn)) })),
    );
    this.#turn++;
    this.#limit = Number.POSITIVE_INFINITY;
    for (const from of this.#peers) {
      from.reports.delete(turn);
      // A peer that finished earlier may have stopped again.
      const { stopped: again } = (await from.reports.get(this.#turn)) ?? { stopped: -1 };
      if (again >= 0) this.#limit = Math.min(this.#limit, again);
    }
    const all = [own, ...theirs];
    const from = Math.min(...all.flatMap((r) => (r.stopped >= 0 ? [r.stopped] : [])));
    const through = Math.max(...all.map((r) => r.begun));
    const [fault] = all.flatMap((r) => (r.own ? [r.name] : [])).sort();
    if (fault === undefined) throw new TesseraError('DIVERGED', 'a job was given up, and nobody says why');
    if (own.own) return { from, through, cause: namedAs(fault, typed(stopped?.error)) };
    const first = theirs.filter((r) => r.own).sort((a, b) => a.stopped - b.stopped)[0]!;
    const told = `at ${first.peer}: ${first.text}`;
    return { from, through, cause: new TesseraError(first.code, told, { party: first.peer, fault }) };
  }

  #report({ peer, channel, reports }: PeerReports, tag: number): Promise<Report> {
    const known = reports.get(tag) ?? channel.recv(peer, tag).then((bytes) => read(bytes, peer));
    reports.set(tag, known);
    return known;
  }
}

interface PeerReports {
  readonly peer: string;
  readonly channel: Channel;
  readonly reports: Map<number, Promise<Report>>;
}

const read = (bytes: Uint8Array, peer: string): Report => {
  const report = codec.decode(bytes) as Partial<Report> | null;
  const { stopped, own, begun, code, text, name } = report ?? {};
  const numbers = typeof stopped === 'number' && typeof begun === 'number';
  const words = typeof code === 'string' && typeof text === 'string' && typeof name === 'string';
  if (!numbers || typeof own !== 'boolean' || !words || name.length !== NAME)
    throw new TesseraError('DIVERGED', `${peer} sent a report of another form`, { party: peer });
  return { stopped, own, begun, code, text, name };
};

/** What a job is refused with after one that ended the engine. */
export const afterFailure = (cause: unknown): TesseraError => {
  const { code = 'PARTY_FAILED', message = String(cause) } = cause as Partial<TesseraError>;
  return new TesseraError(
    code,
    `an earlier job of this SPU failed, so no other can run: ${message}`,
    {},
    cause,
  );
};
