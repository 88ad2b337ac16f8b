/** @file The cluster's clocks, in milliseconds. */

/** A node and a driver show at this pace that they live. */
export const BEAT_MS = 1_000;
/** A node that has not done so for this long is gone. */
export const GONE_MS = 5_000;
/** A driver runs its user's code, which may keep it from doing so for longer: it is gone when nobody hears for it either. */
export const DRIVER_GONE_MS = 10_000;
/** One whose connection is still there, but that has not been heard of for this long, is gone too. */
export const DRIVER_DEAD_MS = 600_000;
/** What nodes that are lost have said of themselves is kept for so long. */
export const KEPT_MS = 3_600_000;
/** Who comes waits this long for nodes to show themselves, where there are none: a server may have lost all that it knew. */
export const SHOW_MS = 3_000;
/** Tasks of a driver whose connection has gone wait at first for so long. */
export const AWAY_DRIVER_MS = 5_000;
/** A connection that has just come back says nothing yet about who is there. */
export const SETTLE_MS = 3_000;
/** What waits for an engine that has been away for this long has failed. */
export const ENGINE_GONE_MS = 60_000;
/** A task whose node has not been heard of for this long is delivered again. */
export const REDELIVER_MS = 5_000;
/** Nodes say at this pace that a task is being worked on. */
export const WORKING_MS = 1_500;
/** A node waits this long for a task before it asks again. */
export const PULL_MS = 30_000;
/** The queue hears within this that an answer has arrived. */
export const ACK_MS = 4;
/** A request that got no reply is made again after this. */
export const RETRY_MS = 2_000;
/** Tasks wait this long for a node when the last one with their tag has gone. */
export const REJOIN_MS = 30_000;
/** What is said at the end is not waited for any longer: nobody may be there to hear it. */
const FAREWELL_MS = 1_000;

/** Resolves when last words have arrived, or nobody has heard them. */
export const farewell = async (said: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL_MS);
  });
  await Promise.race([said.catch(() => {}), late]);
  clearTimeout(timer);
};
