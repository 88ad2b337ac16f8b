/** @file `tessera doctor`: what can be known to be wrong before any other party is called. Opens no connection. */
import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { TesseraError } from '../errors.ts';
import { isLoopback, parseAddress } from '../link/address.ts';
import { differingPaths, digestConfig } from '../link/config.ts';
import { identityText, parseIdentity, parseSecretIdentity } from '../link/identity.ts';
import { chainsTo, namesIn, parseCertificates, pinnedIn, readPem } from '../link/tls.ts';
import type { CliCommand } from './command.ts';
import { type DoctorRow, Rows } from './doctor-rows.ts';
import { withExamples } from './examples.ts';
import { type CertFiles, type PartyConfig, readPartyConfig } from './party-config.ts';

export interface DoctorOptions {
  /** Configuration files of other parties, to be compared with this one. */
  readonly peers?: readonly string[];
}

const SOON = 30 * 86_400_000;

/** All checks that need nobody else. */
export const doctor = async (configPath: string, options: DoctorOptions = {}): Promise<DoctorRow[]> => {
  const rows = new Rows();
  const config = await rows.run(
    'configuration',
    'correct the file; see docs/how-to/production.md for a complete one',
    () => readPartyConfig(configPath),
  );
  if (config === undefined) return rows.all;
  rows.spelling = config.spelling;
  if (config.problems.length === 0)
    rows.add('configuration', true, `party "${config.self}" of ${Object.keys(config.parties).join(', ')}`);
  for (const { message } of config.problems)
    rows.add('configuration', false, message, 'correct it: sf.init and the dealer refuse the file as it is');
  await checkAddresses(rows, config);
  if (config.tls === undefined) checkPlaintext(rows, config);
  else await checkTls(rows, config, config.tls);
  await checkIdentities(rows, config);
  for (const path of options.peers ?? []) await comparePeer(rows, config, path);
  return rows.all;
};

const checkAddresses = async (rows: Rows, config: PartyConfig): Promise<void> => {
  const names = Object.keys(config.parties).sort();
  const places = new Map<string, string>();
  for (const name of names) {
    const { address, listenAddr } = config.parties[name]!;
    for (const [key, text] of [
      ['address', address],
      ['listenAddr', listenAddr],
    ] as const) {
      if (text === undefined) continue;
      const fix = 'write host:port, for IPv6 [address]:port';
      const parsed = await rows.run(`${name}.${key}`, fix, () =>
        parseAddress(text, `parties.${name}.${key}`),
      );
      if (parsed !== undefined && key === 'address') {
        const other = places.get(text);
        rows.add(
          `${name}.address`,
          other === undefined,
          other === undefined ? text : `${text} is ${other}'s address too`,
          'give each party its own address',
        );
        places.set(text, name);
      }
    }
  }
  const unreachable = names.filter((name) => config.parties[name]!.address === undefined);
  rows.add(
    'reachability',
    unreachable.length < 2,
    unreachable.length < 2
      ? 'of each pair one can be dialled'
      : `${unreachable.join(' and ')} have no address`,
    'give one party of each pair an address',
  );
  const own = config.parties[config.self]!;
  const listen = own.listenAddr ?? own.address;
  if (listen !== undefined) await checkPort(rows, listen);
};

const checkPort = async (rows: Rows, listen: string): Promise<void> => {
  const code = await rows.run('port', 'correct listenAddr', () => {
    const { host, port } = parseAddress(listen, 'listenAddr');
    return new Promise<string>((resolve) => {
      const server = createServer();
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')));
    });
  });
  if (code === undefined) return;
  const fix =
    code === 'EADDRNOTAVAIL' || code === 'EINVAL'
      ? 'no interface has that address: set listenAddr, for example 0.0.0.0:port'
      : 'end the program that has the port, or choose another';
  rows.add('port', code === 'free', `${listen} is ${code === 'free' ? 'free' : `not free (${code})`}`, fix);
};

const checkPlaintext = (rows: Rows, config: PartyConfig): void => {
  const hosts = Object.values(config.parties).flatMap(({ address }) =>
    address === undefined ? [] : [address],
  );
  const local = hosts.every((address) => isLoopback(/^\[?(.*?)\]?:\d+$/.exec(address)?.[1] ?? ''));
  const pinned =
    config.identity !== undefined &&
    Object.keys(config.parties).every((p) => p === config.self || p in config.peerIdentities);
  const ok = local || pinned || config.allowInsecure;
  const why = pinned
    ? 'identities are pinned: all is sealed'
    : local
      ? 'only loopback addresses'
      : 'allowInsecure is set';
  rows.add(
    'tls',
    ok,
    ok ? `no tlsConfig; ${why}` : 'no tlsConfig: data would leave this machine in the clear',
    'make certificates with `tessera keygen` and add tlsConfig',
  );
};

