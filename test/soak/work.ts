/** @file What a soak does over and over: calls of all kinds, some of which fail, with nothing kept from turn to turn. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as sf from '#tessera';

const { np } = sf;

/** Keeps all that a turn checks. */
const check = (ok: boolean, what: string): void => {
  if (!ok) throw new Error(`the soak came to a wrong result: ${what}`);
};

const near = (found: sf.NDArray, clear: readonly number[]): boolean =>
  Array.from(found.data as Float64Array, Number).every((v, i) => Math.abs(v - clear[i]!) < 1e-3);

const failing = async (promise: Promise<unknown>): Promise<void> => {
  const failed = await promise.then(
    () => false,
    () => true,
  );
  check(failed, 'a call that has to fail did not');
};

/** The functions of a party's device; in a cluster they are tasks of a module. */
export interface Source {
  /** n numbers from `from` on. */
  numbers(party: string, n: number, from: number): sf.PYUObject<Float64Array>;
  broken(party: string): sf.PYUObject<never>;
}

/** The largest in a short run is smaller: what rises by the turn does so there too. */
const sizesFor = (ms: number): readonly number[] => [1, 10, 1_000, ms < 60_000 ? 2_000 : 20_000];

/** One turn; the same at every party of a production. */
const turn = async (s: sf.Session, spu: sf.SPU, source: Source, i: number, n: number): Promise<void> => {
  const x = source.numbers('alice', n, i % 7);
  const y = source.numbers('bob', n, 1);
  const [a0, b0] = [i % 7, 1];
  const clear = Array.from({ length: Math.min(n, 5) }, (_, j) => (a0 + j) % 11).map(
    (v, j) => v * ((b0 + j) % 11),
  );
  const product = spu((a: sf.BaseArray, b: sf.BaseArray) => np.multiply(a, b))(x, y);
  const head = spu((a: sf.BaseArray, k: number) => a.slice([0, k]))(product, Math.min(n, 5));
  check(near((await s.reveal(head)) as sf.NDArray, clear), `products of ${n}`);
  const total = spu((a: sf.BaseArray, b: sf.BaseArray) =>
    np.sum(np.sigmoid(np.subtract(np.maximum(a, b), np.divide(a, np.add(b, 1))))),
  )(x, y);
  await s.reveal(total);
  if (i % 3 === 0) await s.reveal(spu((a: sf.BaseArray) => np.sort(a.slice([0, 1])))(x));
  if (i % 5 === 0) await failing(s.reveal(spu((a: sf.BaseArray) => np.reshape(a, [7, 13]))(x)));
  if (i % 5 === 1) await failing(s.reveal(source.broken('bob')));
  // Left behind without a reveal: it goes with its handle.
  spu((a: sf.BaseArray) => np.exp(np.negative(a)))(y);
};

/** As `numbers` of a source: at the party. */
export const countUp = (n: number, from: number): Float64Array =>
  Float64Array.from({ length: n }, (_, j) => (from + j) % 11);

export const breakDown = (): never => {
  throw new Error('as it should');
};

export const inPlace = (s: sf.Session): Source => ({
  numbers: (party, n, from) => s.PYU(party)(countUp)(n, from),
  broken: (party) => s.PYU(party)(breakDown)(),
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What handles stand for goes when they are collected; when that is, depends on the engine, and is not what is tested. */
const COLLECT_EVERY = 5;

/** As many turns at least: on a loaded machine caches fill later, and not by the clock. */
const LEAST_TURNS = 40;

/** Turns until the time is over. In a production alice's clock counts. Returns how many. */
export const soak = async (
  s: sf.Session,
  spu: sf.SPU,
  ms: number,
  source: Source = inPlace(s),
  mode: 'one program' | 'production' = 'one program',
): Promise<number> => {
  const end = Date.now() + ms;
  const sizes = sizesFor(ms);
  const inTime = (i: number): boolean => i < LEAST_TURNS || Date.now() < end;
  const goesOn = mode === 'production' ? s.PYU('alice')(inTime) : undefined;
  for (let i = 0; ; i++) {
    const on = goesOn ? await s.reveal(goesOn(i)) : inTime(i);
    if (!on) return i;
    await turn(s, spu, source, i, sizes[i % sizes.length]!);
    if (i % COLLECT_EVERY === 0) collect();
  }
};
