/** @file What is known of each peer's connection, and the one error that shows it all when not everybody comes. */
import { TesseraError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { ConnectError } from './failures.ts';

export interface PeerEvent {
  readonly party: string;
  readonly state: 'waiting' | 'retrying' | 'up' | 'down' | 'resumed' | 'closed' | 'lost' | 'computes';
  /** Why it is not up. */
  readonly error?: Error;
  /** With `computes`, said once in `peerTimeoutMs`: how long a function of its own has kept it from answering. */
  readonly silentMs?: number;
  /** With `waiting`, which is said again and again: where it is waited for. */
  readonly where?: string;
}

/** Where a peer is waited for that dials this party. */
const DIALS_US = 'dials us';

/** Where a peer is waited for that cannot be dialled. */
const AT_RELAY = 'meets us at the relay';

export interface PeerRow extends PeerEvent {
  readonly where: string;
}

const reasonOf = (row: PeerEvent): string =>
  row.error instanceof ConnectError
    ? row.error.reason
    : row.error instanceof TesseraError
      ? row.error.code
      : row.state;

/** Whether a peer was met that runs another build. */
export const buildDiffers = (rows: readonly PeerRow[]): boolean =>
  rows.some(
    ({ error }) => error instanceof ConnectError && error.reason === 'build' && error.info.proved === true,
  );

/** States of peers that are not there: which of them is why the others are not, from the most likely on. */
const CAUSES: readonly PeerEvent['state'][] = ['lost', 'down', 'retrying', 'waiting', 'closed'];

/** Of a peer without an error; one that was here has not failed to come. */
const STATES: Partial<Readonly<Record<PeerEvent['state'], string>>> = {
  closed: 'was here, has given up waiting for all to come, and has closed its link',
};

/** Where a peer is waited for, given its address if this party dials it. */
export const whereOf = (address: Address | undefined, atRelay: boolean): string => {
  if (atRelay) return AT_RELAY;
  return address === undefined ? DIALS_US : formatAddress(address);
};

/** Who is still waited for, as `onPeer` hears of it again and again. */
export const stillAwaited = (rows: Iterable<PeerRow>): PeerEvent[] =>
  [...rows]
    .filter(({ state }) => state !== 'up' && state !== 'resumed')
    .map(({ party, where, error }) => ({ party, state: 'waiting', where, ...(error && { error }) }));

const awaitedAt = (where: string | undefined): string => {
  if (where === undefined) return '';
  return where === DIALS_US || where === AT_RELAY ? `, which ${where}` : ` at ${where}`;
};

/** `waiting for bob at host:port, refused (...)`: for who starts a party and sees nothing happen. */
export const waitingText = (event: PeerEvent): string =>
  `waiting for ${event.party}${awaitedAt(event.where)}, ` +
  (event.error === undefined ? 'not heard of yet' : `${reasonOf(event)} (${event.error.message})`);

export const computesText = ({ party, silentMs = 0 }: PeerEvent): string =>
  `${party} has not answered for ${Math.round(silentMs / 1000)} s: a function of its own program runs, and its connection stands`;

/**
 * One row a peer; the code is that of the failure that cannot pass by itself, if there is one. `timeoutMs`: how long they were
 * waited for, where that is why it ends.
 */
export const readyError = (
  self: string,
  timeoutMs: number | undefined,
  rows: readonly PeerRow[],
  refusals: readonly string[],
): TesseraError => {
  const missing = rows.filter((row) => row.state !== 'up' && row.state !== 'resumed');
  const table = rows.map((row) => {
    const ok = row.state === 'up' || row.state === 'resumed';
    const text = ok
      ? 'connected'
      : (row.error?.message ??
        STATES[row.state] ??
        (row.where === DIALS_US ? 'has not dialled us yet' : row.state));
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
    `"${self}" could not reach all parties${timeoutMs === undefined ? '' : ` within ${timeoutMs} ms`}:\n${table.join('\n')}${turned}`,
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
