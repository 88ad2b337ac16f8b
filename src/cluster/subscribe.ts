/** @file Hearing a subject. Whoever can reach the engine can say anything there, so that no message may end the process. */
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { log } from '../log.ts';

/** Bad messages may be many; one line in this time says so. */
const SAY_MS = 10_000;
let said = Number.NEGATIVE_INFINITY;

/** Says that a message was dropped: where it came, and why, not what was in it. */
export const dropped = (subject: string, why: unknown): void => {
  if (performance.now() - said < SAY_MS) return;
  said = performance.now();
  log('warning', `a message on ${subject} is no message of a cluster, and was dropped: ${String(why)}`);
};

/** Gives what comes to `handle`; what that cannot take is dropped. */
export const subscribe = (nc: NatsConnection, subject: string, handle: (m: Msg) => void): Subscription =>
  nc.subscribe(subject, {
    callback: (error, m) => {
      if (error !== null) return;
      try {
        handle(m);
      } catch (e) {
        dropped(m.subject, e);
      }
    },
  });
