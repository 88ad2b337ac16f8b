/** @file One party, or the dealer, in a process of its own: runs programs of programs.ts, one after the other, and reports how each ended. */
import * as sf from '#tessera';
import type { FromChild, Sent, ToChild } from './messages.ts';
import { sessionsClosed } from './program.ts';
import { programs } from './programs.ts';

const tell = (message: FromChild): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

const sent = (e: unknown): Sent =>
  e instanceof sf.TesseraError
    ? { code: e.code, message: e.message, details: JSON.parse(JSON.stringify(e.info)) as Sent['details'] }
    : { code: 'UNKNOWN', message: String((e as Error)?.stack ?? e), details: {} };

process.on('message', async ({ options, program, given }: ToChild) => {
  const before = sessionsClosed();
  /** A program that left its session open, or is to end by itself, has this process for itself. */
  const stays = (): boolean => sessionsClosed() > before;
  try {
    if (program === 'dealer') {
      const value = await (await sf.startDealer(options)).done;
      await tell({ kind: 'value', value, stays: true });
      return;
    }
    const note = (text: string): void => void tell({ kind: 'note', text });
    const value = await programs[program]!(options as sf.InitOptions, given as never, note);
    await tell({ kind: 'value', value, stays: stays() });
  } catch (e) {
    await tell({ kind: 'error', error: sent(e), stays: stays() });
  }
  if (!stays()) process.disconnect();
});
