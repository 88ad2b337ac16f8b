/**
 * @file What the demos compute. Every party runs the same function, in a tab or in Node; a party's own data are given to
 * its own function alone.
 */
import { type BaseArray, type NDArray, np, psi, type Session, type SPU, utils } from 'tessera-mpc';
import { epoch, loss, predict } from '../lib/logistic.ts';
import { accuracy, type Roc, roc } from '../lib/metrics.ts';
import { splitRows } from '../lib/split.ts';
import { Witness } from './witness.ts';

export type Party = 'alice' | 'bob';

/** Data of which only the owner has any. */
export type Own<T> = { readonly [P in Party]?: T };

const given = <T>(own: Own<T>, party: Party): T => {
  const value = own[party];
  if (value === undefined) throw new Error(`there are no data of ${party} here`);
  return value;
};

/** An SPU of alice and bob, with the session's dealer if it has one. */
export const spuOf = (s: Session, dealer: boolean): SPU =>
  s.SPU(
    utils.testing.clusterDef(['alice', 'bob'], {
      beaver_type: dealer ? 'TrustedThirdParty' : 'TrustedFirstParty',
    }),
  );

const numberIn = (x: NDArray): number => Number(x.item());

// ---- salaries

export interface SalaryResult {
  readonly mean: number;
  readonly aliceEarnsMore: boolean;
  /** Of the other salaries, the percentage below one's own: each party gets its own only. */
  readonly percentile: Own<number>;
}

const compare = (a: BaseArray, b: BaseArray) => {
  const all = np.concatenate([a, b]);
  const share = 100 / (all.shape[0]! - 1);
  const below = (x: BaseArray) => np.multiply(np.sum(np.where(np.less(all, x), 1, 0)), share);
  return [np.mean(all), np.greater(a.at(0), b.at(0)), below(a.at(0)), below(b.at(0))] as const;
};

/** `own`: first a party's own salary, then those of colleagues, as far as it knows them. */
export const compareSalaries = async (
  s: Session,
  own: Own<readonly number[]>,
  dealer: boolean,
): Promise<SalaryResult> => {
  const spu = spuOf(s, dealer);
  const alice = s.PYU('alice');
  const bob = s.PYU('bob');
  const inThousands = (party: Party) => given(own, party).map((x) => x / 1000);
  const a = alice(function salariesOfAlice() {
    return inThousands('alice');
  })();
  const b = bob(function salariesOfBob() {
    return inThousands('bob');
  })();
  const [mean, more, ofAlice, ofBob] = spu(compare, { numReturns: 4 })(a, b);
  const percentile: { alice?: number; bob?: number } = {};
  // Each looks at its own percentile in a function that runs nowhere else.
  const looked = [
    alice(function look(x: NDArray) {
      percentile.alice = numberIn(x);
    })(ofAlice.to(alice)),
    bob(function look(x: NDArray) {
      percentile.bob = numberIn(x);
    })(ofBob.to(bob)),
  ];
  const shown = await s.reveal({ mean, more });
  await s.wait(looked);
  return {
    mean: numberIn(shown.mean as NDArray) * 1000,
    aliceEarnsMore: Boolean((shown.more as NDArray).item()),
    percentile,
  };
};

// ---- training

/** Numbers, row by row; of bob's, the last column is the label, 0 or 1. */
export type Rows = readonly (readonly number[])[];

/** A party's table, with identifiers of its rows if it has any. */
export interface People {
  readonly rows: Rows;
  readonly ids?: readonly string[];
}

