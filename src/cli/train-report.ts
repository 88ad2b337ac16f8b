/** @file What a report of a training shows: curves of a classifier, revealed to all, and who has learned what. */
import * as sf from '../index.ts';
import { type Bars, html, type Picture } from './report.ts';

/** Points that all parties learn. */
export interface Curves {
  readonly roc: readonly (readonly [number, number])[];
  /** Mean prediction and share of label 1, of bins that have rows. */
  readonly calibration: readonly (readonly [number, number])[];
}

type Columns = Readonly<Record<string, sf.NDArray>>;
const numbers = (x: sf.NDArray): number[] => Array.from(x.data as ArrayLike<number | bigint>, Number);

/** Reveals the points of a classifier's curves. */
export const curvesOf = async (
  session: sf.Session,
  spu: sf.SPU,
  y: sf.DeviceObject,
  p: sf.DeviceObject,
): Promise<Curves> => {
  const { rocCurve, calibration } = await sf.metrics();
  const points = spu((t, q) => ({ roc: rocCurve(t, q), bins: calibration(t, q) }))(y, p);
  const { roc, bins } = (await session.reveal(points)) as unknown as { roc: Columns; bins: Columns };
  const [fpr, tpr] = [numbers(roc.fpr!), numbers(roc.tpr!)];
  const [count, predicted, actual] = [numbers(bins.count!), numbers(bins.predicted!), numbers(bins.actual!)];
  return {
    roc: [[0, 0], ...fpr.map((x, i) => [x, tpr[i]!] as const)],
    calibration: predicted.flatMap((x, i) => (count[i]! > 0 ? [[x, actual[i]!] as const] : [])),
  };
};

export interface Trained {
  readonly model: string;
  readonly label: string;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly curves: Curves | undefined;
  /** Weights by column, where this party has learned them. */
  readonly weights: readonly (readonly [string, number])[] | undefined;
  /** Who learns the weights. */
  readonly coefficients: string | undefined;
  readonly isJoined: boolean;
}

const EVEN: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
];

const picturesOf = ({ roc, calibration }: Curves): Picture[] => [
  { title: 'ROC', x: 'false positive rate', y: 'true positive rate', lines: [roc, EVEN] },
  { title: 'Calibration', x: 'predicted probability', y: 'share of label 1', lines: [calibration, EVEN] },
];

export const trainReport = (t: Trained): string => {
  const bars: Bars[] = t.weights ? [{ title: 'Weights', bars: t.weights }] : [];
  return html({
    title: `${t.model}: ${t.label}`,
    figures: Object.entries(t.figures),
    pictures: t.curves ? picturesOf(t.curves) : [],
    bars,
    revealed: [
      ['names and dtypes of columns, numbers of rows', 'all parties'],
      ...(t.isJoined ? ([['which of its rows are common', 'each party, of its own']] as const) : []),
      [
        `metrics${t.curves ? ', points of the ROC curve and of the calibration' : ''} of the test rows`,
        'all parties',
      ],
      ...(t.coefficients === undefined ? [] : ([['the weights', t.coefficients]] as const)),
    ],
  });
};
