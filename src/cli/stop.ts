/** @file `tessera stop`: ends what was started on this machine, and says what. */
import { stopAll } from '../cluster/stop.ts';
import type { CliCommand } from './command.ts';

export const stopCommand: CliCommand = {
  register(program) {
    program
      .command('stop')
      .description('stop the nodes and engines that were started on this machine by `tessera start`')
      .action(async () => {
        const stopped = await stopAll();
        for (const { kind, id, pid, address, tags, gentle } of stopped) {
          const what = kind === 'node' ? `node ${id} (${Object.keys(tags ?? {}).join(', ')})` : 'the engine';
          console.log(`Stopped ${what} at ${address}, pid ${pid}${gentle ? '' : ' (killed)'}.`);
        }
        if (stopped.length === 0) console.log('Nothing was started on this machine.');
        else console.log('Type the same on the other machines of the cluster.');
      });
  },
};
