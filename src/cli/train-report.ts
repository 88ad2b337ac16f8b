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
export const numbers = (x: sf.NDArray): number[] => Array.from(x.data as ArrayLike<number | bigint>, Number);

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

/** Reveals the losses of a model that keeps them. */
export const lossesOf = async (session: sf.Session, spu: sf.SPU, state: sf.SPUObject): Promise<number[]> => {
  const losses = spu((s: { losses: sf.BaseArray }) => s.losses)(state as never);
  return numbers((await session.reveal(losses)) as unknown as sf.NDArray);
};

export interface Trained {
  readonly model: string;
  readonly label: string;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly curves: Curves | undefined;
  /** After each turn, or tree; all parties learn them. */
  readonly losses: readonly number[] | undefined;
  /** Weights by column, where this party has learned them. */
  readonly weights: readonly (readonly [string, number])[] | undefined;
  readonly importances: readonly (readonly [string, number])[] | undefined;
  /** Who learns the weights, and who the importances. */
  readonly coefficients: string | undefined;
  readonly importance: string | undefined;
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

const lossPicture = (losses: readonly number[]): Picture => ({
  title: 'Loss',
  x: 'turns',
  y: 'mean loss of the training rows',
  lines: [losses.map((v, i) => [i + 1, v] as const)],
  across: [1, Math.max(2, losses.length)],
  up: [0, Math.max(...losses) || 1],
});

export const trainReport = (t: Trained): string => {
  const bars: Bars[] = [
    ...(t.weights ? [{ title: 'Weights', bars: t.weights }] : []),
    ...(t.importances ? [{ title: 'Importance of columns', bars: t.importances }] : []),
  ];
  return html({
    title: `${t.model}: ${t.label}`,
    figures: Object.entries(t.figures),
    pictures: [...(t.curves ? picturesOf(t.curves) : []), ...(t.losses ? [lossPicture(t.losses)] : [])],
    bars,
    revealed: [
      ['names and dtypes of columns, numbers of rows', 'all parties'],
      ...(t.isJoined ? ([['which of its rows are common', 'each party, of its own']] as const) : []),
      [
        `metrics${t.curves ? ', points of the ROC curve and of the calibration' : ''} of the test rows`,
        'all parties',
      ],
      ...(t.losses ? ([['the mean loss of the training rows after each turn', 'all parties']] as const) : []),
      ...(t.coefficients === undefined ? [] : ([['the weights', t.coefficients]] as const)),
      ...(t.importance === undefined ? [] : ([['the importance of columns', t.importance]] as const)),
    ],
  });
};
