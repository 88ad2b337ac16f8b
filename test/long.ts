/** @file Tests at full scale: `TESSERA_LONG=1 npm test` takes some minutes more, and is what CI runs. */

export const LONG = process.env.TESSERA_LONG === '1';

/** What a test takes: the full figure in a long run, a part of it otherwise. */
export const scaled = (full: number, part: number): number => (LONG ? full : part);
