/** @file What a facet does not do for an op. Its table says so by name, and why: that is the error users see. */
export interface Missing {
  readonly missing: string;
}

export const missing = (why: string): Missing => ({ missing: why });

export const isMissing = (facet: object): facet is Missing => 'missing' in facet;
