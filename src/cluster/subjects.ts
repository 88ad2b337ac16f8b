/** @file Names on the engine: the subjects, the stream and the bucket of one cluster. */

/** A tag as a token of a subject: as it is where it can be, else in base64. */
export const tokenOf = (tag: string): string =>
  /^[A-Za-z0-9_-]{1,64}$/.test(tag) && !tag.startsWith('b64_')
    ? tag
    : `b64_${Buffer.from(tag).toString('base64url')}`;

export interface Names {
  readonly cluster: string;
  /** The work queue. */
  readonly stream: string;
  readonly tasks: (tag: string, driver: string) => string;
  /** Those of one driver. */
  readonly tasksOf: (driver: string) => string;
  readonly allTasks: string;
  /** Heartbeats: keys `nodes.<id>` and `drivers.<id>`. */
  readonly bucket: string;
  /** Bytes of objects, from who holds them. */
  readonly objects: (holder: string) => string;
  /** Orders to a node. */
  readonly orders: (node: string) => string;
  /** Where a node hears that an answer to a driver has arrived, or that nobody hears it. */
  readonly confirmed: (node: string, driver: string) => string;
  /** Answers to a driver. */
  readonly answers: (driver: string) => string;
  /** Objects that no handle means any more. */
  readonly freed: string;
}

export const namesOf = (cluster: string): Names => {
  const root = `tessera.${cluster}`;
  return {
    cluster,
    stream: `TESSERA_${cluster}`,
    tasks: (tag, driver) => `${root}.tasks.${tokenOf(tag)}.${driver}`,
    tasksOf: (driver) => `${root}.tasks.*.${driver}`,
    allTasks: `${root}.tasks.*.*`,
    bucket: `tessera_${cluster}`,
    objects: (holder) => `${root}.objects.${holder}`,
    orders: (node) => `${root}.orders.${node}`,
    confirmed: (node, driver) => `${root}.confirmed.${node}.${driver}`,
    answers: (driver) => `${root}.answers.${driver}`,
    freed: `${root}.freed`,
  };
};
