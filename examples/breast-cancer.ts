/**
 * @file The main demo, in simulation: alice and bob have tables of patients, in different orders, some in one of them only. They find the patients that both
 * have and train a logistic regression on data that neither shows the other (lib/training.ts; two-tables.ts is the same in twenty lines). examples/production runs
 * it on machines of their own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as sf from 'tessera-mpc';
import { progressBar } from '../src/cli/bar.ts';
import { area } from './lib/metrics.ts';
import { type DemoOptions, readFlags } from './lib/options.ts';
import { rocSvg } from './lib/roc-svg.ts';
import { joinedStudy, jsonOf, type Result, tableOf, trainInTheClear, trainTogether } from './lib/training.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];
const BEAVER_TYPES = {
  'first-party': 'TrustedFirstParty',
  'third-party': 'TrustedThirdParty',
  none: 'MultiParty',
} as const;
const PICTURE = 'out/breast-cancer-roc.svg';

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** `40 ms and 100 Mbit/s`, of which either may be left out. */
const linkText = ({ rtt, bandwidth }: DemoOptions): string =>
  [...(rtt > 0 ? [`${rtt} ms`] : []), ...(bandwidth === undefined ? [] : [`${bandwidth} Mbit/s`])].join(
    ' and ',
  );

const draw = (together: Result, clear: Result, o: DemoOptions): void => {
  mkdirSync(dirname(PICTURE), { recursive: true });
  const label = (name: string, r: Result) => `${name}, AUC ${area(r.roc).toFixed(4)}`;
  writeFileSync(
    PICTURE,
    rocSvg('Breast cancer: benign or malignant', [
      { label: label('float64, in the clear', clear), points: clear.roc, colour: '#d98a1f' },
      {
        label: label(`${o.parties} parties, ${o.field}`, together),
        points: together.roc,
        colour: '#1f6fb4',
        dashed: true,
      },
    ]),
  );
};

const main = async (): Promise<void> => {
  const o = readFlags(
    'demo',
    'Alice and bob train a logistic regression on data that neither shows the other.',
    process.argv.slice(2),
  );
  const say = (line: string): void => console.log(line);
  const begun = performance.now();
  const shaped = o.rtt > 0 || o.bandwidth !== undefined;
  const link = { rttMs: o.rtt, ...(o.bandwidth !== undefined && { bandwidthMbit: o.bandwidth }) };
  await sf.init({ parties: NAMES.slice(0, o.parties), address: 'local', ...(shaped && { link }) });
  try {
    say(`${o.parties} parties, ${o.field}, dealer: ${o.dealer}${shaped ? `, links of ${linkText(o)}` : ''}`);
    sf.currentSession().onProgress = progressBar();
    const study = await joinedStudy();
    say(
      `${study.joined} patients are in both tables: ${study.trained} to train with, ${study.joined - study.trained} to test; alice holds 15 features, bob 15 and the diagnosis`,
    );
    const spu = sf.SPU(
      sf.utils.testing.clusterDef(NAMES.slice(0, o.parties), {
        field: o.field,
        beaver_type: BEAVER_TYPES[o.dealer],
      }),
    );
    const together = await trainTogether(spu, study, o, say);
    const clear = trainInTheClear(o.epochs);
    const cost = sf.stats().spus[0]!;
    draw(together, clear, o);
    say(tableOf(`${o.parties} parties, ${o.field}`, together, clear, cost, o.dealer !== 'none'));
    say(`ROC curves: ${PICTURE}`);
    say(`${seconds(begun).toFixed(1)} s in all`);
    if (o.json) say(jsonOf(o.parties, o.field, study.joined, together, clear, cost));
  } finally {
    await sf.shutdown();
  }
};

await main();
