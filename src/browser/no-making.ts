/** @file Material that two parties make between them is not made in pages: there a dealer is needed. */
import { fail } from '../errors.ts';
import type { Together as Made } from '../ir/run/together.ts';

export const Together: Pick<typeof Made, 'start'> = {
  start: async () =>
    fail(
      'UNSUPPORTED',
      'runtime_config.beaver_type MultiParty is for Node and Deno: in a page use a dealer (TrustedThirdParty)',
      { path: 'runtime_config.beaver_type' },
    ),
};
