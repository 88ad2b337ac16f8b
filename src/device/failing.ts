/** @file What an error on a device says to whoever uses the handle: the device, the call, and the cause. */
import { TesseraError } from '../errors.ts';
import type { Op } from './operation.ts';

/** The functions's name, for messages: `function "train"`. */
export const functionText = (fn: { readonly name: string }): string =>
  fn.name === '' ? 'a function' : `function ${JSON.stringify(fn.name)}`;

/** A call, for people who watch: a function without a name by its file and line. */
export const calledAs = ({ what, site }: Op): string =>
  what === functionText({ name: '' }) && site !== undefined
    ? `function at ${site.replace(/:\d+$/, '').replace(/.*[/\\]/, '')}`
    : what;

/** `error`, thrown by what `op` ran on `device`, with all three named. A typed error keeps its code. */
export const failedAt = (device: string, op: Op, error: unknown, info: object = {}): TesseraError => {
  const cause = error instanceof Error ? error : new Error(String(error));
  const where = op.site === undefined ? '' : `, called at ${op.site}`;
  return new TesseraError(
    cause instanceof TesseraError ? cause.code : 'PARTY_FAILED',
    `${device} op #${op.number} (${op.what}${where}) failed: ${cause.message}`,
    {
      ...(cause instanceof TesseraError ? cause.info : {}),
      ...info,
      op: op.number,
      program: op.what,
      site: op.site,
    },
    error,
  );
};
