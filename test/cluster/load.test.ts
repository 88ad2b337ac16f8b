/** Many tasks, and many bytes: all arrive, once, and nothing stays behind. TESSERA_LONG=1 moves 1 GiB. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { type Cluster, clusterSuite, startCluster, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/load');
let cluster: Cluster;

test.before(async () => {
  cluster = await startCluster({ alice: 16, work: 16 }, { bob: 16, work: 16 });
});
test.after(() => cluster.machine.end());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('10,000 small tasks on two nodes: each result once, and both nodes work', () =>
  withSession(cluster, async (s) => {
    const work = s.PYU('work');
    const n = 10_000;
    const results = await s.reveal(Array.from({ length: n }, (_, i) => work(tasks.noop)(i)));
    assert.equal(
      results,
      Array.from({ length: n }, (_, i) => i),
    );
    let seen = '';
    await until(async () => {
      const { nodes, queues } = await cluster.machine.status(cluster.address);
      const done = nodes.map((node) => node.done);
      const queue = queues.find((q) => q.tag === 'work')!;
      seen = JSON.stringify({ done, queue });
      // What a node keeps for too long, on a machine that is busy elsewhere, another is given too: its result still counts once.
      return (
        done.every((d) => d > 0) &&
        done.reduce((a, b) => a + b) >= n &&
        queue.waiting === 0 &&
        queue.running === 0
      );
    }, 'the nodes have done them together, and the queue is empty').catch((e: Error) => {
      throw new Error(`${e.message}: ${seen}`);
    });
  }));

test('large objects move from node to node, and are freed when no handle is left', () =>
  withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const size = 64 * 1024 * 1024;
    const count = scaled(16, 2);
    const move = async (i: number): Promise<void> => {
      const made = alice(tasks.bytes)(size, i);
      assert.equal(await s.reveal(bob(tasks.sum)(made.to(bob))), [size, i * size]);
    };
    for (let i = 1; i <= count; i++) {
      await move(i);
      collect();
    }
    await until(async () => {
      collect();
      const { nodes } = await cluster.machine.status(cluster.address);
      return nodes.every((node) => node.objects === 0 && node.objectBytes === 0);
    }, 'nothing is held any more');
  }));

test.run();
