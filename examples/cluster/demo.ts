/**
 * @file `npm run demo:cluster`: the guide's cluster chapter on one machine. A head with alice's tag, a node with bob's, and
 * the breast cancer training on them, as processes of their own; then `tessera stop`. What is typed is printed.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { findServer, HOW_TO_INSTALL } from '../../src/cluster/nats-server.ts';
import { ownState, removeOwn } from '../../src/cluster/state.ts';
import { runDemo, script } from '../lib/children.ts';
import { scriptCommand, within } from '../lib/command.ts';

const flags = scriptCommand(
  'demo:cluster',
  'The breast cancer training on a cluster: a head and two nodes on this machine.',
  ['', '--epochs 3 --reveal-loss'],
)
  .option('--epochs <n>', 'passes over the training rows', within(1, 1000, true), 10)
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .option('--json', 'print the figures as one JSON object, on the last line', false)
  .parse()
  .opts<{ epochs: number; revealLoss: boolean; json: boolean }>();

const TRAIN = script('./train.js', import.meta.url);
const MAIN = script('../../src/cli/main.js', import.meta.url);

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

await runDemo(async (children) => {
  /** Its own: this demo stops what it has started, and nothing else. */
  const state = ownState();
  const env = { TESSERA_STATE: state };
  const keeper = fork(script('./keeper.js', import.meta.url), {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
    execArgv: [],
  });
  // With --json only the training speaks on standard output.
  const run = (...args: readonly string[]): Promise<void> =>
    children.run({ args, out: flags.json && !args.includes('--json') ? 2 : 'inherit', env });
  const tessera = (...args: readonly string[]): Promise<void> => run(MAIN, ...args);
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
    const training = ['--address', address, '--epochs', String(flags.epochs)];
    if (flags.revealLoss) training.push('--reveal-loss');
    if (flags.json) training.push('--json');
    await run(TRAIN, ...training);
  } finally {
    try {
      await children.end();
      await tessera('stop');
      removeOwn(state);
    } finally {
      // A signal that the demo hears of while it stops ends that: then the keeper does it.
      keeper.disconnect();
    }
  }
});
