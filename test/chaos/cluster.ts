/** @file Faults of a cluster: nodes and the engine that are killed, stopped and started anew while there is work. */

import type * as sf from '#tessera';
import type { TesseraError } from '../../src/errors.ts';
import { type Cluster, pidsOf, startCluster, until, withSession } from '../cluster/harness.ts';
import * as tasks from '../cluster/tasks.ts';
import { sleep } from '../link/helpers.ts';
import { PATIENCE_MS } from '../patience.ts';
import { Defect, type Say, within } from './report.ts';
import type { Seeded } from './seeded.ts';

const BOBS = { bob: 2 };

interface Scene {
  readonly random: Seeded;
  readonly cluster: Cluster;
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The engine that runs: one that was killed has left its note behind. */
const enginePid = ({ machine }: Cluster): number => machine.started('nats-server').find(lives)!;

/** One of bob's nodes: some may still be on their way to an engine that has just started. */
const victimOf = async ({ cluster, random }: Scene): Promise<number> => {
  let pids: number[] = [];
  await until(async () => {
    pids = (await pidsOf(cluster, 'bob')).filter(lives);
    return pids.length > 0;
  }, 'a node of bob');
  return random.pick(pids);
};

const FAULTS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'stop node': async (scene) => {
    const pid = await victimOf(scene);
    process.kill(pid, 'SIGSTOP');
    await sleep(scene.random.between(200, 1500));
    process.kill(pid, 'SIGCONT');
  },
  'kill node': async (scene) => {
    process.kill(await victimOf(scene), 'SIGKILL');
    // Another comes in its place.
    await scene.cluster.machine.start(
      `--address=${scene.cluster.address}`,
      `--resources=${JSON.stringify(BOBS)}`,
    );
  },
  'stop engine': async ({ cluster, random }) => {
    const pid = enginePid(cluster);
    process.kill(pid, 'SIGSTOP');
    await sleep(random.between(200, 1000));
    process.kill(pid, 'SIGCONT');
  },
  'restart engine': async ({ cluster }) => {
    process.kill(enginePid(cluster), 'SIGKILL');
    await cluster.machine.start('--head', `--port=${cluster.port}`, '--resources={"alice":2}');
  },
};

export const KINDS: readonly string[] = Object.keys(FAULTS);

/** Tasks that any node of bob's may run: all have to come to their results, whatever happens to some of the nodes. */
const work = async (s: sf.Session, turn: number): Promise<void> => {
  const results = await s.reveal(
    Array.from({ length: 6 }, (_, i) => s.PYU('bob')(tasks.span)(turn * 10 + i)),
  );
  if (results.some((v) => !Array.isArray(v) && typeof v !== 'number' && typeof v !== 'object'))
    throw new Defect(`a task came to ${JSON.stringify(results)}`);
};

/** Returns how many faults there were. */
export const clusterRound = async (random: Seeded, say: Say): Promise<number> => {
  const cluster = await startCluster({ alice: 2 }, BOBS, BOBS);
  const scene: Scene = { random, cluster };
  let faults = 0;
  try {
    await within(
      withSession(cluster, async (s) => {
        for (let turn = 0; turn < 1 + random.next() * 3; turn++) {
          const kind = random.pick(Object.keys(FAULTS));
          faults++;
          say(`cluster: ${kind}`);
          const [done] = await Promise.all([
            work(s, turn).then(
              () => undefined,
              (e: unknown) => e as TesseraError,
            ),
            sleep(random.between(0, 300)).then(() => FAULTS[kind]!(scene)),
          ]);
          if (done instanceof Defect) throw done;
          // What only the killed node had may be lost; then the error names the node.
          if (done && !(kind === 'kill node' && done.code === 'PEER_LOST' && /node n\w+/.test(done.message)))
            throw new Defect(`${kind}: ${done.code}: ${done.message}`);
        }
      }),
      PATIENCE_MS,
      'a session of a cluster',
    );
  } finally {
    await cluster.machine.end();
  }
  return faults;
};
