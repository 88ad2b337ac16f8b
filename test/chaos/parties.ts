/**
 * @file Faults of a production: two or three parties, with a dealer or without, each in a process of its own and behind a wire.
 * Some faults have to be survived with the right result; after others everybody who is left has to say in time who is lost.
 */

import { PATIENCE_MS } from '../patience.ts';
import {
  cluster,
  type Ending,
  end,
  freePort,
  launch,
  type Options,
  type Party,
  QUICK,
  sleep,
} from '../production/harness.ts';
import { Defect, type Say, within } from './report.ts';
import type { Seeded } from './seeded.ts';
import { Wire } from './wire.ts';

/** Who is silent for so long is lost, in a training that is to lose somebody. Where all has to be survived nobody is, however slow the machine. */
const LOST_MS = 12_000;
/** The longest of the silences that are to be survived. */
const SILENT_MS = 1_000;

interface Scene {
  readonly random: Seeded;
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, Options>>;
  readonly running: Record<string, Party>;
  readonly wires: ReadonlyMap<string, Wire>;
  /** What the program is given. */
  readonly given: object;
  /** All that was started, for the end. */
  readonly started: Party[];
}

/** After which the training ends well. */
const SURVIVED: Readonly<Record<string, (scene: Scene, victim: string) => Promise<void>>> = {
  cut: async ({ random, wires }, victim) => {
    for (let i = 0; i < 1 + random.next() * 4; i++) {
      wires.get(victim)!.cut();
      await sleep(random.between(0, 150));
    }
  },
  'cut all': async ({ wires }) => {
    for (const wire of wires.values()) wire.cut();
  },
  'short freeze': async ({ random, wires }, victim) => {
    const wire = wires.get(victim)!;
    wire.freeze(true);
    await sleep(random.between(100, SILENT_MS));
    wire.freeze(false);
  },
  'short stop': async ({ random, running }, victim) => {
    running[victim]!.kill('SIGSTOP');
    await sleep(random.between(100, SILENT_MS));
    running[victim]!.kill('SIGCONT');
  },
  corrupt: async ({ random, wires }, victim) => {
    wires.get(victim)!.corrupt(1 + Math.floor(random.next() * 3));
    await sleep(200);
  },
  slow: async ({ random, wires }, victim) => {
    const wire = wires.get(victim)!;
    wire.slow(random.between(20_000, 200_000));
    await sleep(random.between(500, 1500));
    wire.slow(0);
  },
};

/** After which the others are told whose end it was. */
const LOST: Readonly<Record<string, (scene: Scene, victim: string) => void>> = {
  kill: ({ running }, victim) => running[victim]!.kill('SIGKILL'),
  stop: ({ running }, victim) => running[victim]!.kill('SIGSTOP'),
  freeze: ({ wires }, victim) => wires.get(victim)!.freeze(true),
  restart: ({ running, options, started, given }, victim) => {
    running[victim]!.kill('SIGKILL');
    const own = options[victim]!;
    const crossSilo = { ...(own.crossSilo as object), readyTimeoutMs: LOST_MS };
    const again = launch({ [victim]: { ...own, crossSilo } }, 'chaos', given)[victim]!;
    started.push(again);
    running[`${victim} again`] = again;
  },
};

/** All kinds of faults of parties. */
export const KINDS: readonly string[] = [...Object.keys(SURVIVED), ...Object.keys(LOST)];

const TRAINING = { steps: 250 };

const prepare = async (random: Seeded, mortal: boolean): Promise<Scene> => {
  const dealt = random.next() < 0.7;
  const names = ['alice', 'bob', ...(random.next() < 0.4 ? ['carol'] : []), ...(dealt ? ['dealer'] : [])];
  const inside: Record<string, number> = {};
  for (const name of names) inside[name] = await freePort();
  const outside: Record<string, number> = {};
  const options = await cluster(names, (self, o) => {
    const config = structuredClone(o.cluster_config) as {
      parties: Record<string, Options>;
      dealer?: Options;
    };
    const places: Record<string, Options> = {
      ...config.parties,
      ...(config.dealer && { dealer: config.dealer }),
    };
    for (const [name, { address }] of Object.entries(places))
      outside[name] = Number(String(address).split(':')[1]);
    places[self]!.listen_addr = `127.0.0.1:${inside[self]}`;
    return {
      ...o,
      crossSilo: {
        ...QUICK,
        peerTimeoutMs: mortal ? LOST_MS : PATIENCE_MS,
        readyTimeoutMs: PATIENCE_MS,
      },
      ...(!dealt && { allowTrustedFirstParty: true }),
      cluster_config: { ...(o.cluster_config as object), ...config },
    };
  });
  const wires = new Map<string, Wire>();
  for (const name of names) {
    const wire = new Wire(inside[name]!);
    await wire.listen(outside[name]!);
    wires.set(name, wire);
  }
  const given = { ...TRAINING, parties: names.filter((name) => name !== 'dealer'), dealt };
  const running = launch(options, 'chaos', given) as Record<string, Party>;
  return { random, names, options, running, wires, given, started: Object.values(running) };
};

