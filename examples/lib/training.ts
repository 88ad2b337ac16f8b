/**
 * @file Training on two parties' features of the same 569 patients: alice holds 15 columns, bob 15 and the diagnosis.
 * p = sigmoid(X w) with X = [alice's columns, bob's columns, 1] is put together, and w found, on masked values. The
 * predictions for the test rows go to bob, who alone can judge them.
 */
import Table from 'cli-table3';
import * as sf from '../../src/index.ts';
import { epoch, loss, predict, type Schedule } from './logistic.ts';
import { accuracy, area, type Roc, roc } from './metrics.ts';
import { predictPlain, trainPlain } from './plain-logistic.ts';
import { projectFile } from './project.ts';
import { readCsv } from './read-csv.ts';
import { type Split, splitRows } from './split.ts';

const DATA_A = projectFile('examples', 'data', 'breast_cancer_a.csv');
const DATA_B = projectFile('examples', 'data', 'breast_cancer_b.csv');
/** 455 of the 569 rows train: 13 batches of 35. */
const SCHEDULE: Schedule = { batches: 13, size: 35, rate: 0.5 };
const TRAIN_SHARE = 0.8;
const SEED = 2;
const ROWS = 569;

/** Which rows train and which test: the same at every party. */
export const publicSplit = (): Split => splitRows(ROWS, TRAIN_SHARE, SEED);

export interface Result {
  readonly accuracy: number;
  readonly roc: Roc;
  readonly seconds: number;
}

type Rows = readonly (readonly number[])[];
type Matrix = number[][];

const pick = (rows: Rows, which: readonly number[]): Matrix => which.map((i) => [...rows[i]!]);

/** Alice's part: her columns, split by the public permutation. Runs at alice. */
const readAlice = sf.task(import.meta, 'readAlice', (split: Split): [Matrix, Matrix] => {
  const { rows } = readCsv(DATA_A);
  return [pick(rows, split.train), pick(rows, split.test)];
});

/** Bob's part: his columns, and the diagnosis, which is his last column. Runs at bob. */
const readBob = sf.task(import.meta, 'readBob', (split: Split): [Matrix, number[], Matrix, number[]] => {
  const { rows } = readCsv(DATA_B);
  const part = (which: readonly number[]): [Matrix, number[]] => [
    pick(rows, which).map((row) => row.slice(0, -1)),
    which.map((i) => rows[i]!.at(-1)!),
  ];
  return [...part(split.train), ...part(split.test)];
});

/** How good the predictions are. Runs at bob, who alone knows both. */
const judge = sf.task(
  import.meta,
  'judge',
  (p: sf.NDArray, y: readonly number[]): Omit<Result, 'seconds'> => {
    const values = p.data as Float64Array;
    return { accuracy: accuracy(values, y), roc: roc(values, y) };
  },
);

/** The whole thing in the clear, as if one party had all the data. */
export const trainInTheClear = (epochs: number): Result => {
  const split = publicSplit();
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

/** The program of every party, in simulation and in production alike: trains on `spu`, and reveals how good it is. */
export const trainTogether = async (
  spu: sf.SPU,
  o: { readonly epochs: number; readonly revealLoss: boolean },
  say: (line: string) => void,
): Promise<Result> => {
  const split = publicSplit();
  const alice = sf.PYU('alice');
  const bob = sf.PYU('bob');
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

/** What a run has cost. */
export interface Cost {
  readonly rounds: number;
  /** Sent, by party. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly dealerBytes: number;
}

const bytesText = (n: number): string =>
  n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`;

/** The run beside the same training in the clear. */
export const tableOf = (title: string, together: Result, clear: Result, cost: Cost): string => {
  const table = new Table({ head: ['', title, 'float64, in the clear'], style: { head: [], border: [] } });
  table.push(
    ['accuracy', together.accuracy.toFixed(4), clear.accuracy.toFixed(4)],
    ['AUC', area(together.roc).toFixed(4), area(clear.roc).toFixed(4)],
    ['seconds', together.seconds.toFixed(2), clear.seconds.toFixed(4)],
    ['slowdown', `${Math.round(together.seconds / clear.seconds)} times`, ''],
    ['rounds', String(cost.rounds), ''],
    ...Object.entries(cost.bytes).map(([party, n]) => [`sent by ${party}`, bytesText(n), '']),
    ['made by the dealer', bytesText(cost.dealerBytes), ''],
  );
  return table.toString();
};

/** The figures as one JSON object. */
export const jsonOf = (parties: number, field: string, together: Result, clear: Result, cost: Cost): string =>
  JSON.stringify({
    parties,
    field,
    accuracy: together.accuracy,
    accuracyPlain: clear.accuracy,
    auc: area(together.roc),
    aucPlain: area(clear.roc),
    seconds: together.seconds,
    rounds: cost.rounds,
    bytes: Math.max(...Object.values(cost.bytes)),
    dealerBytes: cost.dealerBytes,
  });