const checkTls = async (
  rows: Rows,
  config: PartyConfig,
  tls: NonNullable<PartyConfig['tls']>,
): Promise<void> => {
  const own = await checkCertificate(rows, `tls ${config.self}`, tls.cert, config.self, config);
  if (own !== undefined) {
    await rows.run(
      'key',
      'give the private key of this certificate (and passphrase, if it is encrypted)',
      () => {
        if (tls.cert.key === undefined) throw new TesseraError('CONFIG', 'tlsConfig.cert.key is missing');
        const pem = readPem(tls.cert.key, 'tlsConfig.cert.key');
        const { passphrase } = tls.cert;
        const key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
        rows.add(
          'key',
          own.checkPrivateKey(key),
          own.checkPrivateKey(key) ? 'belongs to the certificate' : 'does not belong to the certificate',
          'give the key that was made with this certificate',
        );
      },
    );
  }
  for (const peer of Object.keys(config.parties)) {
    if (peer === config.self) continue;
    const entry = tls.clientCerts[peer];
    if (entry !== undefined) await checkCertificate(rows, `tls ${peer}`, entry, peer, config);
    else
      rows.add(
        `tls ${peer}`,
        peer in config.peerIdentities,
        peer in config.peerIdentities
          ? 'no certificate; identity pinned'
          : `clientCerts has no entry "${peer}"`,
        `ask ${peer} for its authority and certificate`,
      );
  }
  for (const name of Object.keys(tls.clientCerts)) {
    if (!(name in config.parties))
      rows.add(`tls ${name}`, false, `clientCerts names "${name}", which is no party`, 'correct the name');
  }
};

const datesOf = ({ validFrom, validTo }: X509Certificate, now: number): string => {
  const to = Date.parse(validTo);
  if (now < Date.parse(validFrom)) return `not valid before ${validFrom}`;
  if (now > to) return `expired on ${validTo}`;
  return `valid until ${validTo}${to - now < SOON ? ': soon' : ''}`;
};

/** Parse, dates, chain, purpose, names. Returns the leaf. */
const checkCertificate = async (
  rows: Rows,
  check: string,
  files: CertFiles,
  party: string,
  config: PartyConfig,
): Promise<X509Certificate | undefined> => {
  const own = party === config.self;
  const fix = own
    ? 'make it anew with `tessera keygen`, or ask your authority'
    : `ask ${party} for the right file`;
  const ca =
    files.caCert === undefined
      ? undefined
      : await rows.run(`${check}: authority`, fix, () =>
          parseCertificates(readPem(files.caCert!, 'caCert'), 'caCert'),
        );
  if (files.caCert === undefined && !own) rows.add(`${check}: authority`, false, 'caCert is missing', fix);
  if (files.cert === undefined) {
    if (own) rows.add(check, false, 'cert is missing', fix);
    else
      rows.add(
        check,
        ca !== undefined,
        'not pinned: any certificate of its authority that names it is accepted',
        fix,
      );
    return undefined;
  }
  const chain = await rows.run(check, fix, () => parseCertificates(readPem(files.cert!, 'cert'), 'cert'));
  const leaf = chain?.[0];
  if (leaf === undefined || chain === undefined) return undefined;
  // Of a peer there may be two for a while: one of them is shown, and both have to be right.
  const shown = own ? [leaf] : pinnedIn(chain);
  const now = Date.now();
  rows.add(
    `${check}: dates`,
    shown.some(({ validFrom, validTo }) => now >= Date.parse(validFrom) && now <= Date.parse(validTo)),
    shown.map((one) => datesOf(one, now)).join(', another '),
    fix,
  );
  if (ca !== undefined) {
    const good = shown.every((one) => chainsTo([one, ...chain], ca));
    rows.add(
      `${check}: chain`,
      good,
      good ? 'comes from the authority given' : 'does not come from the authority given in caCert',
      fix,
    );
  }
  const names = [...new Set(namesIn(leaf))];
  const host = hostOf(config, party);
  // On a machine that several parties share, its name does not say which of them this is.
  const alone = Object.keys(config.parties).every(
    (other) => other === party || hostOf(config, other) !== host,
  );
  const named =
    names.includes(party) ||
    (host !== undefined && alone && (leaf.checkHost(host) !== undefined || leaf.checkIP(host) !== undefined));
  rows.add(
    `${check}: names`,
    named || !own,
    `names ${names.join(', ') || 'nobody'}`,
    `the certificate should name "${party}" (CN or DNS name)`,
  );
  const purposes = await purposesOf(leaf);
  const complete = purposes === undefined || PURPOSES.every((oid) => purposes.includes(oid));
  rows.add(
    `${check}: purpose`,
    complete,
    complete ? 'server and client' : 'is not for both server and client authentication',
    'parties both listen and dial: the certificate needs both purposes',
  );
  return leaf;
};

/** Server and client authentication (RFC 5280, 4.2.1.12). */
const PURPOSES = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

