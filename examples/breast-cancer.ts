/**
 * @file The main demo. Alice and bob hold different features of the same 569 patients; bob holds the diagnosis. They
 * train a logistic regression together, p = sigmoid(X w) with X = [alice's columns, bob's columns, 1], without showing
 * each other a number: X is put together, and w found, on masked values. The predictions for the test rows go to bob.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Table from 'cli-table3';
import * as sf from '../src/index.ts';
import { readCsv } from './lib/csv.ts';
import { epoch, loss, predict, type Schedule } from './lib/logistic.ts';
import { accuracy, area, type Roc, roc } from './lib/metrics.ts';
import { type DemoOptions, readFlags } from './lib/options.ts';
import { predictPlain, trainPlain } from './lib/plain-logistic.ts';
import { projectFile } from './lib/project.ts';
import { rocSvg } from './lib/roc-svg.ts';
import { type Split, splitRows } from './lib/split.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];
const DATA_A = projectFile('examples', 'data', 'breast_cancer_a.csv');
const DATA_B = projectFile('examples', 'data', 'breast_cancer_b.csv');
const PICTURE = 'out/breast-cancer-roc.svg';
/** 455 of the 569 rows train: 13 batches of 35. */
const SCHEDULE: Schedule = { batches: 13, size: 35, rate: 0.5 };
const TRAIN_SHARE = 0.8;
const SEED = 2;

interface Result {
  readonly accuracy: number;
  readonly roc: Roc;
  readonly seconds: number;
}

type Rows = readonly (readonly number[])[];
type Matrix = number[][];

const pick = (rows: Rows, which: readonly number[]): Matrix => which.map((i) => [...rows[i]!]);

/** Alice's part: her columns, split by the public permutation. Runs at alice. */
const readAlice = (split: Split): [Matrix, Matrix] => {
  const { rows } = readCsv(DATA_A);
  return [pick(rows, split.train), pick(rows, split.test)];
};

/** Bob's part: his columns, and the diagnosis, which is his last column. Runs at bob. */
const readBob = (split: Split): [Matrix, number[], Matrix, number[]] => {
  const { rows } = readCsv(DATA_B);
  const part = (which: readonly number[]): [Matrix, number[]] => [
    pick(rows, which).map((row) => row.slice(0, -1)),
    which.map((i) => rows[i]!.at(-1)!),
  ];
  return [...part(split.train), ...part(split.test)];
};

/** How good the predictions are. Runs at bob, who alone knows both. */
const judge = (p: sf.NDArray, y: readonly number[]): Omit<Result, 'seconds'> => {
  const values = p.data as Float64Array;
  return { accuracy: accuracy(values, y), roc: roc(values, y) };
};

/** The whole thing in the clear, as if one party had all the data. */
const trainInTheClear = (split: Split, epochs: number): Result => {
  const [a, b] = [readCsv(DATA_A).rows, readCsv(DATA_B).rows];
  const x = a.map((row, i) => [...row, ...b[i]!.slice(0, -1)]);
  const y = b.map((row) => row.at(-1)!);
  const start = performance.now();
  const w = trainPlain(
    pick(x, split.train),
    split.train.map((i) => y[i]!),
    epochs,
    SCHEDULE,
  );
  const p = predictPlain(pick(x, split.test), w);
  const seconds = (performance.now() - start) / 1000;
  const truth = split.test.map((i) => y[i]!);
  return { accuracy: accuracy(p, truth), roc: roc(p, truth), seconds };
};

const seconds = (since: number): number => (performance.now() - since) / 1000;

const trainTogether = async (o: DemoOptions, split: Split, say: (line: string) => void): Promise<Result> => {
  const parties = NAMES.slice(0, o.parties);
  const alice = sf.PYU('alice');
  const bob = sf.PYU('bob');
  const spu = sf.SPU(
    sf.utils.testing.clusterDef(parties, {
      field: o.field,
      beaver_type: o.dealer === 'third-party' ? 'TrustedThirdParty' : 'TrustedFirstParty',
    }),
  );
  await spu.ready();
  const start = performance.now();
  const [aTrain, aTest] = alice(readAlice, { numReturns: 2 })(split);
  const [bTrain, yTrain, bTest, yTest] = bob(readBob, { numReturns: 4 })(split);
  const pass = spu(epoch(SCHEDULE));
  let w = spu(() => sf.np.zeros(31))();
  for (let e = 1; e <= o.epochs; e++) {
    w = pass([aTrain, bTrain], yTrain, w);
    await w.ready();
    const shown = o.revealLoss
      ? `loss ${Number(await sf.reveal(spu(loss)([aTrain, bTrain], yTrain, w))).toFixed(4)}`
      : 'loss hidden';
    say(`epoch ${String(e).padStart(2)} of ${o.epochs}   ${shown}   ${seconds(start).toFixed(1)} s`);
  }
  const p = spu(predict)([aTest, bTest], w).to(bob);
  const verdict = bob(judge)(p, yTest);
  return { ...(await sf.reveal(verdict)), seconds: seconds(start) };
};

const bytesText = (n: number): string =>
  n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`;

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
    'breast-cancer',
    'Alice and bob train a logistic regression on data that neither shows the other.',
    process.argv.slice(2),
  );
  const say = (line: string): void => console.log(line);
  const begun = performance.now();
  const shaped = o.rtt > 0 || o.bandwidth !== undefined;
  const link = { rttMs: o.rtt, ...(o.bandwidth !== undefined && { bandwidthMbit: o.bandwidth }) };
  await sf.init({ parties: NAMES.slice(0, o.parties), address: 'local', ...(shaped && { link }) });
  try {
    const rows = 569;
    const split = splitRows(rows, TRAIN_SHARE, SEED);
    say(
      `${o.parties} parties, ${o.field}, dealer: ${o.dealer}${shaped ? `, links of ${o.rtt} ms and ${o.bandwidth ?? 'any'} Mbit/s` : ''}`,
    );
    say(
      `${rows} patients: ${split.train.length} to train with, ${split.test.length} to test; alice holds 15 features, bob 15 and the diagnosis`,
    );
    const together = await trainTogether(o, split, say);
    const clear = trainInTheClear(split, o.epochs);
    const { rounds, bytes, dealerBytes } = sf.stats().spus[0]!;
    const most = Math.max(...Object.values(bytes));
    draw(together, clear, o);
    const table = new Table({
      head: ['', `${o.parties} parties, ${o.field}`, 'float64, in the clear'],
      style: { head: [], border: [] },
    });
    table.push(
      ['accuracy', together.accuracy.toFixed(4), clear.accuracy.toFixed(4)],
      ['AUC', area(together.roc).toFixed(4), area(clear.roc).toFixed(4)],
      ['seconds', together.seconds.toFixed(2), clear.seconds.toFixed(4)],
      ['slowdown', `${Math.round(together.seconds / clear.seconds)} times`, ''],
      ['rounds', String(rounds), ''],
      ...Object.entries(bytes).map(([party, n]) => [`sent by ${party}`, bytesText(n), '']),
      ['made by the dealer', bytesText(dealerBytes), ''],
    );
    say(table.toString());
    say(`ROC curves: ${PICTURE}`);
    say(`${seconds(begun).toFixed(1)} s in all`);
    if (o.json)
      say(
        JSON.stringify({
          parties: o.parties,
          field: o.field,
          accuracy: together.accuracy,
          accuracyPlain: clear.accuracy,
          auc: area(together.roc),
          aucPlain: area(clear.roc),
          seconds: together.seconds,
          rounds,
          bytes: most,
          dealerBytes,
        }),
      );
  } finally {
    await sf.shutdown();
  }
};

await main();
