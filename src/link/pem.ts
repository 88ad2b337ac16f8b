/** @file What a user says of certificates. Apart from tls.ts, so that the types of the package need none of Node's. */

/** PEM text, a path to it, a file URL, or bytes. */
export type Pem = string | URL | Uint8Array;

export interface TlsOptions {
  /** This party's certificate and key; `caCert` is the authority that signed it. */
  readonly cert: {
    readonly caCert?: Pem;
    readonly cert: Pem;
    readonly key: Pem;
    readonly passphrase?: string;
  };
  /** For each peer: the authority its certificate must come from, and the certificate itself if it is to be pinned. */
  readonly clientCerts: Readonly<Record<string, { readonly caCert: Pem; readonly cert?: Pem }>>;
}
