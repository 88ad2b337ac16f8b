/**
 * @file Making ahead: two parties make the material of a recorded program between them, without a dealer, before it runs. Each keeps its own
 * half in a folder of its own, sealed to itself and signed by itself, in the form of dealt portions (deal-stored.ts): so each serves
 * one run, by the same marks.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD } from '../../../build.ts';
import { packCorrection } from '../../../dealer/material-source.ts';
import { fail, TesseraError } from '../../../errors.ts';
import { isDataDependent } from '../../../ir/compile/analysis.ts';
import { digestOf } from '../../../ir/run/job.ts';
import { measureLink } from '../../../ir/run/link-measure.ts';
import { gatesOf, MakingAhead } from '../../../ir/run/making-ahead.ts';
import { RankChannel } from '../../../ir/run/party-material.ts';
import { commonOf } from '../../../ir/run/together.ts';
import { controlCodec } from '../../../link/codec.ts';
import { parseSecretIdentity } from '../../../link/identity.ts';
import type { Channel, Transport } from '../../../link/link.ts';
import { FIELDS, type FieldName } from '../../../ring/field.ts';
import { randomBytes } from '../../../ring/prg.ts';
import { Ring } from '../../../ring/ring.ts';
import type { Program } from '../../recording.ts';
import { boxText, parseBox, sealKey } from '../party-keys.ts';
import { writeVault } from '../vault.ts';
import { Ledger } from './ledger.ts';
import { portionName, signHeader, VERSION } from './portion.ts';

/** How far it is. */
export interface MakeProgress {
  readonly run: number;
  readonly runs: number;
  /** Gates of this run that have their material, of all. */
  readonly gates: number;
  readonly gatesInAll: number;
  /** Bytes that this party has sent so far. */
  readonly bytes: number;
}

export interface MakeOptions {
  readonly program: Program;
  /** How many times the program may run. */
  readonly runs: number;
  /** This party's folder. */
  readonly out: string;
  /** The job's name, as the parties give it to sf.init. */
  readonly job: string;
  readonly deployment?: string | undefined;
  /** When it ceases to be of use. */
  readonly expires?: Date | undefined;
  /** This party's secret identity: portions are sealed to it, and signed by it. */
  readonly identity: string;
  /** Bytes of memory for arrays while it makes; all there is if absent. */
  readonly memoryLimit?: number | undefined;
  readonly onProgress?: ((progress: MakeProgress) => void) | undefined;
}

/** Bytes of material that are written at a time. */
const BATCH = 256 << 10;

/** Records for a file: a batch is waited for until it is written. */
class Handed {
  #batch: Uint8Array[] = [];
  #size = 0;
  #waiting: { readonly record: Uint8Array; readonly written: () => void } | undefined;
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;

  /** Puts what stands in a record of its own. */
  put(record: Uint8Array): Promise<void> {
    return new Promise((written) => {
      this.#waiting = { record, written };
      this.#wake?.();
    });
  }

