/** @file `tessera dashboard`: a page that shows a cluster, live. */
import { startDashboard } from '../cluster/dashboard-server.ts';
import { integer } from '../config/schema.ts';
import type { CliCommand } from './command.ts';
import { type EngineFlags, engineFlags, engineOf } from './engine-flags.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';

export const dashboardCommand: CliCommand = {
  register(program) {
    const command = program.command('dashboard').description('serve a page that shows a cluster, live');
    withExamples(command, 'tessera dashboard', 'tessera dashboard --address=10.0.0.1:6379 --port=8265');
    engineFlags(command)
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
