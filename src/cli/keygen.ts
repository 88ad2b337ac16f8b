/** @file `tessera keygen`: a party's identity, and its certificate (self-signed) or certificate request. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { number, partyName, read } from '../config/schema.ts';
import { fail } from '../errors.ts';
import { createIdentity, identitySecretText, identityText } from '../link/identity.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';

export interface KeygenOptions {
  readonly party: string;
  /** Names and addresses under which peers reach the party. */
  readonly host?: readonly string[];
  /** Folder for the files. */
  readonly out: string;
  /** How long the certificate is valid. */
  readonly days?: number;
  /** Make a request for an authority to sign, instead of a self-signed certificate. */
  readonly csr?: boolean;
  /** Encrypt the private key. */
  readonly passphrase?: string;
  /** Replace files that are there. */
  readonly force?: boolean;
}

export interface KeygenResult {
  /** What peers put under peerIdentities. */
  readonly identity: string;
  readonly files: {
    readonly key: string;
    readonly cert?: string;
    readonly csr?: string;
    readonly identity: string;
    readonly publicIdentity: string;
  };
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/**
 * A file made anew with that mode: one that was there keeps neither its mode, nor who has it open, nor where it links to.
 */
const writeAnew = (path: string, text: string, mode = 0o644): void => {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode, flag: 'wx' });
  renameSync(fresh, path);
};

const SECRET = 0o600;
const DAYS = number(1, 3650);

/** The secret part of what is written is readable by its owner only. */
export const keygen = async (options: KeygenOptions): Promise<KeygenResult> => {
  const { party, out, days = 365, csr = false } = options;
  read(partyName, party, 'party');
  read(DAYS, days, 'days');
  const file = (suffix: string) => join(out, `${party}.${suffix}`);
  const files = {
    key: file('key.pem'),
    ...(csr ? { csr: file('csr.pem') } : { cert: file('cert.pem') }),
    identity: file('identity'),
    publicIdentity: file('identity.pub'),
  };
  const there = Object.values(files).filter((path) => existsSync(path));
  if (there.length > 0 && options.force !== true) {
    fail(
      'INVALID_ARGUMENT',
      `${there.join(', ')} exists already; a new key makes the old one useless to all peers (--force replaces it)`,
    );
  }
  const keys = (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await makeCertificate(party, options.host ?? [], days, csr, keys);
  const identity = createIdentity();
  mkdirSync(out, { recursive: true });
  writeAnew(files.key, await privatePem(keys, options.passphrase), SECRET);
  writeAnew(csr ? file('csr.pem') : file('cert.pem'), certificate);
  writeAnew(files.identity, `${identitySecretText(identity)}\n`, SECRET);
  writeAnew(files.publicIdentity, `${identityText(identity)}\n`);
  return { identity: identityText(identity), files };
};

/** A party's name among the DNS names of a certificate, which are ASCII; its own letters stand in the subject. */
const dnsName = (party: string): string => (/^[\w.-]+$/.test(party) ? party : domainToASCII(party));

/** The X.509 library is large, so it is loaded only where a certificate is made. */
const makeCertificate = async (
  party: string,
  hosts: readonly string[],
  days: number,
  csr: boolean,
  keys: CryptoKeyPair,
): Promise<string> => {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(crypto);
  const names = [...new Set([dnsName(party), ...hosts])].filter((name) => name !== '');
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ),
  ];
  const name = `CN=${party}`;
  if (csr) {
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
    return `${request.toString('pem')}\n`;
  }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${Array.from(crypto.getRandomValues(new Uint8Array(15)), (b) => b.toString(16).padStart(2, '0')).join('')}`,
    name,
    // Clocks of different organisations differ a little.
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + days * DAY),
    keys,
    signingAlgorithm: ALGORITHM,
    // By these a certificate is told from the one that it follows, which has the same names.
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};

const privatePem = async (keys: CryptoKeyPair, passphrase: string | undefined): Promise<string> => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const plain = { type: 'pkcs8', format: 'pem' } as const;
  return key.export(
    passphrase === undefined ? plain : { ...plain, cipher: 'aes-256-cbc', passphrase },
  ) as string;
};

interface Flags {
  party: string;
  host: string[];
  out: string;
  days: string;
  csr?: boolean;
  force?: boolean;
}

export const keygenCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('keygen')
        .description("make a party's identity, key, and certificate or certificate request"),
      'tessera keygen --party alice --host a.example --out alice',
      'tessera keygen --party alice --host a.example 10.0.0.1 --csr --out alice',
    )
      .requiredOption('--party <name>', 'name of the party, as in the configuration')
      .option('--host <name...>', 'names and addresses under which peers reach it', [])
      .option('--out <folder>', 'where the files go', '.')
      .option('--days <number>', 'how long the certificate is valid', '365')
      .option('--csr', 'make a request for your authority to sign, instead of a self-signed certificate')
      .option('--force', 'replace files that are there')
      .addHelpText(
        'after',
        '\nThe key is encrypted if the environment variable TESSERA_KEY_PASSPHRASE is set.',
      )
      .action(async (flags: Flags) => {
        const passphrase = process.env.TESSERA_KEY_PASSPHRASE;
        const { files, identity } = await keygen({
          ...flags,
          days: numberFlag(DAYS, flags.days, '--days'),
          ...(passphrase === undefined || passphrase === '' ? {} : { passphrase }),
        });
        console.log(`secret, keep:     ${files.key}, ${files.identity}`);
        console.log(
          `for your peers:   ${files.cert ?? '(the certificate that your authority makes)'}, ${files.publicIdentity}`,
        );
        if (files.csr !== undefined) console.log(`to your authority: ${files.csr}`);
        console.log(`peerIdentities:   "${flags.party}": "${identity}"`);
      });
  },
};
