/** Names of SecretFlow on a cluster: files of values at their nodes, several SPUs, objects with state; and figures of a node. */
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { clusterSuite, freePort, Machine, rejection, tokenOf, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const { np } = sf;
const test = clusterSuite('cluster/names');
const own = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

test('dump and load, conversion, counters, figures', async () => {
  const machine = new Machine();
  const disk = realpathSync(mkdtempSync(join(tmpdir(), 'tessera-names-')));
  const [port, figures] = await Promise.all([freePort(), freePort()]);
  const address = `127.0.0.1:${port}`;
  try {
    const said = await machine.start(
      '--head',
      `--port=${port}`,
      `--root=${own}`,
      `--metrics=${figures}`,
      '--resources={"alice":8}',
    );
    assert.match(said, `Figures at http://127.0.0.1:${figures}/metrics.`);
    await machine.start(`--address=${address}`, `--root=${disk}`, '--resources={"bob":8}');
    await withSession(
      { address: `http://${address}` },
      async (s) => {
        const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
        const x = alice(tasks.vector)(2, 3);
        await bob.dump(x.to(bob), 'x').ready();
        assert.ok(existsSync(join(disk, 'x')), 'on the disk of its node, below the folder of that');
        assert.equal(await s.reveal(bob.load('x')), [3, 3]);
        assert.match(
          (await rejection(bob.dump(x.to(bob), '../x').ready())).message,
          /not below the node's folder/,
        );
        const def = sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' });
        const [one, two] = [s.SPU(def), s.SPU(def)];
        const squares = one((v) => np.square(v))(x).to(two);
        assert.is((await s.reveal(two((v) => np.sum(v))(squares))).item(), 18);
        assert.equal((await s.reveal(s.to(bob, []).to(two))).shape, [0]);
        const ended = s.SPU(def);
        await ended.shutdown();
        const closed = await rejection(s.reveal(ended((v) => np.sum(v))(alice(tasks.vector)(2, 3))));
        assert.is(closed.code, 'CLOSED');
        assert.match(closed.message, /was shut down here/);
        const heard: sf.Progress[] = [];
        await s.wait(two((v) => np.exp(v), { onProgress: (p) => heard.push(p) })(squares));
        assert.ok(heard.at(-1)!.done && heard.at(-1)!.rounds > 1);
        const counter = sf.proxy(tasks.Counter, { num_returns: { both: 2 } })(4, { device: alice });
        const [n, minus] = counter.both();
        const unit = (counter as unknown as { unit(): sf.PYUObject<number> }).unit();
        await s.wait(counter);
        assert.equal(await s.reveal([n!, minus!, unit]), [4, -4, 10]);
      },
      {
        token: tokenOf(said),
        // Options of secretflow.init that ask for nothing else than what is done anyway.
        ray_mode: false,
        cross_silo_comm_backend: null,
        cross_silo_comm_options: { recv_timeout_ms: 60_000, grpc_retry_policy: null },
        enable_waiting_for_other_parties_ready: true,
        tls_config: null,
        num_cpus: null,
        debug_mode: false,
      },
    );
    const refused = await rejection(
      sf.session({ address, token: tokenOf(said), ray_mode: true } as sf.InitOptions),
    );
    assert.is(refused.code, 'UNSUPPORTED');
    const text = await (await fetch(`http://127.0.0.1:${figures}/metrics`)).text();
    assert.match(text, /^tessera_node_slots\{party="alice"\} 8$/m);
    assert.match(text, /^tessera_node_tasks_failed_total 0$/m);
    assert.ok(Number(/^tessera_node_tasks_done_total (\d+)$/m.exec(text)![1]) > 0);
    const one = await withSession({ address }, async (s) => s.parties, {
      token: tokenOf(said),
      parties: ['alice'],
    });
    assert.equal(one, ['alice'], 'a session of one party');
  } finally {
    await machine.end();
    rmSync(disk, { recursive: true, force: true });
  }
});

test.run();
