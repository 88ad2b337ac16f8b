/** @file Certificates: reading what the user gives, and deciding whether a certificate is that of a given party. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { fail, TesseraError } from '../errors.ts';
import { ConnectError } from './failures.ts';
import type { ChannelBinding } from './handshake.ts';
import type { Pem, TlsOptions } from './pem.ts';

/** All of it, read and parsed. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly passphrase: string | undefined;
  readonly own: X509Certificate;
  readonly peers: ReadonlyMap<string, PeerTrust>;
  /** Some peer proves itself by its pinned identity instead of a certificate. */
  readonly certless: boolean;
}

export interface PeerTrust {
  readonly party: string;
  readonly caPem: string;
  readonly ca: readonly X509Certificate[];
  /** Its certificate, or several while one takes another's place. None: any that `ca` vouches for. */
  readonly pins: readonly X509Certificate[];
  /**
   * What vouches for the other parties and this one: for a certificate that comes from there as well, the authority's
   * word alone does not say which party it is.
   */
  readonly others: readonly X509Certificate[];
}

/** Reads PEM wherever it is; `what` names it in errors. */
export const readPem = (pem: Pem, what: string): string => {
  if (pem instanceof Uint8Array) return Buffer.from(pem).toString('utf8');
  if (typeof pem === 'string' && pem.includes('-----BEGIN')) return pem;
  try {
    return readFileSync(pem, 'utf8');
  } catch (cause) {
    return fail(
      'CONFIG',
      `${what}: cannot read "${String(pem)}" (${(cause as NodeJS.ErrnoException).code ?? cause})`,
      { path: what },
    );
  }
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export const parseCertificates = (pem: string, what: string): X509Certificate[] => {
  const blocks =
    pem.match(CERTIFICATE) ??
    fail('CONFIG', `${what} holds no certificate (no "BEGIN CERTIFICATE")`, { path: what });
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      return fail('CONFIG', `${what} holds a certificate that cannot be parsed`, { path: what });
    }
  });
};

/**
 * The certificates of a file that a party itself may show: the first one, and those that are to follow it. Authorities that stand there
 * too, because they have signed the first, are not the party's.
 */
export const pinnedIn = (certificates: readonly X509Certificate[]): readonly X509Certificate[] =>
  certificates.filter(
    (one, i) =>
      i === 0 ||
      (one.ca === certificates[0]!.ca && !certificates.some((other) => other !== one && issued(one, other))),
  );

/** `pinned`: peers with a pinned identity; they may do without a certificate (browsers cannot show one). */
export const loadTls = (
  options: TlsOptions,
  peers: readonly string[],
  pinned: ReadonlySet<string>,
): TlsMaterial => {
  const cert = readPem(options.cert.cert, 'tls.cert.cert');
  const key = readPem(options.cert.key, 'tls.cert.key');
  const own = parseCertificates(cert, 'tls.cert.cert')[0]!;
  checkOwn(own, key, options.cert.passphrase);
  const ownCa =
    options.cert.caCert === undefined
      ? []
      : parseCertificates(readPem(options.cert.caCert, 'tls.cert.caCert'), 'tls.cert.caCert');
  const read = peers.flatMap((party) => {
    const path = `tls.clientCerts.${party}`;
    const entry = options.clientCerts[party];
    if (entry === undefined) {
      if (pinned.has(party)) return [];
      return fail('CONFIG', `${path} is missing: whom should this party believe to be "${party}"?`, { path });
    }
    const caPem = readPem(entry.caCert, `${path}.caCert`);
    const pins =
      entry.cert === undefined
        ? []
        : pinnedIn(parseCertificates(readPem(entry.cert, `${path}.cert`), `${path}.cert`));
    return [{ party, caPem, ca: parseCertificates(caPem, `${path}.caCert`), pins }];
  });
  const trust = read.map((peer) => ({
    ...peer,
    others: [...ownCa, ...read.filter((other) => other !== peer).flatMap((other) => other.ca)],
  }));
  return {
    cert,
    key,
    passphrase: options.cert.passphrase,
    own,
    peers: new Map(trust.map((t) => [t.party, t])),
    certless: read.length < peers.length,
  };
};

