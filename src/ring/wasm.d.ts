/** In bundles for browsers, kernels are text: gzip in base64 (tools/browsers.mjs). */
declare module '*.wasm' {
  const text: string;
  export default text;
}
