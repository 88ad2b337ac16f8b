/**
 * @file `npm run demo:cluster`: the guide's cluster chapter on one machine. A head with alice's tag, a node with bob's, and
 * the breast cancer training on them, as processes of their own; then `tessera stop`. What is typed is printed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { findServer, HOW_TO_INSTALL } from '../../src/cluster/nats-server.ts';

const flags = new Command('demo:cluster')
  .description('The breast cancer training on a cluster: a head and two nodes on this machine.')
  .option('--epochs <n>', 'passes over the training rows', '10')
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .option('--json', 'print the figures as one JSON object, on the last line', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ epochs: string; revealLoss: boolean; json: boolean }>();

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Its own clusters are left alone: this demo stops what it has started, and nothing else. */
const state = mkdtempSync(join(tmpdir(), 'tessera-demo-'));

const run = (path: string, ...args: readonly string[]): Promise<void> => {
  console.error(`$ node ${relative(process.cwd(), path)} ${args.join(' ')}`);
  const child = spawn(process.execPath, [path, ...args], {
    // With --json only the training speaks on standard output.
    stdio: ['ignore', flags.json && !args.includes('--json') ? 2 : 'inherit', 'inherit'],
    env: { ...process.env, TESSERA_STATE: state },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${args[0] ?? path} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
};
const tessera = (...args: readonly string[]): Promise<void> => run(script('../../src/cli/main.js'), ...args);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

if (findServer() === undefined) {
  console.error(`demo:cluster needs nats-server: ${HOW_TO_INSTALL}`);
  process.exit(1);
}
const port = await freePort();
const address = `127.0.0.1:${port}`;
try {
  await tessera(
    'start',
    '--head',
    '--node-ip-address=127.0.0.1',
    `--port=${port}`,
    '--resources={"alice": 16}',
  );
  await tessera('start', `--address=${address}`, '--resources={"bob": 16}');
  await tessera('status', `--address=${address}`);
  const training = ['--address', address, '--epochs', flags.epochs];
  if (flags.revealLoss) training.push('--reveal-loss');
  if (flags.json) training.push('--json');
  await run(script('./train.js'), ...training);
} finally {
  await tessera('stop');
  rmSync(state, { recursive: true, force: true });
}
