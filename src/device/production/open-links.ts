/** @file Opening the links of a production session: the same for parties and for the dealer. */
import type { TesseraError } from '../../errors.ts';
import type { Meeting } from '../../link/relay-place.ts';
import { computesText, type PeerEvent, waitingText } from '../../link/report.ts';
import { parseRoomKey } from '../../link/room.ts';
import { tapped } from '../../link/tap.ts';
import { connect, type WebSocketTransport } from '../../link/websocket.ts';
import { log } from '../../log.ts';
import { cancelled, fromAbort, shown } from './failure.ts';
import type { Production, RoomOptions } from './production-options.ts';

/** What all parties must agree on; the handshake names the first path that differs. */
const agreed = (o: Production): object => ({
  parties: [...o.parties].sort(),
  addresses: Object.fromEntries(
    Object.entries(o.addresses).map(([name, { address }]) => [name, address ?? 'none']),
  ),
  dealer: o.dealer ?? 'none',
  material: o.storedMaterial ? 'stored' : 'dealt as needed',
  deployment: o.storedMaterial?.deployment ?? 'none',
  allowedList: o.allowedList ?? 'all registered types',
  jobName: o.job,
});

const meetingOf = ({ key, relay }: RoomOptions): Meeting => ({
  key: parseRoomKey(key),
  ...(relay !== undefined && { relay }),
});

/** States of peers that are told to who watches the program. */
const TEXTS: Partial<Readonly<Record<PeerEvent['state'], (event: PeerEvent) => string>>> = {
  waiting: waitingText,
  computes: computesText,
};

/** Opens this party's end: listens, begins to dial, waits for nobody. */
export const connectParty = async (o: Production): Promise<WebSocketTransport> => {
  const identity = o.keptIdentity ?? o.identity ?? o.passingIdentity;
  const { heartbeatMs, peerTimeoutMs, readyTimeoutMs, maxMessageBytes, spin } = o.crossSilo;
  const transport = await connect({
    self: o.self,
    parties: o.addresses,
    job: o.job,
    configDigest: agreed(o),
    allowInsecure: o.allowInsecure,
    ...(o.tls && { tls: o.tls }),
    ...(identity !== undefined && { identity }),
    ...(o.room && { room: meetingOf(o.room) }),
    ...(o.peerIdentities && { peerIdentities: o.peerIdentities }),
    ...(heartbeatMs !== undefined && { heartbeatMs }),
    ...(peerTimeoutMs !== undefined && { peerTimeoutMs }),
    ...(readyTimeoutMs !== undefined && { readyTimeoutMs }),
    ...(maxMessageBytes !== undefined && { maxFrameBytes: maxMessageBytes }),
    ...(spin !== undefined && { spin }),
  });
  if (o.onPeer) transport.on('peer', o.onPeer);
  if (!o.quiet)
    transport.on('peer', (event) => {
      const text = TEXTS[event.state]?.(event);
      if (text !== undefined)
        log('info', `${o.self}: ${text}`, { party: o.self, peer: event.party, state: event.state });
    });
  const { onReceived: received, onSent: sent } = o;
  const here = received && ((from: string, bytes: Uint8Array) => received(from, bytes, o.self));
  return received || sent ? tapped(transport, { received: here, sent }) : transport;
};

/** Connects to everybody; rejects with one table of who is missing and why. */
export const openLinks = async (o: Production): Promise<WebSocketTransport> => {
  const before = cancelled(o);
  if (before) throw before;
  const transport = await connectParty(o);
  const cancel = (): void => void transport.close().catch(() => {});
  o.signal?.addEventListener('abort', cancel, { once: true });
  try {
    await transport.ready(o.crossSilo.readyTimeoutMs);
  } catch (e) {
    // Who knows of a build that is another, or of somebody who has not come, tells the others, who would take it for the cause.
    if (['BUILD', 'LINK'].includes((e as TesseraError).code))
      await transport.abort(shown(e as TesseraError, false)).catch(() => {});
    await transport.close().catch(() => {});
    throw cancelled(o) ?? ((e as TesseraError).code === 'PARTY_FAILED' ? fromAbort(e as TesseraError) : e);
  } finally {
    o.signal?.removeEventListener('abort', cancel);
  }
  return transport;
};
