/** @file Where a service offers its figures: on this machine, and nowhere else. */
import { fail } from '../errors.ts';
import { type Address, formatAddress, isLoopback, parseAddress } from './address.ts';

/** Where figures are to be had: a port of this machine, or `127.0.0.1:port`. Throws CONFIG for a place that others could reach. */
export const metricsPlace = (value: unknown, what: string): Address => {
  const port =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d+$/.test(value)
        ? Number(value)
        : undefined;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    fail('CONFIG', `${what}: a port from 0 to 65535 is wanted, not ${port}`, { path: what });
  if (port === undefined && !String(value).includes(':'))
    fail(
      'CONFIG',
      `${what}: a port of this machine is wanted, or 127.0.0.1:port, not ${JSON.stringify(value)}`,
      {
        path: what,
      },
    );
  const place = port === undefined ? parseAddress(String(value), what) : { host: '127.0.0.1', port };
  return isLoopback(place.host)
    ? place
    : fail(
        'CONFIG',
        `${what}: figures are for this machine alone: use a port, or 127.0.0.1:port, not ${formatAddress(place)}`,
        { path: what },
      );
};
