/** @file Runs commands of `tessera`, one after the other, each as if it were alone. Used by commands.ts. */
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const CLI = import.meta.resolve('#tessera-cli');

/** What ends a command that would end its process. */
class Exit extends Error {}

process.exit = (code = process.exitCode) => {
  process.exitCode = code ?? 0;
  throw new Exit();
};

let turns = 0;
process.on('message', async (args: readonly string[]) => {
  const said = { out: '', err: '' };
  process.stdout.write = (text: string | Uint8Array): boolean => Boolean((said.out += String(text)));
  process.stderr.write = (text: string | Uint8Array): boolean => Boolean((said.err += String(text)));
  process.argv = [process.execPath, fileURLToPath(CLI), ...args];
  process.exitCode = undefined;
  try {
    // By another name it is evaluated once more; what it imports is not.
    await import(`${CLI}?${++turns}`);
  } catch (e) {
    if (!(e instanceof Exit)) {
      said.err += inspect(e);
      process.exitCode = 1;
    }
  }
  process.send!({ code: Number(process.exitCode ?? 0), ...said });
});
