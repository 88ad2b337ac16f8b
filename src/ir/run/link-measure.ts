/**
 * @file Round trip and bandwidth between two parties, measured once as their engines start, for cost mode `auto`.
 * Rank 0 measures and tells rank 1 what it found, so that both plan by the very same figures. What travels is
 * zeros: no secret and no timing of one is in it.
 */

import { TesseraError } from '../../errors.ts';
import type { LinkMeasure } from '../compile/plan.ts';
import type { RankChannel } from './party-material.ts';

type Ends = Pick<RankChannel, 'send' | 'recv'>;

const PINGS = 8;
/** Long enough to be seen beside a round trip: 20 ms at 100 Mbit/s, 2 ms at a gigabit. */
const PROBE = 256 << 10;
/** Seconds below which a difference of two clocks says nothing. */
const TICK = 1e-4;

/** A figure as people say it: two digits. What is weighed with it is an estimate itself. */
const rounded = (x: number): number => Number(x.toPrecision(2));

/** Rounds: PINGS + 1 there and back, and one message. Two parties. */
export const measureLink = (ranks: Ends, rank: number): Promise<LinkMeasure> =>
  rank === 0 ? measure(ranks) : answer(ranks);

const measure = async (ranks: Ends): Promise<LinkMeasure> => {
  const trip = async (bytes: number): Promise<number> => {
    const start = performance.now();
    await ranks.send(1, new Uint8Array(bytes));
    await ranks.recv(1);
    return performance.now() - start;
  };
  let rttMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < PINGS; i++) rttMs = Math.min(rttMs, await trip(1));
  const seconds = Math.max(TICK, ((await trip(PROBE)) - rttMs) / 1e3);
  const figures = Float64Array.of(rounded(rttMs), rounded(PROBE / seconds));
  await ranks.send(1, new Uint8Array(figures.slice().buffer));
  return { rttMs: figures[0]!, bandwidth: figures[1]! };
};

const answer = async (ranks: Ends): Promise<LinkMeasure> => {
  for (let i = 0; i < PINGS + 1; i++) {
    await ranks.recv(0);
    await ranks.send(0, new Uint8Array(1));
  }
  const bytes = await ranks.recv(0);
  const [rttMs, bandwidth] = new Float64Array(bytes.slice().buffer);
  if (bytes.length !== 16 || !(rttMs! >= 0 && Number.isFinite(rttMs)) || !(bandwidth! > 0))
    throw new TesseraError(
      'DIVERGED',
      'rank 0 told no measure of the link: the parties run different configurations or versions',
    );
  return { rttMs: rttMs!, bandwidth: bandwidth! };
};
