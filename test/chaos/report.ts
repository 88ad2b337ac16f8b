/** @file What a run of faults comes to. */

/** Something that must not happen, whatever the fault. */
export class Defect extends Error {}

/** What is said of each fault. */
export type Say = (text: string) => void;

/** Rejects with a defect that says what hangs. */
export const within = async <T>(promise: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Defect(`hangs: ${what} took more than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
