/** @file `tessera relay`: where parties meet that cannot listen, like browser tabs. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { integer, number } from '../config/schema.ts';
import { TesseraError } from '../errors.ts';
import { parseAddress } from '../link/address.ts';
import { RELAY_LIMITS, startRelay } from '../link/relay.ts';
import * as math from '../ring/math/index.ts';
import type { CliCommand } from './command.ts';
import { numberFlag } from './flags.ts';

interface RelayFlags {
  readonly listen: string;
  readonly cert?: string;
  readonly key?: string;
  readonly maxMbytesPerSecond: string;
  readonly maxConnections: string;
  readonly connectionsPerAddress: string;
  readonly trustProxy?: readonly string[];
}

const RATE = number(1e-6, 1e6);
const CONNECTIONS = integer(1, 1e9);

const run = async (flags: RelayFlags): Promise<void> => {
  const { listen, cert, key } = flags;
  if ((cert === undefined) !== (key === undefined))
    throw new TesseraError('CONFIG', '--cert and --key belong together');
  const address = parseAddress(listen, '--listen');
  const relay = await startRelay({
    listen: address,
    ...(cert !== undefined &&
      key !== undefined && { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }),
    limits: {
      bytesPerSecond: numberFlag(RATE, flags.maxMbytesPerSecond, '--max-mbytes-per-second') * math.pow2(20),
      connections: numberFlag(CONNECTIONS, flags.maxConnections, '--max-connections'),
      connectionsPerAddress: numberFlag(
        CONNECTIONS,
        flags.connectionsPerAddress,
        '--connections-per-address',
      ),
    },
    ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
  });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  console.log(`relay at ${cert === undefined ? 'ws' : 'wss'}://${host}:${relay.port}`);
  console.log(
    'it passes on sealed messages: it sees how many and how long they are, and who connects from where',
  );
  const end = () => void relay.close();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
};

export const relayCommand: CliCommand = {
  register: (program: Command) => {
    program
      .command('relay')
      .description('Join parties that cannot listen (browser tabs). Sees sealed messages only.')
      .option('--listen <address>', 'where to listen, host:port', '127.0.0.1:8790')
      .option('--cert <file>', 'certificate, for wss (or put the relay behind a proxy that does TLS)')
      .option('--key <file>', 'its key')
      .option(
        '--max-mbytes-per-second <n>',
        'of one connection',
        String(RELAY_LIMITS.bytesPerSecond / math.pow2(20)),
      )
      .option('--max-connections <n>', 'at a time', String(RELAY_LIMITS.connections))
      .option('--connections-per-address <n>', 'at a time', String(RELAY_LIMITS.connectionsPerAddress))
      .option(
        '--trust-proxy <cidr...>',
        'proxies whose X-Forwarded-For says where a connection comes from, such as 10.0.0.0/8',
      )
      .action(run);
  },
};
