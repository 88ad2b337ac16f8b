/** @file How a party's failure is told to the others, and what they make of it. */
import { type ErrorCode, TesseraError } from '../../errors.ts';
import { log } from '../../log.ts';
import type { Production } from './production-options.ts';

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

/** A page that is reloaded, a process that is asked to end: as the others hear of it. */
export const left = (self: string, why: string): TesseraError =>
  new TesseraError('PEER_LOST', `${self} was stopped: ${why}; it may come back (session.rejoin)`, {
    party: self,
  });

/** The dealer has ended, and material is missing. */
export const dealerGone = (party: string): TesseraError =>
  new TesseraError(
    'PEER_LOST',
    `the dealer "${party}" has ended in the middle of the session; look at its log`,
    {
      party,
    },
  );

/** The error of a party whose program was stopped by its AbortSignal; undefined if it was not. */
export const cancelled = ({
  self,
  signal,
}: {
  readonly self: string;
  readonly signal: AbortSignal | undefined;
}): TesseraError | undefined =>
  signal?.aborted === true
    ? new TesseraError(
        'CLOSED',
        `${self} was stopped: its AbortSignal was set off`,
        { party: self },
        signal.reason,
      )
    : undefined;

/** As the options of SecretFlow ask: the program's handler hears of it, and when the others are told its process ends. */
export const afterFailure = (
  { self, crossSilo }: Pick<Production, 'self' | 'crossSilo'>,
  error: TesseraError,
  told: Promise<void>,
): void => {
  crossSilo.sendingFailureHandler?.(error);
  if (!crossSilo.exitOnSendingFailure) return;
  log('error', `${self} ends: ${error.message}`, { code: error.code });
  void told.then(() => globalThis.process?.exit(1));
};
