/** @file Faults of a relay at which two parties meet: the relay is a process of its own, behind a wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TesseraError } from '../../src/errors.ts';
import { connect, type WebSocketTransport } from '../../src/link/websocket.ts';
import { freePort, sleep } from '../link/helpers.ts';
import { PATIENCE_MS } from '../patience.ts';
import { Defect, type Say, within } from './report.ts';
import type { Seeded } from './seeded.ts';
import { Wire } from './wire.ts';

const main = fileURLToPath(import.meta.resolve('#tessera-cli'));
/** After which a relay that is to be missed counts as gone. Where all has to be survived nobody is, however slow the machine. */
const LOST_MS = 6_000;

const startRelay = async (port: number): Promise<ChildProcess> => {
  const relay = spawn(process.execPath, [main, 'relay', `--listen=127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await within(once(relay.stdout!, 'data'), PATIENCE_MS, 'the start of a relay');
  return relay;
};

const stop = async (relay: ChildProcess): Promise<void> => {
  if (relay.exitCode !== null || relay.signalCode !== null) return;
  const over = once(relay, 'exit');
  relay.kill('SIGKILL');
  await over;
};

interface Scene {
  readonly random: Seeded;
  readonly wire: Wire;
  readonly port: number;
  relay: ChildProcess;
}

const SURVIVED: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'cut relay': async ({ wire }) => wire.cut(),
  'freeze relay': async ({ wire, random }) => {
    wire.freeze(true);
    await sleep(random.between(100, LOST_MS / 6));
    wire.freeze(false);
  },
  'stop relay': async ({ relay, random }) => {
    relay.kill('SIGSTOP');
    await sleep(random.between(100, LOST_MS / 6));
    relay.kill('SIGCONT');
  },
  'slow relay': async ({ wire, random }) => {
    wire.slow(random.between(20_000, 100_000));
    await sleep(700);
    wire.slow(0);
  },
  'restart relay': async (scene) => {
    await stop(scene.relay);
    scene.relay = await startRelay(scene.port);
  },
};

export const KINDS: readonly string[] = [...Object.keys(SURVIVED), 'kill relay'];

/** Frames there and back until `over`; each is what was sent, once, in order. */
const talk = async (links: Readonly<Record<'alice' | 'bob', WebSocketTransport>>, over: () => boolean) => {
  const [a, b] = [links.alice.channel('x', ['bob']), links.bob.channel('x', ['alice'])];
  for (let i = 0; !over(); i++) {
    const bytes = new Uint8Array([100, 5_000, 60_000][i % 3]!).fill(i);
    await a.send('bob', i, bytes.slice());
    const got = await b.recv('alice', i);
    if (got.length !== bytes.length || got.some((v) => v !== (i & 255)))
      throw new Defect(`frame ${i} came as another`);
    await b.send('alice', i, got.slice(0, 10));
    if ((await a.recv('bob', i)).length !== 10) throw new Defect(`the answer ${i} came as another`);
    await sleep(5);
  }
};

/** Returns how many faults there were. */
export const relayRound = async (random: Seeded, say: Say): Promise<number> => {
  const [port, outside] = [await freePort(), await freePort()];
  const wire = new Wire(port);
  await wire.listen(outside);
  const scene: Scene = { random, wire, port, relay: await startRelay(port) };
  const room = { key: crypto.getRandomValues(new Uint8Array(32)), relay: `ws://127.0.0.1:${outside}` };
  const last = random.next() < 0.5;
  const join = (self: string) =>
    connect({
      self,
      parties: { alice: {}, bob: {} },
      job: 'chaos',
      room,
      heartbeatMs: 250,
      peerTimeoutMs: last ? LOST_MS : PATIENCE_MS,
      readyTimeoutMs: PATIENCE_MS,
    });
  const links = { alice: await join('alice'), bob: await join('bob') };
  let faults = 0;
  try {
    await within(Promise.all([links.alice.ready(), links.bob.ready()]), PATIENCE_MS, 'meeting at the relay');
    let over = false;
    const talking = talk(links, () => over).then(
      () => undefined,
      (error: unknown) => error as TesseraError,
    );
    for (let i = 0; i < 1 + random.next() * 5; i++) {
      const kind = random.pick(Object.keys(SURVIVED));
      faults++;
      say(`alice, bob: ${kind}`);
      await SURVIVED[kind]!(scene);
      await sleep(random.between(0, 500));
    }
    if (last) {
      faults++;
      say('alice, bob: kill relay');
      await stop(scene.relay);
    } else over = true;
    const ended = await within(talking, 2 * PATIENCE_MS, 'two parties at a relay');
    if (ended instanceof Defect) throw ended;
    if (last && !/"(alice|bob)"|relay/.test(ended?.message ?? ''))
      throw new Defect(`the end of a relay is told as ${ended?.code}: ${ended?.message}`);
    if (!last && ended !== undefined)
      throw new Defect(`should have survived: ${ended.code}: ${ended.message}`);
  } finally {
    await within(Promise.all([links.alice.close(), links.bob.close()]), PATIENCE_MS, 'closing two links');
    await stop(scene.relay);
    wire.close();
  }
  return faults;
};
