/** @file Real certificates for tests: authorities and leaves, good and bad, made on the spot. */
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

export interface Authority {
  readonly pem: string;
  readonly name: string;
  readonly keys: CryptoKeyPair;
}

export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

const serial = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^./, '1');
const newKeys = () =>
  crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const keyPem = async (keys: CryptoKeyPair) =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');

/** An authority on its own, or one that `above` has made. */
export const makeAuthority = async (name: string, above?: Authority): Promise<Authority> => {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${name}`,
    issuer: `CN=${above?.name ?? name}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    publicKey: keys.publicKey,
    signingKey: (above?.keys ?? keys).privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return { pem: cert.toString('pem'), name, keys };
};

export const makeLeaf = async (
  authority: Authority,
  party: string,
  from = -DAY,
  to = DAY,
  machines: readonly string[] = [party, 'localhost', '127.0.0.1'],
): Promise<Leaf> => {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${party}`,
    issuer: `CN=${authority.name}`,
    notBefore: new Date(Date.now() + from),
    notAfter: new Date(Date.now() + to),
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        machines.map((value) => ({
          type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const),
          value,
        })),
      ),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
    ],
  });
  return { cert: cert.toString('pem'), key: await keyPem(keys) };
};

export const makeSelfSigned = async (party: string): Promise<Leaf> => {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${party}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  return { cert: cert.toString('pem'), key: await keyPem(keys) };
};

/** The same key, encrypted. */
export const keyWithPassphrase = (key: string, passphrase: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();

export { DAY };
