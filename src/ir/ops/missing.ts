/** @file An op that a facet does not support. The facet's table says why, and that is the error that users see. */
export interface Missing {
  readonly missing: string;
}

export const missing = (why: string): Missing => ({ missing: why });

export const isMissing = (facet: object): facet is Missing => 'missing' in facet;