/** A party's rows of the people that both have, in the order of their identifiers; as they stand, where tables have none. */
const joined = async (s: Session, own: Own<People>): Promise<Own<Rows>> => {
  const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
  const known = await s.reveal({
    alice: alice(function named() {
      return given(own, 'alice').ids !== undefined;
    })(),
    bob: bob(function named() {
      return given(own, 'bob').ids !== undefined;
    })(),
  });
  if (known.alice !== known.bob)
    throw new Error(
      `only ${known.alice ? 'alice' : 'bob'}'s table has a first column "id": both have one, or none`,
    );
  const picked: { alice?: Rows; bob?: Rows } = {};
  if (!known.alice)
    return { ...(own.alice && { alice: own.alice.rows }), ...(own.bob && { bob: own.bob.rows }) };
  const found = await psi({
    alice: alice(function idsOfAlice() {
      return given(own, 'alice').ids!;
    })(),
    bob: bob(function idsOfBob() {
      return given(own, 'bob').ids!;
    })(),
  });
  const take = (party: Party, which: Int32Array): void => {
    const { rows, ids } = given(own, party);
    const order = Array.from(which).sort((a, b) => (ids![a]! < ids![b]! ? -1 : 1));
    picked[party] = order.map((i) => rows[i]!);
  };
  await s.wait([
    alice(function rowsOfAlice(which: Int32Array) {
      take('alice', which);
    })(found.alice),
    bob(function rowsOfBob(which: Int32Array) {
      take('bob', which);
    })(found.bob),
  ]);
  return picked;
};

export interface EpochEvent {
  readonly epoch: number;
  readonly loss: number;
  readonly rounds: number;
  readonly bytes: Readonly<Record<string, number>>;
  readonly dealerBytes: number;
}

export interface Verdict {
  readonly accuracy: number;
  readonly roc: Roc;
  /** [[true negatives, false positives], [false negatives, true positives]] */
  readonly confusion: readonly (readonly number[])[];
}

/** How many people were trained and tested with, and what came of it. */
export interface Outcome extends Verdict {
  readonly people: number;
  readonly confirmed: Confirmed;
}

const BATCH = 35;
const RATE = 0.5;

/** Every column with mean 0 and deviation 1: each party does it with its own. */
const standardised = (rows: Rows): number[][] => {
  const columns = rows[0]!.map((_, j) => {
    const column = rows.map((row) => row[j]!);
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length) || 1;
    return { mean, deviation };
  });
  return rows.map((row) => row.map((x, j) => (x - columns[j]!.mean) / columns[j]!.deviation));
};

const judge = (p: ArrayLike<number>, y: readonly number[]): Verdict => {
  const confusion = [
    [0, 0],
    [0, 0],
  ];
  y.forEach((truth, i) => {
    confusion[truth]![p[i]! >= 0.5 ? 1 : 0]! += 1;
  });
  return { accuracy: accuracy(p, y), roc: roc(p, y), confusion };
};

/** Bytes that a party received and that are, by their SHA-256 at both, those that the other has sent; else undefined. */
export type Confirmed = Own<number>;

/** What passed between both: each says what it sent and what it received, as lengths and digests. */
const confirm = async (s: Session, { sent, received }: Witness): Promise<Confirmed> => {
  const alice = s.PYU('alice');
  const bob = s.PYU('bob');
  const lengths = () => [sent.length, received.length];
  type Both<T> = { readonly alice: readonly T[]; readonly bob: readonly T[] };
  const counted = (await s.reveal({ alice: alice(lengths)(), bob: bob(lengths)() })) as Both<number>;
  const toBob = Math.min(counted.alice[0]!, counted.bob[1]!);
  const toAlice = Math.min(counted.alice[1]!, counted.bob[0]!);
  const told = (await s.reveal({
    alice: alice(async function digestsOfAlice() {
      return [await sent.digest(toBob), await received.digest(toAlice)];
    })(),
    bob: bob(async function digestsOfBob() {
      return [await sent.digest(toAlice), await received.digest(toBob)];
    })(),
  })) as Both<string>;
  return {
    ...(told.alice[1] === told.bob[0] && { alice: toAlice }),
    ...(told.bob[1] === told.alice[0] && { bob: toBob }),
  };
};

