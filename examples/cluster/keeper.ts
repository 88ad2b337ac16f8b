/**
 * @file Ends what the demo has started, and removes its folder, where the demo itself could not: it was killed. A process of its
 * own, which no signal of the terminal reaches.
 */
import { existsSync } from 'node:fs';
import { removeOwn } from '../../src/cluster/state.ts';
import { stopAll } from '../../src/cluster/stop-processes.ts';

const SETTLE_MS = 500;
const folder = process.env.TESSERA_STATE!;
const end = (): void => {
  const clean = async (): Promise<void> => {
    if (!existsSync(folder)) return;
    // What the demo was starting at that moment ends too, or is known by then.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await stopAll();
    removeOwn(folder);
  };
  void clean().finally(() => process.exit());
};
process.on('disconnect', end);
if (!process.connected) end();
