/**
 * @file Training on two parties' features of the same patients: alice holds 15 columns, bob 15 and the diagnosis. Who is in both tables is found
 * by a private set intersection; on a cluster, which has none, the tables are aligned beforehand. p = sigmoid(X w) with X = [alice's columns,
 * bob's columns, 1] is put together, and w found, on masked values. The predictions for the test rows go to bob, who alone can judge them.
 */
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import * as sf from 'tessera-mpc';
import { permutation } from '../../src/models/draws.ts';
import { epoch, loss, predict, type Schedule } from './logistic.ts';
import { accuracy, area, type Roc, roc } from './metrics.ts';
import { predictPlain, trainPlain } from './plain-logistic.ts';
import { projectFile } from './project.ts';
import { readCsv } from './read-csv.ts';
import { type Split, splitRows } from './split.ts';

const TRAIN_SHARE = 0.8;
const SEED = 2;
const BATCHES = 13;

export interface Result {
  readonly accuracy: number;
  readonly roc: Roc;
  readonly seconds: number;
}

type Rows = readonly (readonly number[])[];
type Matrix = number[][];
type Half = 'a' | 'b';

/** Features and labels of rows, at their parties. */
interface Part {
  readonly x: readonly sf.DeviceObject[];
  readonly y: sf.DeviceObject;
}

/** What is trained and tested with. */
export interface Study {
  /** Rows that both parties have. */
  readonly joined: number;
  /** Those to train with. */
  readonly trained: number;
  readonly schedule: Schedule;
  readonly train: Part;
  readonly test: Part;
}

const trainedOf = (joined: number): number => Math.floor(joined * TRAIN_SHARE);

/** 416 rows are 13 batches of 32, 455 rows 13 of 35. */
const scheduleOf = (joined: number): Schedule => ({
  batches: BATCHES,
  size: Math.floor(trainedOf(joined) / BATCHES),
  rate: 0.5,
});

const patients = (half: Half): string =>
  readFileSync(projectFile('examples', 'data', `patients_${half}.csv`), 'utf8');

/** Two tables of patients, in different orders, some in one of them only. */
export const joinedStudy = async (): Promise<Study> => {
  const table = await sf.frame(
    { alice: sf.PYU('alice')(patients)('a'), bob: sf.PYU('bob')(patients)('b') },
    { on: 'id' },
  );
  const features = table.columns.map((c) => c.name).filter((name) => name !== 'y');
  const [train, test] = table
    .split(TRAIN_SHARE, SEED)
    .map((part) => ({ x: part.features(features), y: part.labels('y') }));
  const [joined] = table.shape;
  return { joined, trained: trainedOf(joined), schedule: scheduleOf(joined), train: train!, test: test! };
};

/** Features of all, and labels, in the order that the parties find. */
const joinedPlain = (): { x: Matrix; y: number[]; split: Split } => {
  const [a, b] = (['a', 'b'] as const).map((half) => {
    const lines = patients(half).trim().split('\n').slice(1);
    return new Map(
      lines.map((line): [string, number[]] => [
        line.slice(0, line.indexOf(',')),
        line.split(',').slice(1).map(Number),
      ]),
    );
  }) as [Map<string, number[]>, Map<string, number[]>];
  const ids = [...a.keys()].filter((id) => b.has(id)).sort();
  const order = permutation(ids.length, SEED);
  const cut = trainedOf(ids.length);
  return {
    x: ids.map((id) => [...a.get(id)!, ...b.get(id)!.slice(0, -1)]),
    y: ids.map((id) => b.get(id)!.at(-1)!),
    split: { train: order.slice(0, cut), test: order.slice(cut) },
  };
};

const aligned = (half: Half): Rows =>
  readCsv(projectFile('examples', 'data', `breast_cancer_${half}.csv`)).rows;
const ALIGNED = 569;
const alignedSplit = (): Split => splitRows(ALIGNED, TRAIN_SHARE, SEED);

const pick = (rows: Rows, which: readonly number[]): Matrix => which.map((i) => [...rows[i]!]);

/** Alice's part: her columns, split by the public permutation. Runs at alice. */
const readAlice = sf.task(import.meta, 'readAlice', (split: Split): [Matrix, Matrix] => {
  const rows = aligned('a');
  return [pick(rows, split.train), pick(rows, split.test)];
});

/** Bob's part: his columns, and the diagnosis, which is his last column. Runs at bob. */
const readBob = sf.task(import.meta, 'readBob', (split: Split): [Matrix, number[], Matrix, number[]] => {
  const rows = aligned('b');
  const part = (which: readonly number[]): [Matrix, number[]] => [
    pick(rows, which).map((row) => row.slice(0, -1)),
    which.map((i) => rows[i]!.at(-1)!),
  ];
  return [...part(split.train), ...part(split.test)];
});

