/** @file What plan.ts chose and why, in words. A page needs no more of it than this. */

import type { PlanOptions } from './plan.ts';

/** Gates on tables that keys may stand in for (plan.ts); gates on keys are named by an ending. */
const TABLED = ['less', 'isZero', 'borrow'];
const KEYED = 'Fss';

/** What was chosen and why, for the account of a program in which these ops ran; '' if there was no choice. */
export const planText = ({ field, parties, costMode, link }: PlanOptions, ops: readonly string[]): string => {
  const tables = ops.filter((op) => TABLED.includes(op));
  const keys = ops.filter((op) => op.endsWith(KEYED));
  if (tables.length + keys.length === 0) return '';
  const of = (names: readonly string[]): string => names.join(', ');
  const both = [
    ...(keys.length > 0 ? [`keys (${of(keys)})`] : []),
    ...(tables.length > 0 ? [`tables (${of(tables)})`] : []),
  ].join(' and ');
  return `${both}: costMode ${reason({ field, parties, costMode, link })}`;
};

const reason = ({ parties, costMode = 'bandwidth', link }: PlanOptions): string => {
  if (costMode === 'bandwidth') return costMode;
  if (parties !== 2) return `${costMode} needs two parties, and here are ${parties}`;
  if (costMode === 'latency') return costMode;
  if (!link) return 'auto, but the link was not measured';
  return `auto, by the batch at a round trip of ${link.rttMs} ms and ${link.bandwidth / 1e6} MB/s`;
};
