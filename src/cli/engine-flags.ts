/** @file Flags of the commands that talk to a cluster's engine. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { EngineAddress } from '../cluster/message-engine.ts';
import { startedHere, tokenHere } from '../cluster/state.ts';
import { fail } from '../errors.ts';

export interface EngineFlags {
  address?: string;
  natsUrl?: string;
  natsUser?: string;
  natsPasswordFile?: string;
  natsCreds?: string;
  natsCa?: string;
  natsCert?: string;
  natsKey?: string;
  cluster: string;
  tokenFile?: string;
}

/** A secret on a command line is seen by everybody on the machine. */
const refused = (flag: string, instead: string): Option =>
  new Option(`${flag} <secret>`)
    .hideHelp()
    .argParser(() =>
      fail(
        'CONFIG',
        `${flag}: everybody on this machine can read command lines, and shells keep them: use ${instead}`,
      ),
    );

/** A secret from its file, or from the environment. */
const secretOf = (flag: string, file: string | undefined, variable: string): string | undefined => {
  if (file === undefined) return process.env[variable];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (e) {
    return fail('CONFIG', `${flag}: ${file} cannot be read (${(e as NodeJS.ErrnoException).code})`);
  }
};

/** The head's token, if it was given. */
export const tokenOf = ({ tokenFile }: EngineFlags): string | undefined =>
  secretOf('--token-file', tokenFile, 'TESSERA_TOKEN');

export const engineFlags = (command: Command): Command =>
  command
    .option('--address <ip:port>', "the head's address")
    .option('--token-file <file>', "the file with the head's token, if it is not in TESSERA_TOKEN")
    .addOption(refused('--token', 'TESSERA_TOKEN, or a file with --token-file'))
    .option('--cluster <name>', 'where several clusters share a server', 'default')
    .option(
      '--nats-url <url>',
      'a NATS server of your own, with JetStream: nats://host:port or tls://host:port',
    )
    .option('--nats-user <name>', 'its user')
    .option(
      '--nats-password-file <file>',
      'the file with its password, if it is not in TESSERA_NATS_PASSWORD',
    )
    .addOption(refused('--nats-password', 'TESSERA_NATS_PASSWORD, or a file with --nats-password-file'))
    .option('--nats-creds <file>', 'its credentials file')
    .option('--nats-ca <file>', 'the authority of its certificate')
    .option('--nats-cert <file>', 'the certificate to show it')
    .option('--nats-key <file>', 'the key of that certificate');

/** The engine that the flags mean; with none, the one that was started on this machine. */
export const engineOf = (f: EngineFlags, known = tokenOf(f)): EngineAddress => {
  const url =
    f.natsUrl ??
    f.address ??
    startedHere()[0]?.address ??
    fail('CONFIG', 'no cluster was started on this machine: give --address=ip:port of its head');
  const token = known ?? tokenHere(url);
  const password = secretOf('--nats-password-file', f.natsPasswordFile, 'TESSERA_NATS_PASSWORD');
  return {
    url,
    cluster: f.cluster,
    ...(token !== undefined && { token }),
    ...(f.natsUser !== undefined && { user: f.natsUser }),
    ...(password !== undefined && { password }),
    ...(f.natsCreds !== undefined && { creds: f.natsCreds }),
    ...(f.natsCa !== undefined && { ca: f.natsCa }),
    ...(f.natsCert !== undefined && { cert: f.natsCert }),
    ...(f.natsKey !== undefined && { key: f.natsKey }),
  };
};
