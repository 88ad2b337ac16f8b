/** One program whose calls are told apart by when their arguments are read: the same in a simulation and in production. */
import * as sf from '#tessera';

const { np } = sf;

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'nothing';
  } catch (e) {
    return (e as sf.TesseraError).code;
  }
};

class Box {
  readonly x = 1;
}

interface Revealed {
  readonly w: sf.NDArray;
  readonly captured: readonly sf.NDArray[];
  readonly put: readonly Float64Array[];
  readonly seen: readonly number[];
  readonly sum: number;
  readonly inMap: number;
  readonly nothing: unknown;
  readonly moved: unknown;
}

const small = (x: unknown): number => Math.round(Number((x as sf.NDArray).item()) * 1e4) / 1e4;

/** Of parties alice and bob, whoever runs it. Plain data, to be compared. */
export const meaning = async (s: sf.Session, spu: sf.SPU): Promise<unknown> => {
  const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
  const x = alice(() => [
    [1, 2],
    [3, 4],
  ])();
  const buffer = new Float64Array(2);
  const options = { rate: 0.01 };
  let w = spu(() => np.zeros([2]))() as sf.SPUObject;
  const [seen, put] = [[], []] as sf.DeviceObject[][];
  for (let turn = 1; turn <= 4; turn++) {
    buffer[0] = turn;
    buffer[1] = turn + 1;
    options.rate = 0.01 * turn;
    w = spu(
      (v, X, y, o) =>
        np.subtract(
          v,
          np.multiply(
            (o as unknown as typeof options).rate,
            np.matmul(np.transpose(X), np.subtract(np.matmul(X, v), y)),
          ),
        ),
      { static: [3] },
    )(w, x, buffer, options as never);
    seen!.push(bob((b: Float64Array, o: typeof options) => b[0]! + o.rate)(buffer, options));
    put!.push(s.to(alice, buffer));
    // Parties are not equally fast.
    if (s.mode.self === 'bob') await new Promise((resolve) => setTimeout(resolve, 5));
  }
  buffer.fill(99);
  await w.ready();
  let factor = 1;
  const captured = [1, 2, 3].map(() => {
    const h = spu((v) => np.sum(np.multiply(np.multiply(v, 0), factor)).add(factor))(w);
    factor *= 0.5;
    return h;
  });
  const hers = alice(() => Float64Array.of(1, 2, 3))();
  await bob((v: Float64Array) => void v.fill(0))(hers.to(bob)).ready();
  const sum = alice((v: Float64Array) => v.reduce((a, b) => a + b, 0))(hers);
  const data = () => ({
    none: undefined,
    null: null,
    bytes: Buffer.from([1]),
    lone: 'a\ud800',
    map: new Map([[1, 2]]),
  });
  const revealed = await s.reveal({
    w,
    seen,
    put,
    captured,
    sum,
    nothing: alice(() => undefined)(),
    moved: alice(() => undefined)().to(bob),
    data: alice(data)(),
    there: alice(data)().to(bob),
    inMap: alice((m: Map<string, number>) => m.get('x')! + 1)(new Map([['x', sum]]) as never),
  });
  const kinds = (d: ReturnType<typeof data>) => [
    Object.keys(d),
    d.none === undefined,
    d.null,
    d.bytes.constructor.name,
    d.lone.length === 2 && d.lone.charCodeAt(1) === 0xd800,
    d.map.get(1),
  ];
  const r = revealed as unknown as Revealed & {
    readonly data: ReturnType<typeof data>;
    readonly there: ReturnType<typeof data>;
  };
  const moves = (make: () => unknown) => codeOf(() => s.reveal(alice(make)().to(bob)));
  return {
    w: [...(r.w.data as Float64Array)].map((v) => Math.round(v * 1e3) / 1e3),
    seen: r.seen.map((v) => Math.round(v * 100) / 100),
    put: r.put.map((v) => [...v]),
    captured: r.captured.map(small),
    sum: r.sum,
    inMap: r.inMap,
    nothing: [r.nothing === undefined, r.moved === undefined],
    data: kinds(r.data),
    there: kinds(r.there),
    codes: [
      await codeOf(() => alice((b: Box) => b.x)(new Box())),
      await codeOf(() => alice((b: unknown) => b)(Promise.resolve(1) as never)),
      await codeOf(() => spu((v) => (np.greater(v, 0) ? v : np.negative(v)))(w).ready()),
      await codeOf(() => s.reveal(alice(() => [1, null])().to(spu))),
      ((await moves(() => new Box())) !== 'nothing') as unknown,
      ((await moves(() => () => 1)) !== 'nothing') as unknown,
    ],
  };
};

/** What it gives, wherever it runs. */
export const MEANING = {
  seen: [1.01, 2.02, 3.03, 4.04],
  put: [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
  ],
  captured: [1, 0.5, 0.25],
  sum: 6,
  inMap: 7,
  nothing: [true, true],
  data: [['none', 'null', 'bytes', 'lone', 'map'], true, null, 'Uint8Array', true, 2],
  there: [['none', 'null', 'bytes', 'lone', 'map'], true, null, 'Uint8Array', true, 2],
};

/** The same training in float64, on labels of each turn. */
export const weights = (): number[] => {
  const X = [
    [1, 2],
    [3, 4],
  ];
  let w = [0, 0];
  for (let turn = 1; turn <= 4; turn++) {
    const e = X.map((row, i) => row[0]! * w[0]! + row[1]! * w[1]! - (turn + i));
    w = w.map((v, j) => v - 0.01 * turn * (X[0]![j]! * e[0]! + X[1]![j]! * e[1]!));
  }
  return w;
};
