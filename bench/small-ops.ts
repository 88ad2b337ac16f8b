/** @file Small operations end to end: microseconds of an op, from recording to result, the first time and again. */

import { duel, median, spread } from './lib/duel.ts';
import type { Setting } from './lib/engine.ts';
import { ours } from './lib/ours.ts';
import type { Row } from './lib/row.ts';
import { SMALL_OPS, type SmallOps } from './lib/small-ops-workload.ts';

const SETTING: Setting = { net: { rttMs: 0 }, parties: 2, field: 'FM128', dealer: 'first' };
const PATIENCE = { warm: 1, budget: 15, limit: 120 } as const;

const rowsOf = async (w: SmallOps, runs: number): Promise<Row[]> => {
  const standing = (await ours.start(w, SETTING))!;
  try {
    const [time] = await duel([standing], [{ ...PATIENCE, runs }]);
    const { first, seconds, failed } = time!;
    if (failed !== undefined) throw new Error(failed);
    await standing.end();
    const each = seconds.map((s) => (s * 1e6) / w.ops);
    const row = { unit: 'us/op', baseline: null, ratio: null, note: w.size };
    return [
      { ...row, name: `${w.name}, first`, value: (first * 1e6) / w.ops },
      { ...row, name: `${w.name}, again`, value: median(each), ...spread(each) },
    ];
  } finally {
    standing.kill();
  }
};

/** Two parties over loopback, the dealer within the first. */
export const smallOpsBench = async (wanted: (name: string) => boolean, runs: number): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const w of SMALL_OPS.filter(({ name }) => wanted(name))) rows.push(...(await rowsOf(w, runs)));
  return rows;
};
