/**
 * @file What the link takes from the runtime: sockets and certificates. This is Node's and Deno's; browsers have
 * browser-sockets.ts, which takes this file's place in the bundle.
 */
export { connectError, dial } from './dial.ts';
export { listen } from './server.ts';
export { bindingOf, checkPartyCertificate, loadTls } from './tls.ts';
