/** @file Workloads end to end: ours and the peers' processes over the same link, their runs taking turns. */

import { duel, median, type Patience, spread, type Timing } from './lib/duel.ts';
import { DEALERS, type Engine, type Setting, type Standing } from './lib/engine.ts';
import { netName } from './lib/net.ts';
import { ours } from './lib/ours.ts';
import type { ProgramRow, Row } from './lib/row.ts';
import type { Workload } from './lib/workloads.ts';

export interface Effort {
  /** Measured runs of each engine; fewer where they are long. */
  readonly runs: number;
  /** Seconds that a peer's run may take. */
  readonly limit: number;
}

/** Seconds for the measured runs of a row, and how long one may take. */
const OURS = { warm: 2, budget: 15, limit: 600 } as const;
const THEIRS = { warm: 1, budget: 6 } as const;

export const rowName = (w: Workload, s: Setting): string => {
  const special = [
    ...(s.parties === 2 ? [] : [`${s.parties} parties`]),
    ...(s.field === 'FM128' ? [] : [s.field]),
    ...(s.dealer === 'first' ? [] : [DEALERS[s.dealer].said]),
  ];
  return `${[w.name, ...special].join(', ')} [${netName(s.net)}]`;
};

/** Standing, or why not. */
const stand = async (engine: Engine, w: Workload, s: Setting): Promise<Standing | string | undefined> => {
  try {
    return await engine.start(w, s);
  } catch (e) {
    return (e as Error).message;
  }
};

const most = (reports: readonly Readonly<Record<string, number>>[], key: string): number =>
  Math.max(...reports.map((r) => r[key] ?? 0));

/** The peer's row: a ratio also where only a bound of theirs is known. */
const beside = (
  mine: ProgramRow,
  peer: Engine,
  time: Timing,
  { rss, error, bytes, messages }: Readonly<Record<string, number>>,
  note: string | undefined,
): ProgramRow => {
  const baseline = time.over ?? median(time.seconds);
  const notes = [
    ...(time.over === undefined ? [] : [`given up after ${time.over} s: the ratio is below this`]),
    ...(note === undefined ? [] : [note]),
  ];
  return {
    ...mine,
    name: `${mine.name} / ${peer.name}`,
    baseline,
    ratio: mine.value! / baseline,
    against: peer.name,
    ...(time.over === undefined && {
      theirRuns: time.seconds.length,
      theirLeast: Math.min(...time.seconds),
      theirMost: Math.max(...time.seconds),
    }),
    ...(rss !== undefined && { theirRss: rss }),
    ...(error !== undefined && { theirError: error }),
    ...(bytes !== undefined && { theirBytes: bytes }),
    ...(messages !== undefined && { theirMessages: messages }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
};

const failure = (name: string, { name: peer }: Engine, why: string): Row => ({
  name: `${name} / ${peer}`,
  unit: 's',
  value: null,
  baseline: null,
  ratio: null,
  note: `failed: ${why}`,
});

/** The rows of one workload in one setting: beside float64, and beside each of the peers that has it. */
export const programRows = async (
  w: Workload,
  s: Setting,
  peers: readonly Engine[],
  effort: Effort,
): Promise<Row[]> => {
  const name = rowName(w, s);
  const mine = await ours.start(w, s);
  if (mine === undefined) return [];
  const standings: Standing[] = [mine];
  const there: Engine[] = [];
  const rows: Row[] = [];
  for (const peer of peers) {
    const standing = await stand(peer, w, s);
    if (typeof standing === 'string') rows.push(failure(name, peer, standing));
    else if (standing !== undefined) {
      standings.push(standing);
      there.push(peer);
    }
  }
  const patience = standings.map(
    (_, i): Patience => (i === 0 ? { ...OURS, runs: effort.runs } : { ...THEIRS, ...effort }),
  );
  try {
    const times = await duel(standings, patience);
    if (times[0]!.failed !== undefined) throw new Error(`${name}: ${times[0]!.failed}`);
    const reports = await mine.end();
    const seconds = median(times[0]!.seconds);
    const { plainSeconds, dealerSeconds, rounds, dealerBytes, error } = reports[0] as Record<string, number>;
    const row: ProgramRow = {
      name,
      unit: 's',
      value: seconds,
      baseline: plainSeconds!,
      ratio: seconds / plainSeconds!,
      against: 'float64',
      workload: w.name,
      size: w.size,
      net: netName(s.net),
      parties: s.parties,
      field: s.field,
      dealer: s.dealer,
      ...spread(times[0]!.seconds),
      first: times[0]!.first,
      rounds: rounds!,
      bytes: most(reports, 'bytes'),
      dealerBytes: dealerBytes!,
      dealerSeconds: dealerSeconds!,
      memory: most(reports, 'memory'),
      rss: most(reports, 'rss'),
      plainSeconds: plainSeconds!,
      ...(error !== undefined && { error }),
    };
    rows.unshift(row);
    for (const [i, peer] of there.entries()) {
      const time = times[i + 1]!;
      const standing = standings[i + 1]!;
      if (time.failed !== undefined) {
        rows.push(failure(name, peer, time.failed));
        continue;
      }
      const ended = time.over === undefined ? await standing.end() : [];
      const report = ended.length === 0 ? {} : { ...ended[0], rss: most(ended, 'rss') };
      rows.push(beside(row, peer, time, report, standing.note));
    }
    return rows;
  } finally {
    for (const standing of standings) standing.kill();
  }
};