  async add(part: Uint8Array): Promise<void> {
    this.#batch.push(part);
    this.#size += part.length;
    if (this.#size >= BATCH) await this.#flush();
  }

  async #flush(): Promise<void> {
    const all = Buffer.concat(this.#batch);
    [this.#batch, this.#size] = [[], 0];
    if (all.length > 0) await this.put(all);
  }

  async end(): Promise<void> {
    await this.#flush();
    this.#stop({});
  }

  /** What reads the records hears of it. */
  fail(error: unknown): void {
    this.#stop({ error });
  }

  #stop(end: { readonly error?: unknown }): void {
    this.#end = end;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    while (true) {
      const next = this.#waiting;
      if (next) {
        this.#waiting = undefined;
        yield next.record;
        next.written();
      } else if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** Writes a vault while its records are made; neither goes on without the other. */
const writeWhile = async (
  path: string,
  key: Uint8Array,
  header: Readonly<Record<string, unknown>>,
  make: (handed: Handed) => Promise<void>,
): Promise<void> => {
  const handed = new Handed();
  const written = writeVault(path, key, header, handed);
  const made = make(handed);
  // Whatever is written last waits for the file; a file that cannot be written ends it here.
  const broken = written.then(() => made);
  try {
    await Promise.race([made, broken]);
    await written;
  } catch (error) {
    handed.fail(error);
    await written.catch(() => {});
    made.catch(() => {});
    throw error;
  }
};

/** What both parties must have given alike, and a half of the set's name and streams. */
const agree = async (channel: Channel, rank: number, terms: Readonly<Record<string, unknown>>) => {
  const peer = channel.peers[0]!;
  const own = randomBytes(32);
  await channel.send(peer, 0, controlCodec.encode({ ...terms, half: own }));
  const { half, ...theirs } = controlCodec.decode(await channel.recv(peer, 0)) as Record<string, unknown>;
  for (const key of Object.keys(terms))
    if (JSON.stringify(theirs[key]) !== JSON.stringify(terms[key]))
      throw new TesseraError(
        'DIVERGED',
        `the parties do not make the same: ${key} is ${JSON.stringify(terms[key])} here, and ${JSON.stringify(theirs[key])} at ${peer}`,
        { key, party: peer },
      );
  if (!(half instanceof Uint8Array) || half.length !== own.length)
    throw new TesseraError('DIVERGED', `${peer} drew nothing for the set`, { party: peer });
  return commonOf(rank, own, half);
};

/** What follows from what both have drawn, for one use of it. */
const derived = (drawn: Uint8Array, use: string): Buffer =>
  createHash('sha512').update(drawn).update(use).digest().subarray(0, 32);

const check = ({ program, runs }: MakeOptions, self: string): 0 | 1 => {
  const { parties, jobs } = program;
  const rank = parties.indexOf(self);
  if (parties.length !== 2)
    fail(
      'UNSUPPORTED',
      `two parties make material between them, not ${parties.length}: use \`tessera deal\``,
    );
  if (rank < 0)
    fail('CONFIG', `the program is for ${parties.join(' and ')}: "${self}" is neither`, { party: self });
  if (!Number.isInteger(runs) || runs < 1)
    fail('INVALID_ARGUMENT', `runs is a whole number from 1, not ${runs}`);
  if (jobs.some((j) => isDataDependent(j.graph)))
    fail(
      'UNSUPPORTED',
      'the program reveals values on its way (np.whileRevealed, np.reveal), and what it needs depends on them: its parties make ' +
        'that while it runs',
    );
  return rank as 0 | 1;
};

/** Makes the portions with the other party, to whom `transport` leads; returns the name of the set. */
export const makeStored = async (options: MakeOptions, transport: Transport): Promise<string> => {
  const { program, runs, out, job, deployment = null, identity, memoryLimit, onProgress } = options;
  const { self } = transport;
  const rank = check(options, self);
  const { parties, field, fraction } = program;
  const peers = parties.filter((p) => p !== self);
  const jobs = program.jobs.map((j) => digestOf(j));
  const expires = options.expires?.toISOString() ?? null;
  // Each party may say for itself how long it keeps its own.
  const terms = { build: BUILD, runs, job, deployment, field, fraction, parties, jobs };
  const drawn = await agree(transport.channel('making ahead: terms', peers), rank, terms);
  const set = derived(drawn, 'the name of the set').toString('hex', 0, 8);
  await mkdir(out, { recursive: true, mode: 0o700 });
  // It is made here, and nobody has a copy.
  await new Ledger(set, self).accept();
  const ranks = new RankChannel(() => transport.channel('making ahead: link', peers), parties);
  const { bandwidth } = await measureLink(ranks, rank);
  const ring = await Ring.create(memoryLimit === undefined ? {} : { maxBytes: memoryLimit });
  const channel = transport.channel('making ahead', peers);
  const ahead = new MakingAhead(ring, FIELDS[field as FieldName], rank, channel, bandwidth);
  const [box, signer] = [parseBox(boxText(identity), self), parseSecretIdentity(identity, 'identity')];
  const gatesInAll = gatesOf(program.jobs);
  try {
    for (let run = 1; run <= runs; run++) {
      const seeds = {
        own: randomBytes(32),
        common: Uint8Array.from(derived(drawn, `the common stream of run ${run}`)),
      };
      const { key, sealed } = sealKey(box);
      const header = {
        kind: 'made' as const,
        version: VERSION,
        set,
        run,
        job,
        deployment,
        expires,
        field,
        fraction,
        parties,
        party: self,
        rank,
        jobs,
        key: sealed,
        build: BUILD,
      };
      let gates = 0;
      const tell = (): void => onProgress?.({ run, runs, gates, gatesInAll, bytes: ahead.sent });
      const path = join(out, portionName(set, run));
      await writeWhile(path, key, { ...signHeader(header, signer) }, async (handed) => {
        await handed.put(Buffer.concat([seeds.own, seeds.common]));
        await ahead.make(program.jobs, seeds, async (gate, chunks) => {
          await handed.add(packCorrection(gate, chunks));
          gates++;
          tell();
        });
        await handed.end();
      });
      seeds.own.fill(0);
    }
  } finally {
    ahead.close();
    await ring.close();
  }
  return set;
};