/** Logistic regression on alice's columns and bob's, of the people that both have; the loss after every epoch and the verdict go to both. */
export const train = async (
  s: Session,
  tables: Own<People>,
  dealer: boolean,
  epochs: number,
  progress: (event: EpochEvent) => void,
  /** Of what passes between this party and the other, if it watches that. */
  witness = new Witness(),
): Promise<Outcome> => {
  const own = await joined(s, tables);
  const spu = spuOf(s, dealer);
  const alice = s.PYU('alice');
  const bob = s.PYU('bob');
  // How many rows there are is no secret: both must have the same, in the same order.
  const counted = await s.reveal({
    alice: alice(function count() {
      return [given(own, 'alice').length, given(own, 'alice')[0]!.length];
    })(),
    bob: bob(function count() {
      return [given(own, 'bob').length, given(own, 'bob')[0]!.length - 1];
    })(),
  });
  const [rows, columnsA] = counted.alice as readonly number[] as [number, number];
  const [rowsB, columnsB] = counted.bob as readonly number[] as [number, number];
  if (rows !== rowsB)
    throw new Error(`alice has ${rows} rows, bob has ${rowsB}: they must be the same people`);
  const split = splitRows(rows, 0.8, 2);
  const batches = Math.max(1, Math.floor(split.train.length / BATCH));
  const size = Math.min(BATCH, split.train.length);
  const pick = (matrix: readonly (readonly number[])[], which: readonly number[]) =>
    which.map((i) => [...matrix[i]!]);
  const [aTrain, aTest] = alice(
    function columnsOfAlice(): [number[][], number[][]] {
      const x = standardised(given(own, 'alice'));
      return [pick(x, split.train), pick(x, split.test)];
    },
    { numReturns: 2 },
  )();
  const [bTrain, bTest, yTrain, yTest] = bob(
    function columnsOfBob(): [number[][], number[][], number[], number[]] {
      const all = given(own, 'bob');
      const x = standardised(all.map((row) => row.slice(0, -1)));
      const y = (which: readonly number[]) => which.map((i) => (all[i]!.at(-1)! > 0.5 ? 1 : 0));
      return [pick(x, split.train), pick(x, split.test), y(split.train), y(split.test)];
    },
    { numReturns: 4 },
  )();
  const pass = spu(epoch({ batches, size, rate: RATE }));
  let w = spu(function zeros() {
    return np.zeros(columnsA + columnsB + 1);
  })();
  for (let e = 1; e <= epochs; e++) {
    w = pass([aTrain, bTrain], yTrain, w);
    const now = await s.reveal(spu(loss)([aTrain, bTrain], yTrain, w));
    const { rounds, bytes, dealerBytes } = s.stats().spus[0]!;
    progress({ epoch: e, loss: numberIn(now as NDArray), rounds, bytes, dealerBytes });
  }
  const p = spu(predict)([aTest, bTest], w).to(bob);
  const verdict = bob(function judgeTest(p: NDArray, y: readonly number[]) {
    return judge(p.data as Float64Array, y);
  })(p, yTest);
  return { ...((await s.reveal(verdict)) as Verdict), people: rows, confirmed: await confirm(s, witness) };
};

// ---- digits

/** Weights of a network 64 - 32 - 10 with relu. */
export interface Network {
  readonly w1: readonly (readonly number[])[];
  readonly b1: readonly number[];
  readonly w2: readonly (readonly number[])[];
  readonly b2: readonly number[];
}

const classify = (
  x: BaseArray,
  { w1, b1, w2, b2 }: { w1: BaseArray; b1: BaseArray; w2: BaseArray; b2: BaseArray },
): BaseArray => {
  const hidden = np.maximum(np.add(np.matmul(x, w1), b1), 0);
  return np.add(np.matmul(hidden, w2), b2);
};

const softmax = (scores: readonly number[]): number[] => {
  const top = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
};

/** Alice's picture (64 pixels from 0 to 1) through bob's network. Only alice learns the ten probabilities. */
export const digits = (s: Session, network: Network | undefined, dealer: boolean) => {
  const spu = spuOf(s, dealer);
  const alice = s.PYU('alice');
  const bob = s.PYU('bob');
  // The network goes in once, masked, and serves for every picture.
  const secret = bob(function networkOfBob() {
    if (network === undefined) throw new Error('bob has no network');
    return network;
  })();
  /** One picture; `pixels` are given at alice's. Resolves to undefined at bob's. */
  const look = async (pixels: readonly number[] | undefined): Promise<number[] | undefined> => {
    let seen: number[] | undefined;
    const x = alice(function picture() {
      return [...(pixels ?? [])];
    })();
    const scores = spu(classify)(x, secret as never).to(alice);
    const done = alice(function read(scores: NDArray) {
      seen = softmax([...(scores.data as Float64Array)]);
    })(scores as never);
    await s.wait(done);
    return seen;
  };
  return { look, ready: () => spu.ready() };
};
