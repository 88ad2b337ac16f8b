/** @file In a page, material that two parties make between them is made by another worker's file (workers.ts), which this one is not. */
import { fail } from '../errors.ts';
import type { Together as Made } from '../ir/run/together.ts';

export const Together: Pick<typeof Made, 'start'> = {
  start: async () =>
    fail(
      'UNSUPPORTED',
      'runtime_config.beaver_type MultiParty: a page has what this takes where its session names no dealer and does not set ' +
        'allowTrustedFirstParty: leave both out',
      { path: 'runtime_config.beaver_type' },
    ),
};
