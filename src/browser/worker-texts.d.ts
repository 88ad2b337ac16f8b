/** The workers as text, gzip in base64, made by tools/browser.mjs when they are built. */
declare module 'tessera:workers' {
  export const party: string;
  export const lowering: string;
}

/** That of parties without a dealer, which is seldom wanted. */
declare module 'tessera:pair' {
  export const pair: string;
}