/** What the training comes to, in the clear. */
const expected = (): number[] => {
  const x = Array.from({ length: 20 }, (_, i) => [i / 20, 1 - i / 10]);
  const y = Array.from({ length: 20 }, (_, i) => i % 2);
  const w = [0, 0];
  for (let step = 0; step < TRAINING.steps; step++) {
    const off = x.map((row, i) => 1 / (1 + Math.exp(-(row[0]! * w[0]! + row[1]! * w[1]!))) - y[i]!);
    for (const j of [0, 1]) w[j]! -= 0.01 * x.reduce((sum, row, i) => sum + row[j]! * off[i]!, 0);
  }
  return w;
};

/** How a party ends. It hangs if it has come no further for longer than a loaded machine may take. */
const endingOf = async (party: Party, what: string): Promise<Ending> => {
  for (;;) {
    const before = party.said;
    try {
      return await within(party.ended, PATIENCE_MS, what);
    } catch (error) {
      if (party.said === before) throw error;
    }
  }
};

const text = (ending: Ending): string => JSON.stringify(ending);

const checkResult = (name: string, ending: Ending): void => {
  if (!('value' in ending)) throw new Defect(`${name} should have survived: ${text(ending)}`);
  const w = (ending.value as number[][]).flat();
  const off = Math.max(...expected().map((v, i) => Math.abs(v - w[i]!)));
  if (!(off < 1e-3)) throw new Defect(`${name} has a wrong result: ${w}`);
};

/** Who may be blamed: the victim, or where a wire was frozen, whoever is at its other end. */
const checkNamed = (name: string, ending: Ending, blamed: readonly string[]): void => {
  if (!('error' in ending)) throw new Defect(`${name} has no error of the project: ${text(ending)}`);
  const { code, message } = ending.error;
  if (!['PEER_LOST', 'PARTY_FAILED', 'LINK'].includes(code))
    throw new Defect(`${name} ends with ${code}: ${message}`);
  if (!blamed.some((who) => message.includes(who)))
    throw new Defect(`${name} names none of ${blamed.join(', ')}: ${message}`);
};

/** One training with some faults that are to be survived, and perhaps a last one. Returns how many faults there were. */
export const partyRound = async (random: Seeded, say: Say): Promise<number> => {
  const last = random.next() < 0.7 ? random.pick(Object.keys(LOST)) : undefined;
  const scene = await prepare(random, last !== undefined);
  const { names, running, wires, started } = scene;
  let faults = 0;
  const does = async (kind: string, victim: string, act: () => void | Promise<void>): Promise<void> => {
    faults++;
    say(`${names.join(', ')}: ${kind} ${victim}`);
    await act();
  };
  try {
    await within(
      Promise.all(names.filter((n) => n !== 'dealer').map((n) => running[n]!.noted('training'))),
      PATIENCE_MS,
      'the start',
    );
    const many = 1 + Math.floor(random.next() * 5);
    for (let i = 0; i < many; i++) {
      const kind = random.pick(Object.keys(SURVIVED));
      const victim = random.pick(names);
      await does(kind, victim, () => SURVIVED[kind]!(scene, victim));
      await sleep(random.between(0, 250));
    }
    const victim = random.pick(names);
    if (last !== undefined) await does(last, victim, () => LOST[last]!(scene, victim));
    const since = Date.now();
    const parties = names.filter((name) => name !== 'dealer');
    const ends = Object.entries(running).filter(
      ([name]) => name !== victim || last === undefined || last === 'freeze',
    );
    for (const [name, party] of ends) {
      if (name === 'dealer' && last === undefined) continue;
      const ending = await endingOf(party, `${name} after ${last ?? 'the faults'}`);
      if (last === undefined) checkResult(name, ending);
      // A training that was over before the last fault came has its result.
      else if ('value' in ending && parties.includes(name)) checkResult(name, ending);
      else if (!('value' in ending))
        checkNamed(name, ending, last === 'freeze' || name.endsWith(' again') ? names : [victim]);
    }
    say(`  ended after ${Date.now() - since} ms`);
    for (const [name, party] of ends)
      if (name !== 'dealer' || last !== undefined)
        await within(party.exited, PATIENCE_MS, `the process of ${name}, whose program has ended`);
  } finally {
    end(Object.fromEntries(started.map((party, i) => [i, party])));
    for (const wire of wires.values()) wire.close();
  }
  return faults;
};
