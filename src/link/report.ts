/** @file What is known of each peer's connection, and the one error that shows it all when not everybody comes. */
import { TesseraError } from '../errors.ts';
import { ConnectError } from './failures.ts';

export interface PeerEvent {
  readonly party: string;
  readonly state: 'waiting' | 'retrying' | 'up' | 'down' | 'resumed' | 'closed' | 'lost';
  /** Why it is not up. */
  readonly error?: Error;
}

export interface PeerRow extends PeerEvent {
  readonly where: string;
}

const reasonOf = (row: PeerRow): string =>
  row.error instanceof ConnectError
    ? row.error.reason
    : row.error instanceof TesseraError
      ? row.error.code
      : row.state;

/** Whether a peer was met that runs another build. */
export const buildDiffers = (rows: readonly PeerRow[]): boolean =>
  rows.some(({ error }) => error instanceof ConnectError && error.reason === 'build');

/** Of who is to dial this party, and is not connected. */
const ABSENT: Readonly<Record<string, string>> = {
  waiting: 'has not dialled us yet',
  closed: 'was here, and has closed its link',
};

/** States of peers that are not there: which of them is why the others are not, from the most likely on. */
const CAUSES: readonly PeerEvent['state'][] = ['lost', 'down', 'retrying', 'waiting', 'closed'];

/** One row a peer; the code is that of the failure that cannot pass by itself, if there is one. */
export const readyError = (
  self: string,
  timeoutMs: number,
  rows: readonly PeerRow[],
  refusals: readonly string[],
): TesseraError => {
  const missing = rows.filter((row) => row.state !== 'up' && row.state !== 'resumed');
  const table = rows.map((row) => {
    const ok = row.state === 'up' || row.state === 'resumed';
    const text = ok
      ? 'connected'
      : (row.error?.message ?? (row.where === 'dials us' ? ABSENT[row.state] : undefined) ?? row.state);
    return `  ${row.party.padEnd(12)} ${row.where.padEnd(22)} ${(ok ? 'ok' : reasonOf(row)).padEnd(10)} ${text}`;
  });
  const turned = refusals.length === 0 ? '' : `\nturned away: ${refusals.join('; ')}`;
  const fatal = missing.find((row) => row.error instanceof ConnectError && !row.error.passing)?.error as
    | ConnectError
    | undefined;
  // Who is lost is why; who was here and has left had its reasons, of which one that never came is more likely to be one.
  const absent = CAUSES.map((state) => missing.find((row) => row.state === state)).find((row) => row);
  return new TesseraError(
    fatal?.code ?? 'LINK',
    `"${self}" could not reach all parties${fatal === undefined ? ` within ${timeoutMs} ms` : ''}:\n${table.join('\n')}${turned}`,
    {
      peers: Object.fromEntries(
        rows.map((row) => [
          row.party,
          {
            state: row.state,
            reason: reasonOf(row),
            message: row.error?.message,
            ...(row.error instanceof TesseraError ? row.error.info : {}),
          },
        ]),
      ),
      turnedAway: refusals,
      missing: absent?.party,
    },
    fatal,
  );
};
