/** @file `tessera relay`: where parties meet that cannot listen, like browser tabs. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { integer, number } from '../config/schema.ts';
import { TesseraError } from '../errors.ts';
import { parseAddress } from '../link/address.ts';
import { figure } from '../link/metrics.ts';
import { serveMetrics } from '../link/metrics-server.ts';
import { RELAY_LIMITS, type Relay, startRelay } from '../link/relay.ts';
import { log } from '../log.ts';
import * as math from '../ring/math/index.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';
import { metricsOf, type ServiceFlags, serviceFlags } from './service-flags.ts';

interface RelayFlags extends ServiceFlags {
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

const figuresOf = ({ pipes, connections, bytes, refused }: Relay['stats']) => [
  figure('tessera_relay_pipes', 'Pipes whose two ends are there.', 'gauge', pipes),
  figure('tessera_relay_connections', 'Connections.', 'gauge', connections),
  figure('tessera_relay_bytes_total', 'Bytes that were passed on.', 'counter', bytes),
  figure('tessera_relay_refused_total', 'Connections refused or cut off for a limit.', 'counter', refused),
];

const run = async (flags: RelayFlags): Promise<void> => {
  const { listen, cert, key } = flags;
  if ((cert === undefined) !== (key === undefined))
    throw new TesseraError('CONFIG', '--cert and --key belong together');
  const address = parseAddress(listen, '--listen');
  const place = metricsOf(flags);
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
  const url = `${cert === undefined ? 'ws' : 'wss'}://${host}:${relay.port}`;
  const figures =
    place &&
    (await serveMetrics(place, {
      health: () => ({ status: 'ok' }),
      metrics: () => figuresOf(relay.stats),
    }).catch(async (error: unknown) => {
      await relay.close();
      throw error;
    }));
  console.log(`relay at ${url}`);
  console.log(
    'it passes on sealed messages: it sees how many and how long they are, and who connects from where',
  );
  if (figures) console.log(`figures at http://127.0.0.1:${figures.port}/metrics`);
  if (flags.log === 'json')
    log('info', `listens at ${url}`, { url, metrics: figures?.port }, 'tessera relay');
  const end = () => {
    void figures?.close();
    void relay.close();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
};

export const relayCommand: CliCommand = {
  register: (program: Command) => {
    const command = program
      .command('relay')
      .description('join parties that cannot listen (browser tabs); sees sealed messages only')
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
      );
    withExamples(
      command,
      'tessera relay',
      'tessera relay --listen 0.0.0.0:8790 --cert relay.pem --key relay-key.pem --metrics 9465 --log json',
    );
    serviceFlags(command).action(run);
  },
};
