/** @file `tessera dashboard`: a page that shows a cluster, live. */
import { startDashboard } from '../cluster/dashboard.ts';
import { integer } from '../config/schema.ts';
import type { CliCommand } from './command.ts';
import { type EngineFlags, engineFlags, engineOf } from './engine-flags.ts';
import { numberFlag } from './flags.ts';

export const dashboardCommand: CliCommand = {
  register(program) {
    engineFlags(program.command('dashboard').description('serve a page that shows a cluster, live'))
      .option('--port <port>', 'of the page, on this machine', '8265')
      .action(async (f: EngineFlags & { port: string }) => {
        const port = numberFlag(integer(0, 65_535), f.port, '--port');
        const dashboard = await startDashboard(engineOf(f), port);
        console.log(`Dashboard at ${dashboard.url} (this machine only; end it with Ctrl+C).`);
        const end = (): void => void dashboard.close().then(() => process.exit());
        process.on('SIGINT', end).on('SIGTERM', end);
      });
  },
};
