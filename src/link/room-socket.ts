/**
 * @file A pipe through a relay. The messages of the handshake, which are signed but not secret, are sealed here with
 * the room's key (xsalsa20-poly1305, random nonces), so that a relay learns neither names nor identities; what comes
 * after the handshake is sealed already (sealed.ts) and passes as it is.
 */
import nacl from 'tweetnacl';
import type { Socket } from './connection.ts';

/** First byte of what this file seals; what sealed.ts seals begins with 0 or 1, a handshake message with a CBOR list. */
const ROOM = 2;
const NONCE = nacl.secretbox.nonceLength;

const seal = (message: Uint8Array, key: Uint8Array): Uint8Array => {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const box = nacl.secretbox(message, nonce, key);
  const out = new Uint8Array(1 + NONCE + box.length);
  out[0] = ROOM;
  out.set(nonce, 1);
  out.set(box, 1 + NONCE);
  return out;
};

const open = (message: Uint8Array, key: Uint8Array): Uint8Array | undefined => {
  if (message.length < 1 + NONCE + nacl.secretbox.overheadLength) return;
  return nacl.secretbox.open(message.subarray(1 + NONCE), message.subarray(1, 1 + NONCE), key) ?? undefined;
};

/** `inner` with every message sealed. What does not open, or comes unsealed, ends the connection. */
export const roomSocket = (inner: Socket, key: Uint8Array): Socket => ({
  get arrived() {
    return inner.arrived;
  },
  listen: ({ message, close }) =>
    inner.listen({
      message: (data, binary) => {
        if (!binary || data.length === 0 || data[0]! > ROOM) {
          close('the relay delivered what nobody in this room has sealed');
          return;
        }
        const opened = data[0] === ROOM ? open(data, key) : data;
        if (opened === undefined) close('a message does not open with the key of this room');
        else message(opened, true);
      },
      close,
    }),
  send: (message, left) => inner.send(message[0]! < ROOM ? message : seal(message, key), left),
  close: () => inner.close(),
  terminate: () => inner.terminate(),
  hold: (on) => inner.hold?.(on),
});
