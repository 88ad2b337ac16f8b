/**
 * @file `npm run chaos`: faults of all kinds, one round after another, each from a seed.
 * A round that finds a defect prints its seed; `npm run chaos -- --seed N --rounds 1` plays the same faults again, as far as
 * the machine's timing allows.
 */
import { scriptCommand, severalOf, within } from '../../examples/lib/command.ts';
import { findServer } from '../../src/cluster/nats-server.ts';
import { clusterRound, KINDS as OF_CLUSTER } from './cluster.ts';
import { KINDS as OF_PARTIES, partyRound } from './parties.ts';
import { KINDS as OF_RELAY, relayRound } from './relay.ts';
import type { Say } from './report.ts';
import { Seeded } from './seeded.ts';

type Round = (random: Seeded, say: Say) => Promise<number>;

/** How often each comes in ten rounds. */
const ROUNDS: Readonly<Record<string, { readonly round: Round; readonly often: number }>> = {
  parties: { round: partyRound, often: 7 },
  relay: { round: relayRound, often: 2 },
  cluster: { round: clusterRound, often: 1 },
};

export const KINDS: readonly string[] = [...OF_PARTIES, ...OF_RELAY, ...OF_CLUSTER];

export interface ChaosOptions {
  /** At least so many faults. */
  readonly faults: number;
  readonly seed: number;
  readonly rounds?: number;
  readonly only?: readonly string[];
  readonly say: Say;
}

export interface Outcome {
  readonly faults: number;
  readonly defects: readonly { readonly seed: number; readonly what: string }[];
}

/** Runs rounds until there were enough faults. */
export const chaos = async (o: ChaosOptions): Promise<Outcome> => {
  const kinds = Object.keys(ROUNDS).filter(
    (kind) => (o.only?.includes(kind) ?? true) && (kind !== 'cluster' || findServer() !== undefined),
  );
  const pool = kinds.flatMap((kind) => new Array<string>(ROUNDS[kind]!.often).fill(kind));
  const defects: { seed: number; what: string }[] = [];
  let uncaught: unknown;
  const onUncaught = (error: unknown): void => {
    uncaught ??= error;
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  let faults = 0;
  for (let round = 0; faults < o.faults && round < (o.rounds ?? Number.POSITIVE_INFINITY); round++) {
    const seed = (o.seed + round) >>> 0;
    const random = new Seeded(seed);
    const kind = random.pick(pool);
    o.say(`seed ${seed}: ${kind}`);
    try {
      faults += await ROUNDS[kind]!.round(random, (text) => o.say(`  ${text}`));
      if (uncaught !== undefined) throw uncaught;
    } catch (error) {
      uncaught = undefined;
      faults++;
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      o.say(`DEFECT at seed ${seed}: ${what}`);
      defects.push({ seed, what });
    }
  }
  process.off('uncaughtException', onUncaught);
  process.off('unhandledRejection', onUncaught);
  return { faults, defects };
};

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/'))) {
  const values = scriptCommand(
    'chaos',
    'Faults of all kinds at parties, relay and cluster, each round from a seed.',
    ['--faults 50 --only parties', '--seed 17 --rounds 1'],
  )
    .option('--faults <n>', 'at least so many', within(1, 1e9, true), 500)
    .option('--seed <n>', 'of the first round; drawn if absent', within(0, 2 ** 32 - 1, true))
    .option('--rounds <n>', 'at most so many rounds', within(1, 1e9, true))
    .option(
      '--only <kind>',
      `rounds of one kind (${Object.keys(ROUNDS).join(', ')}); may be given several times`,
      severalOf(Object.keys(ROUNDS)),
    )
    .parse()
    .opts<{ faults: number; seed?: number; rounds?: number; only?: readonly string[] }>();
  const { seed = crypto.getRandomValues(new Uint32Array(1))[0]! } = values;
  const { faults, defects } = await chaos({ ...values, seed, say: console.log });
  console.log(`\n${faults} faults, ${defects.length} defects`);
  for (const { seed, what } of defects) console.log(`seed ${seed}: ${what.split('\n')[0]}`);
  process.exitCode = defects.length > 0 ? 1 : 0;
}
