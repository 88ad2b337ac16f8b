/** @file Who may resume a session after a broken connection: only the process that it was established with. */
import { ConnectError, peerLost } from './failures.ts';
import type { Local } from './handshake.ts';
import type { Hello } from './handshake-messages.ts';
import { sameBytes } from './identity.ts';
import type { PeerSession } from './peer-session.ts';

/** How long a peer whose connection broke may take to come back before another process may take its place. */
const RETURN_MS = 1_000;

/** Throws for who has proved to be the peer and is not the process in the session, which then ends if that one is gone. */
export const checkReturn = (
  session: PeerSession,
  hello: Hello,
  local: Local,
  peerTimeoutMs: number,
): void => {
  const known = session.peerInstance;
  const { resume } = hello;
  if (known === undefined) {
    if (resume === undefined) return;
    throw new ConnectError('restarted', `"${local.self}" was started anew and knows nothing of this session`);
  }
  // Whose first connection broke before our acceptance came over it knows nothing of the session, and has sent nothing in it.
  const knows = resume === undefined ? session.received === 0 : sameBytes(resume.instance, local.instance);
  const same = sameBytes(known, hello.instance) && knows;
  if (same) return;
  // Two live processes with one identity: the second does not end what the first is in. One that is dead is noticed.
  if (session.connected || session.absentMs < Math.min(RETURN_MS, peerTimeoutMs / 4))
    throw new ConnectError(
      'not-ready',
      `"${hello.from}" is here already: another process with its identity is in the session`,
    );
  const why = `"${hello.from}" was reloaded or started anew in the middle of the session, and is back`;
  session.end(peerLost(hello.from, why, session.lastSeen), why);
  if (resume !== undefined) throw new ConnectError('restarted', why);
  // It may wait for this party to start anew, too: the same identity is welcome in a session of its own.
  throw new ConnectError(
    'not-ready',
    `"${local.self}" has yet to end the session from before "${hello.from}" came back`,
  );
};
