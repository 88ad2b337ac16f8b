/** @file Flags of the commands that talk to a cluster's engine. */
import { type Command, Option } from 'commander';
import type { EngineAddress } from '../cluster/engine.ts';
import { startedHere, tokenHere } from '../cluster/state.ts';
import { fail } from '../errors.ts';

export interface EngineFlags {
  address?: string;
  natsUrl?: string;
  natsUser?: string;
  natsPassword?: string;
  natsCreds?: string;
  natsCa?: string;
  natsCert?: string;
  natsKey?: string;
  cluster: string;
  token?: string;
}

export const engineFlags = (command: Command): Command =>
  command
    .option('--address <ip:port>', "the head's address")
    .option('--token <token>', "the head's token (or TESSERA_TOKEN)")
    .option('--cluster <name>', 'where several clusters share a server', 'default')
    .option(
      '--nats-url <url>',
      'a NATS server of your own, with JetStream: nats://host:port or tls://host:port',
    )
    .option('--nats-user <name>', 'its user')
    .addOption(new Option('--nats-password <text>', 'its password').env('TESSERA_NATS_PASSWORD'))
    .option('--nats-creds <file>', 'its credentials file')
    .option('--nats-ca <file>', 'the authority of its certificate')
    .option('--nats-cert <file>', 'the certificate to show it')
    .option('--nats-key <file>', 'the key of that certificate');

/** The engine that the flags mean; with none, the one that was started on this machine. */
export const engineOf = (f: EngineFlags): EngineAddress => {
  const url =
    f.natsUrl ??
    f.address ??
    startedHere()[0]?.address ??
    fail('CONFIG', 'no cluster was started on this machine: give --address=ip:port of its head');
  const token = f.token ?? process.env.TESSERA_TOKEN ?? tokenHere(url);
  return {
    url,
    cluster: f.cluster,
    ...(token !== undefined && { token }),
    ...(f.natsUser !== undefined && { user: f.natsUser }),
    ...(f.natsPassword !== undefined && { password: f.natsPassword }),
    ...(f.natsCreds !== undefined && { creds: f.natsCreds }),
    ...(f.natsCa !== undefined && { ca: f.natsCa }),
    ...(f.natsCert !== undefined && { cert: f.natsCert }),
    ...(f.natsKey !== undefined && { key: f.natsKey }),
  };
};