/** Said here in plain words, because TLS libraries say it late and in riddles. */
const checkOwn = (own: X509Certificate, key: string, passphrase: string | undefined): void => {
  let secret: KeyObject;
  try {
    secret = createPrivateKey(passphrase === undefined ? key : { key, passphrase });
  } catch (cause) {
    const locked = key.includes('ENCRYPTED');
    const why = !locked
      ? 'is no private key'
      : passphrase === undefined
        ? 'is encrypted: give passphrase'
        : 'does not open with this passphrase';
    throw new TesseraError('CONFIG', `tls.cert.key ${why}`, { path: 'tls.cert.key' }, cause);
  }
  if (!own.checkPrivateKey(secret))
    fail('CONFIG', 'tls.cert.key is not the key of tls.cert.cert', { path: 'tls.cert.key' });
  const now = Date.now();
  if (now < Date.parse(own.validFrom))
    fail('CONFIG', `tls.cert.cert is not valid before ${own.validFrom}`, { path: 'tls.cert.cert' });
  if (now > Date.parse(own.validTo))
    fail('CONFIG', `tls.cert.cert has expired on ${own.validTo}`, { path: 'tls.cert.cert' });
};

/** Leaf and what the peer sent with it. */
const chainOf = (certificate: PeerCertificate): X509Certificate[] => {
  const chain: X509Certificate[] = [];
  let at: { raw: Buffer; issuerCertificate?: unknown } | undefined = certificate;
  const seen = new Set<string>();
  while (at?.raw !== undefined && chain.length < 8) {
    const parsed = new X509Certificate(at.raw);
    if (seen.has(parsed.fingerprint256)) break;
    seen.add(parsed.fingerprint256);
    chain.push(parsed);
    at = at.issuerCertificate as typeof at;
  }
  return chain;
};

const issued = (by: X509Certificate, cert: X509Certificate): boolean =>
  cert.checkIssued(by) && cert.verify(by.publicKey);

/** True if the first certificate comes, step by step, from one of `anchors`. */
export const chainsTo = (chain: readonly X509Certificate[], anchors: readonly X509Certificate[]): boolean => {
  let current = chain[0];
  for (let depth = 0; current !== undefined && depth < 8; depth++) {
    const cert: X509Certificate = current;
    if (anchors.some((ca) => ca.fingerprint256 === cert.fingerprint256 || issued(ca, cert))) return true;
    current = chain.find((other) => other.fingerprint256 !== cert.fingerprint256 && issued(other, cert));
  }
  return false;
};

/** The names that a certificate gives to its holder. */
export const namesIn = (certificate: X509Certificate): string[] => {
  const common = /(?:^|\n)CN=([^\n]+)/.exec(certificate.subject)?.[1];
  const alternative = [...(certificate.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map((m) => m[1]!);
  return common === undefined ? alternative : [common, ...alternative];
};

/** Throws IDENTITY unless the certificate is that party's: chain to its own authority, pin, or name. */
export const checkPartyCertificate = (trust: PeerTrust, certificate: PeerCertificate): void => {
  const chain = chainOf(certificate);
  const leaf = chain[0];
  const { party } = trust;
  if (leaf === undefined) throw new ConnectError('identity', `"${party}" showed no certificate`);
  if (!chainsTo(chain, trust.ca)) {
    throw new ConnectError(
      'identity',
      `the certificate shown for "${party}" (${namesIn(leaf)[0] ?? 'no name'}) does not come from the authority given in clientCerts.${party}.caCert`,
    );
  }
  if (trust.pins.length > 0) {
    if (trust.pins.some((pin) => pin.fingerprint256 === leaf.fingerprint256)) return;
    throw new ConnectError(
      'identity',
      `the certificate shown for "${party}" (${namesIn(leaf)[0] ?? 'no name'}) is not the one given in clientCerts.${party}.cert`,
    );
  }
  if (chainsTo(chain, trust.others) && !namesIn(leaf).includes(party)) {
    throw new ConnectError(
      'identity',
      `the certificate shown for "${party}" names ${namesIn(leaf).join(', ') || 'nobody'}: ` +
        `its authority signs for several parties, so it must name "${party}" (CN or DNS name), or be pinned in clientCerts.${party}.cert`,
    );
  }
};

const LABEL = 'EXPORTER-Channel-Binding';

/** What this end knows of the TLS connection, for the transcript of the handshake. */
export const bindingOf = (socket: TLSSocket, own: X509Certificate, dialer: boolean): ChannelBinding => {
  const peer = createHash('sha256').update(socket.getPeerCertificate().raw).digest();
  const mine = createHash('sha256').update(own.raw).digest();
  let exporter: Uint8Array | undefined;
  try {
    exporter = new Uint8Array(socket.exportKeyingMaterial(32, LABEL, Buffer.alloc(0)));
  } catch {
    // Not every runtime has it; the certificates are bound all the same.
  }
  return {
    mutualTls: true,
    certificates: new Uint8Array(Buffer.concat(dialer ? [mine, peer] : [peer, mine])),
    exporter,
  };
};