/** Two tables with the same rows in the same order. */
export const alignedStudy = (): Study => {
  const split = alignedSplit();
  const [aTrain, aTest] = sf.PYU('alice')(readAlice, { numReturns: 2 })(split);
  const [bTrain, yTrain, bTest, yTest] = sf.PYU('bob')(readBob, { numReturns: 4 })(split);
  return {
    joined: ALIGNED,
    trained: trainedOf(ALIGNED),
    schedule: scheduleOf(ALIGNED),
    train: { x: [aTrain, bTrain], y: yTrain },
    test: { x: [aTest, bTest], y: yTest },
  };
};

const alignedPlain = (): { x: Matrix; y: number[]; split: Split } => {
  const [a, b] = [aligned('a'), aligned('b')];
  return {
    x: a.map((row, i) => [...row, ...b[i]!.slice(0, -1)]),
    y: b.map((row) => row.at(-1)!),
    split: alignedSplit(),
  };
};

/** How good the predictions are. Runs at bob, who alone knows both. */
const judge = sf.task(
  import.meta,
  'judge',
  (p: sf.NDArray, y: sf.NDArray | readonly number[]): Omit<Result, 'seconds'> => {
    const values = p.data as Float64Array;
    const truth = y instanceof sf.NDArray ? Array.from(y.data, Number) : y;
    return { accuracy: accuracy(values, truth), roc: roc(values, truth) };
  },
);

/** The whole thing in the clear, as if one party had all the data. */
export const trainInTheClear = (epochs: number, data: 'joined' | 'aligned' = 'joined'): Result => {
  const { x, y, split } = data === 'joined' ? joinedPlain() : alignedPlain();
  const start = performance.now();
  const w = trainPlain(
    pick(x, split.train),
    split.train.map((i) => y[i]!),
    epochs,
    scheduleOf(x.length),
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
  { schedule, train, test }: Study,
  o: { readonly epochs: number; readonly revealLoss: boolean },
  say: (line: string) => void,
): Promise<Result> => {
  const bob = sf.PYU('bob');
  await spu.ready();
  const start = performance.now();
  const pass = spu(epoch(schedule));
  let w = spu(() => sf.np.zeros(31))();
  for (let e = 1; e <= o.epochs; e++) {
    w = pass(train.x, train.y, w);
    await w.ready();
    const shown = o.revealLoss
      ? `loss ${Number(await sf.reveal(spu(loss)(train.x, train.y, w))).toFixed(4)}`
      : 'loss hidden';
    say(`epoch ${String(e).padStart(2)} of ${o.epochs}   ${shown}   ${seconds(start).toFixed(1)} s`);
  }
  const p = spu(predict)(test.x, w).to(bob);
  const verdict = bob(judge)(p, test.y as never);
  return { ...(await sf.reveal(verdict)), seconds: seconds(start) };
};

/** What a run has cost. */
export interface Cost {
  readonly rounds: number;
  /** Sent, by party. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Of the dealer, or sent by this party where the parties make their material between them. */
  readonly dealerBytes: number;
}

const bytesText = (n: number): string =>
  n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`;

/** The run beside the same training in the clear. */
export const tableOf = (
  title: string,
  together: Result,
  clear: Result,
  cost: Cost,
  dealer = true,
): string => {
  const table = new Table({ head: ['', title, 'float64, in the clear'], style: { head: [], border: [] } });
  table.push(
    ['accuracy', together.accuracy.toFixed(4), clear.accuracy.toFixed(4)],
    ['AUC', area(together.roc).toFixed(4), area(clear.roc).toFixed(4)],
    ['seconds', together.seconds.toFixed(2), clear.seconds.toFixed(4)],
    ['slowdown', `${Math.round(together.seconds / clear.seconds)} times`, ''],
    ['rounds', String(cost.rounds), ''],
    ...Object.entries(cost.bytes).map(([party, n]) => [`sent by ${party}`, bytesText(n), '']),
    [dealer ? 'made by the dealer' : 'sent ahead by each', bytesText(cost.dealerBytes), ''],
  );
  return table.toString();
};

/** The figures as one JSON object. */
export const jsonOf = (
  parties: number,
  field: string,
  joined: number,
  together: Result,
  clear: Result,
  cost: Cost,
): string =>
  JSON.stringify({
    parties,
    field,
    joined,
    accuracy: together.accuracy,
    accuracyPlain: clear.accuracy,
    auc: area(together.roc),
    aucPlain: area(clear.roc),
    seconds: together.seconds,
    rounds: cost.rounds,
    bytes: Math.max(...Object.values(cost.bytes)),
    dealerBytes: cost.dealerBytes,
  });
