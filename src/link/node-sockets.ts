/** @file Sockets and certificates of Node and Deno (SocketHost in sockets.ts). */
export { connectError, dial } from './dial.ts';
export { listen } from './server.ts';
export { bindingOf, checkPartyCertificate, loadTls } from './tls.ts';
