/** @file Runs commands of `tessera`, one after the other, each as if it were alone. Used by commands.ts. */
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Command } from './commands.ts';

const CLI = import.meta.resolve('#tessera-cli');

/** What ends a command that would end its process. */
class Exit extends Error {}

process.exit = (code = process.exitCode) => {
  process.exitCode = code ?? 0;
  throw new Exit();
};

const said = { out: '', err: '' };
const keeping =
  (where: keyof typeof said) =>
  (text: string | Uint8Array): boolean => {
    said[where] += String(text);
    return true;
  };
process.stdout.write = keeping('out');
process.stderr.write = keeping('err');

let turns = 0;
process.on('message', async ({ args, env }: Command) => {
  Object.assign(said, { out: '', err: '' });
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
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