/** By the X.509 library: what `X509Certificate.keyUsage` means differs between runtimes. Undefined: no restriction. */
const purposesOf = async (certificate: X509Certificate): Promise<readonly string[] | undefined> => {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const parsed = new x509.X509Certificate(certificate.raw);
  return parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String);
};

const hostOf = (config: PartyConfig, party: string): string | undefined => {
  const { address } = config.parties[party]!;
  // What is wrong with an address is said by checkAddresses.
  return address === undefined ? undefined : /^(?:\w+:\/\/)?\[?(.*?)\]?:\d+$/.exec(address)?.[1];
};

/** An identity is written as itself, or as the name of the file that holds it. */
const identityTextOf = (value: string): string =>
  value.startsWith('tessera-') ? value : readFileSync(value, 'utf8').trim();

const checkIdentities = async (rows: Rows, config: PartyConfig): Promise<void> => {
  const { identity } = config;
  if (identity !== undefined) {
    await rows.run('identity', 'make it with `tessera keygen`', () => {
      const id = parseSecretIdentity(identityTextOf(identity), 'identity');
      rows.add('identity', true, identityText(id));
    });
  }
  for (const [peer, value] of Object.entries(config.peerIdentities)) {
    if (!(peer in config.parties))
      rows.add(
        `identity ${peer}`,
        false,
        `peerIdentities names "${peer}", which is no party`,
        'correct the name',
      );
    else
      await rows.run(`identity ${peer}`, `ask ${peer} for its identity.pub`, () => {
        parseIdentity(identityTextOf(value), `peerIdentities.${peer}`);
        rows.add(`identity ${peer}`, true, 'pinned');
      });
  }
};

/** Two parties' files side by side: what they must agree on, and what each says of the other. */
const comparePeer = async (rows: Rows, config: PartyConfig, path: string): Promise<void> => {
  const peer = await rows.run(`compare ${path}`, 'correct the path or the file', () => readPartyConfig(path));
  if (peer === undefined) return;
  const check = `compare ${peer.self}`;
  const paths = differingPaths(digestConfig(config.common, ''), digestConfig(peer.common, ''));
  rows.add(
    check,
    paths.length === 0,
    paths.length === 0 ? 'both configurations agree' : `they differ at ${paths.join(', ')}`,
    'agree on one value',
  );
  rows.add(
    `${check}: tls`,
    (config.tls === undefined) === (peer.tls === undefined),
    'tls at both or at neither',
    'both need tlsConfig',
  );
  await pinsAgree(rows, config, peer);
  await pinsAgree(rows, peer, config);
};

const pinsAgree = async (rows: Rows, holder: PartyConfig, shown: PartyConfig): Promise<void> => {
  const pin = holder.tls?.clientCerts[shown.self]?.cert;
  const cert = shown.tls?.cert.cert;
  const check = `compare ${holder.self} on ${shown.self}`;
  if (pin !== undefined && cert !== undefined) {
    await rows.run(check, 'exchange certificates again', () => {
      const shownBy = (pem: string | Uint8Array) => pinnedIn(parseCertificates(readPem(pem, 'cert'), 'cert'));
      const own = shownBy(cert)[0]!;
      const same = shownBy(pin).some((one) => one.fingerprint256 === own.fingerprint256);
      rows.add(
        `${check}: certificate`,
        same,
        same ? 'the same at both' : `${holder.self} pins another certificate than ${shown.self} shows`,
        'exchange certificates again',
      );
    });
  }
  const pinned = holder.peerIdentities[shown.self];
  const { identity } = shown;
  if (pinned !== undefined && identity !== undefined) {
    await rows.run(check, 'exchange identities again', () => {
      const own = identityText(parseSecretIdentity(identityTextOf(identity)));
      rows.add(
        `${check}: identity`,
        identityTextOf(pinned) === own,
        'identity as pinned and as it is',
        'exchange identity.pub files again',
      );
    });
  }
};

export const doctorCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('doctor')
        .description("check a party's configuration offline: files, keys, certificates, names, dates, ports"),
      'tessera doctor --config alice/party.json',
      'tessera doctor --config alice/party.json --peer bob/party.json dealer/party.json',
    )
      .requiredOption('--config <file>', "the party's configuration")
      .option('--peer <file...>', "other parties' configurations, to be compared with it", [])
      .option('--json', 'print rows as JSON')
      .action(async (flags: { config: string; peer: string[]; json?: boolean }) => {
        const rows = await doctor(flags.config, { peers: flags.peer });
        if (flags.json === true) console.log(JSON.stringify(rows, null, 2));
        else {
          const width = Math.max(...rows.map((row) => row.check.length));
          for (const row of rows) {
            console.log(`${row.ok ? 'ok  ' : 'BAD '} ${row.check.padEnd(width)}  ${row.detail}`);
            if (!row.ok) console.log(`     ${''.padEnd(width)}  -> ${row.fix}`);
          }
        }
        if (rows.some((row) => !row.ok)) process.exitCode = 1;
      });
  },
};
