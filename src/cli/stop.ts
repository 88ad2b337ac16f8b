/** @file `tessera stop`: ends what was started on this machine, and says what. */
import { stopAll } from '../cluster/stop-processes.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';

export const stopCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('stop')
        .description('stop the nodes and engines that were started on this machine by `tessera start`'),
      'tessera stop',
    ).action(async () => {
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
