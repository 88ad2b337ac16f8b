/** @file Work that outlives an absence: a side that was reloaded or cut off comes back, and the work starts anew with it. */
import { type Session, TesseraError } from 'tessera-mpc';

/** A party was reloaded, restarted or cut off, and may come back. Else something is wrong that waiting does not mend. */
const isAbsence = (s: Session, e: unknown): e is TesseraError =>
  e instanceof TesseraError && e.code === 'PEER_LOST' && e.info.party !== s.mode.self;

/** What the session itself says of its end, which is why what was called in it has failed. */
const reason = (s: Session, e: unknown): Promise<unknown> =>
  Promise.race([s.failed, new Promise((resolve) => setTimeout(resolve, 0, e))]);

/**
 * Does `work` in that session, and in another with the same parties as often as one is lost; shuts the last one down.
 * `absent` hears of each loss, before the others are waited for.
 */
export const untilDone = async <T>(
  first: Session,
  work: (s: Session) => Promise<T>,
  absent: (e: TesseraError) => Promise<void> | void,
): Promise<T> => {
  for (let s = first; ; ) {
    const failed = s.failed.then((e) => {
      throw e;
    });
    try {
      const result = await Promise.race([work(s), failed]);
      // The others may have left already: what they have done here is done.
      await s.shutdown().catch(() => {});
      return result;
    } catch (e) {
      const why = await reason(s, e);
      if (!isAbsence(s, why)) {
        await s.shutdown().catch(() => {});
        throw why;
      }
      await absent(why);
      s = await s.rejoin();
    }
  }
};
