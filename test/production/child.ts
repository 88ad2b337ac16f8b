/** @file One party, or the dealer, in a process of its own: runs one of programs.ts and reports how it ended. */
import * as sf from '#tessera';
import type { FromChild, Sent, ToChild } from './messages.ts';
import { programs } from './programs.ts';

const tell = (message: FromChild): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

const sent = (e: unknown): Sent =>
  e instanceof sf.TesseraError
    ? { code: e.code, message: e.message, details: JSON.parse(JSON.stringify(e.info)) as Sent['details'] }
    : { code: 'UNKNOWN', message: String((e as Error)?.stack ?? e), details: {} };

process.once('message', async ({ options, program, given }: ToChild) => {
  try {
    const value =
      program === 'dealer'
        ? await (await sf.startDealer(options)).done
        : await programs[program]!(
            options as sf.InitOptions,
            given as never,
            (text) => void tell({ kind: 'note', text }),
          );
    await tell({ kind: 'value', value });
  } catch (e) {
    await tell({ kind: 'error', error: sent(e) });
  }
  process.disconnect();
});
