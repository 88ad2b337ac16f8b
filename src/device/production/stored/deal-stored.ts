/**
 * @file Dealing ahead: material for a recorded program, as files that one party each can open. A portion serves one run of
 * the program: a seed for every party, the corrections for rank 0, and for the others what all are told.
 *
 * A file is sealed to its party and signed by its dealer: whoever has dealt it can read what the party masks with it, so
 * a party takes files from nobody but the dealer that it names.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD } from '../../../build.ts';
import { packCorrection } from '../../../dealer/material-source.ts';
import { fail } from '../../../errors.ts';
import { broadcasts, isDataDependent } from '../../../ir/compile/analysis.ts';
import { Dealer, Dealt } from '../../../ir/run/dealer-run.ts';
import { DealerJobs, digestOf } from '../../../ir/run/job.ts';
import type { Identity } from '../../../link/identity.ts';
import { FIELDS, type FieldName } from '../../../ring/field.ts';
import { Prg, randomBytes } from '../../../ring/prg.ts';
import { Ring } from '../../../ring/ring.ts';
import type { Program } from '../../recording.ts';
import { sealKey } from '../party-keys.ts';
import { writeVault } from '../vault.ts';
import { portionName, signHeader, VERSION } from './portion.ts';

export interface DealOptions {
  readonly program: Program;
  /** How many times the program may run. */
  readonly runs: number;
  /** Gets a folder for each party. */
  readonly out: string;
  /** The job's name, as the parties give it to sf.init. */
  readonly job: string;
  /** The deployment alone that it is for, as the parties name it in storedMaterial.deployment. */
  readonly deployment?: string | undefined;
  /** When it ceases to be of use. */
  readonly expires?: Date | undefined;
  /** Who deals: signs the portions. */
  readonly dealer: Identity;
  /** Each party's material key. */
  readonly recipients: Readonly<Record<string, Uint8Array>>;
}

const BATCH = 256 << 10;

/** What one rank gets for the whole program, in records of about BATCH bytes. */
function* corrections(
  program: Program,
  ring: Ring,
  seeds: readonly Uint8Array[],
  rank: number,
): Generator<Uint8Array> {
  const prgs = seeds.map((seed) => new Prg(ring, seed));
  const jobs = new DealerJobs(new Dealer(ring, FIELDS[program.field as FieldName], prgs));
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const job of program.jobs) {
    const run = new Dealt(jobs.run(job));
    for (let next = run.next(); next; next = run.next()) {
      const { gate, chunks, broadcasts } = next;
      if (rank !== 0 && broadcasts.length === 0) continue;
      const packed = packCorrection(gate, rank === 0 ? chunks : broadcasts);
      batch.push(packed);
      size += packed.length;
      if (size < BATCH) continue;
      yield Buffer.concat(batch);
      [batch, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(batch);
}

/** Writes the portions; returns the name of the set. */
export const deal = async (options: DealOptions): Promise<string> => {
  const { program, runs, out, job, deployment = null, expires, dealer, recipients } = options;
  const { parties, field, fraction } = program;
  const missing = parties.filter((p) => recipients[p] === undefined);
  if (missing.length > 0) fail('INVALID_ARGUMENT', `no material key is given for ${missing.join(' and ')}`);
  if (!Number.isInteger(runs) || runs < 1)
    fail('INVALID_ARGUMENT', `runs is a whole number from 1, not ${runs}`);
  if (program.jobs.some((j) => isDataDependent(j.graph)))
    fail(
      'UNSUPPORTED',
      'the program reveals values on its way (np.whileRevealed, np.reveal), and what it needs depends on them: it runs ' +
        'with a dealer that is there, not with material that was dealt before',
    );
  const set = Buffer.from(randomBytes(8)).toString('hex');
  const jobs = program.jobs.map((j) => digestOf(j));
  for (const party of parties) await mkdir(join(out, party), { recursive: true, mode: 0o700 });
  for (let run = 1; run <= runs; run++) {
    const seeds = parties.map(() => randomBytes(32));
    for (const [rank, party] of parties.entries()) {
      const { key, sealed } = sealKey(recipients[party]!);
      const header = {
        kind: 'material' as const,
        version: VERSION,
        set,
        run,
        job,
        deployment,
        expires: expires?.toISOString() ?? null,
        field,
        fraction,
        parties,
        party,
        rank,
        jobs,
        key: sealed,
        build: BUILD,
      };
      const served = rank === 0 || program.jobs.some((j) => broadcasts(j.graph));
      const dealt = served ? corrections(program, await Ring.create(), seeds, rank) : [];
      const records = (function* () {
        yield seeds[rank]!;
        yield* dealt;
      })();
      await writeVault(
        join(out, party, portionName(set, run)),
        key,
        { ...signHeader(header, dealer) },
        records,
      );
    }
    for (const seed of seeds) seed.fill(0);
  }
  return set;
};
