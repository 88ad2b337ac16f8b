/** @file What is said where the range guard (`range_guard` of a runtime_config) has found that numbers left the range. */
import { TesseraError } from '../errors.ts';
import { guardedBits, objectBits } from '../ir/compile/guard-range.ts';
import type { Left } from '../ir/run/run-result.ts';
import type { Field } from '../ring/field.ts';
import { userName } from './check.ts';

/** The error of a call in which they did, and of those that use what it made: one failure, of a job of the SPU that was made by operation `spu`. */
export const leftRange = (
  spu: number,
  { op, site, job }: Left,
  { field, fraction }: { readonly field: Field; readonly fraction: number },
): TesseraError => {
  const name = userName(op);
  const most = objectBits(field) - fraction;
  const products = guardedBits(field) - 2 * fraction;
  return new TesseraError(
    'RANGE',
    `range_guard: np.${name}${site === undefined ? '' : ` at ${site}`}: a number left the range, in which those of ${field.name} ` +
      `with ${fraction} fraction bits lie below 2^${most}, and products below 2^${products}: scale the data, or take a larger field`,
    { guard: name, guardSite: site, fault: `left ${spu} ${job}` },
  );
};
