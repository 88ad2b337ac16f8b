/** The workers as text, gzip in base64, made by tools/browser.mjs when they are built. */
declare module 'tessera:workers' {
  export const party: string;
  export const lowering: string;
}
