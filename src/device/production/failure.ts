/** @file How a party's failure is told to the others, and what they make of it. */
import { type ErrorCode, TesseraError } from '../../errors.ts';

/** Failures of the link and of the comparison of programs: their messages name parties, calls and files, never data. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set([
  'PEER_LOST',
  'LINK',
  'IDENTITY',
  'DIVERGED',
  'CLOSED',
  'CONFIG',
  'BUILD',
]);

/** The error in the form in which the transport tells it: with its message only if that may be shown. */
export const shown = (error: TesseraError, exposeErrors: boolean): TesseraError => {
  const { op, program, site, party, code, missing, via } = error.info;
  const at = typeof site === 'string' ? `, called at ${site}` : '';
  return new TesseraError(error.code, error.message.replace(/\.$/, ''), {
    ...(error.code === 'PEER_LOST' && { party }),
    ...(via !== undefined && { via }),
    ...(error.code === 'PARTY_FAILED' && { party, code }),
    ...(missing !== undefined && { missing }),
    ...(op !== undefined && { op: program === undefined ? String(op) : `#${op} (${program}${at})` }),
    expose: exposeErrors || HARMLESS.has(error.code),
  });
};

/** What another party's failure is called here. That programs or builds differ is as true here as there. */
export const fromAbort = (error: TesseraError): TesseraError => {
  const { party, via, code, op, cause } = error.info as Readonly<Record<string, string | undefined>>;
  if (code === 'DIVERGED' && cause !== undefined)
    return new TesseraError('DIVERGED', cause, { party, op: Number(op) });
  if (code === 'BUILD' && cause !== undefined) return new TesseraError('BUILD', cause, { party });
  if (code === 'PEER_LOST')
    return new TesseraError('PEER_LOST', cause ?? error.message, {
      party,
      code,
      ...(via !== undefined && { via }),
    });
  const [, number, site] = /^#?(\d+)(?:.*called at (.*)\))?/.exec(op ?? '') ?? [];
  return new TesseraError(error.code, error.message, {
    party,
    code,
    ...(number !== undefined && { op: Number(number) }),
    ...(site !== undefined && { site }),
    ...(cause !== undefined && { cause }),
  });
};
