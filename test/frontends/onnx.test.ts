/** Models of PyTorch's exporter, scikit-learn, XGBoost and LightGBM: in the clear, and with weights and inputs of different parties. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeModel } from '../../src/frontends/onnx/writer.ts';
import { type OnnxModel, onnx } from '../../src/frontends/onnx-model.ts';
import * as sf from '../../src/index.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { arraysOf, errorOf, FOLDER } from './corpus.ts';

const test = suite('frontends: models in ONNX');
const long = process.env.TESSERA_LONG !== undefined;

interface Sample {
  readonly name: string;
  readonly tolerance: number;
  readonly bytes: Uint8Array;
  readonly inputs: Readonly<Record<string, NDArray>>;
  readonly names: readonly string[];
  readonly outputs: readonly NDArray[];
}

const NAMES = readdirSync(join(FOLDER, 'onnx')).filter((name) =>
  existsSync(join(FOLDER, 'onnx', name, 'about.json')),
);

const sampleOf = (name: string): Sample => {
  const at = (file: string): string => join(FOLDER, 'onnx', name, file);
  const about = JSON.parse(readFileSync(at('about.json'), 'utf8')) as {
    tol: number;
    inputs: { name: string }[];
    outputs: { name: string }[];
  };
  const arrays = arraysOf(readFileSync(at('data.npz')));
  return {
    name,
    tolerance: about.tol,
    bytes: new Uint8Array(readFileSync(at('model.onnx'))),
    inputs: Object.fromEntries(about.inputs.map((input, i) => [input.name, arrays.get(`in${i}`)!])),
    names: about.outputs.map((output) => output.name),
    outputs: about.outputs.map((_, i) => arrays.get(`out${i}`)!),
  };
};

/** Inputs are the parties' in turn: weights of one, inputs of another. */
const secretly = (
  model: OnnxModel,
  s: Sample,
  ring: Ring,
  field: FieldName,
  parties: number,
): { readonly error: number; readonly rounds: number } => {
  const [weights, inputs] = [Object.keys(model.weights), Object.keys(s.inputs)];
  const by = (names: readonly string[], xs: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name, i) => [name, xs[i]]));
  const { results, stats } = simulate(
    (...xs: readonly unknown[]) => {
      const y = model(by(weights, xs), by(inputs, xs.slice(weights.length)));
      return s.names.map((name) => y[name]);
    },
    [...Object.values(model.weights), ...Object.values(s.inputs)],
    { ring, field: FIELDS[field], parties },
  );
  return { error: errorOf(results, s.outputs), rounds: stats.rounds };
};

test('all of them, in the clear: a skeleton and its weights are the model', async () => {
  for (const name of NAMES) {
    const s = sampleOf(name);
    const whole = await onnx(s.bytes);
    const skeleton = await onnx(whole.skeleton);
    assert.equal(Object.keys(skeleton.weights), []);
    assert.equal(skeleton.parameters, whole.parameters);
    const y = skeleton(whole.weights, s.inputs);
    const error = errorOf(
      s.names.map((output) => y[output] as NDArray),
      s.outputs,
    );
    assert.ok(error <= s.tolerance, `${name}: ${error}`);
  }
});

/** One of each kind; all of them take a minute. */
const SOME = [
  'cnn',
  'xgb_binary',
  'lgb_binary',
  'svm_rbf',
  'lstm_bidirectional',
  'mixed',
  'categories',
  'bert_static',
];

test('on secrets: weights of one party, inputs of another', async () => {
  const ring = await Ring.create();
  for (const name of long ? NAMES : SOME) {
    const s = sampleOf(name);
    const { error } = secretly(await onnx(s.bytes), s, ring, 'FM128', 2);
    assert.ok(error <= s.tolerance, `${name}: ${error}`);
  }
});

test('three parties, and a ring of 64 bits', async () => {
  const ring = await Ring.create();
  const some = long
    ? NAMES
    : ['logistic_multi', 'tree', 'xgb_regression', 'perceptron', 'linear', 'mobile', 'voting'];
  let close = 0;
  for (const name of some) {
    const s = sampleOf(name);
    const model = await onnx(s.bytes);
    const { error } = secretly(model, s, ring, 'FM128', 3);
    assert.ok(error <= s.tolerance, `${name}, three parties: ${error}`);
    if (secretly(model, s, ring, 'FM64', 2).error <= Math.max(s.tolerance, 2 ** -9)) close++;
  }
  assert.ok(close >= 0.9 * some.length, `FM64: ${close} of ${some.length}`);
});

test('trees: rounds do not grow with their depth, and their structure may be public', async () => {
  const ring = await Ring.create();
  const rounds = async (name: string, options?: sf.OnnxOptions): Promise<number> => {
    const s = sampleOf(name);
    const got = secretly(await onnx(s.bytes, options), s, ring, 'FM128', 2);
    assert.ok(got.error <= s.tolerance, `${name}: ${got.error}`);
    return got.rounds;
  };
  // Depths 3 and 4.
  assert.is(await rounds('xgb_regression'), 11);
  assert.is(await rounds('forest_regression'), 11);
  assert.ok((await rounds('xgb_regression', { structure: 'public' })) < 11);
  const s = sampleOf('xgb_regression');
  const shown = await onnx(s.bytes, { structure: 'public' });
  assert.equal(
    shown.parameters.map(({ name }) => name.replace(/^.*\./, '')),
    ['thresholds', 'leaves', 'base_values'],
  );
  const hidden = (await onnx(s.bytes)).parameters.map(({ name }) => name.replace(/^.*\./, ''));
  assert.equal(hidden, ['features', 'thresholds', 'paths', 'depths', 'leaves', 'base_values']);
});

test('a model of alice answers bob, who has its skeleton', async () => {
  const s = sampleOf('logistic_multi');
  const own = await sf.onnx(s.bytes);
  assert.match(String(own), /^ONNX\(\w*\)\(\{ X: float64\[\?, 4\] \}\)|X: float64\[\?, 4\]/);
  assert.match(String(own), /weights: .*coefficients: float64\[12\].*intercepts: float64\[3\]/);
  const model = await sf.onnx(own.skeleton);
  const session = await sf.session({ parties: ['alice', 'bob'], address: 'local', loggingLevel: 'error' });
  try {
    const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const weights = session.PYU('alice')(() => own.weights)();
    const inputs = session.PYU('bob')((x: unknown) => ({ X: x }))(s.inputs.X);
    const y = (await session.reveal(spu(model)(weights, inputs as never))) as Record<string, NDArray>;
    assert.ok(
      errorOf(
        s.names.map((name) => y[name]!),
        s.outputs,
      ) <= s.tolerance,
    );
  } finally {
    await session.shutdown();
  }
});

test('what is public is asked for by name', async () => {
  const s = sampleOf('cnn');
  const all = await onnx(s.bytes);
  const some = await onnx(s.bytes, { public: ['conv1.bias'] });
  assert.is(some.parameters.length, all.parameters.length - 1);
  // A name that is none of its weights was mistyped, and the one that was meant would have stayed secret without a word.
  const mistyped = await onnx(s.bytes, { public: ['conv1.bias', 'conv1.bais'] }).catch((e) => e as Error);
  assert.match((mistyped as Error).message, /public: the model has no weight "conv1\.bais": it has /);
  const none = await onnx(s.bytes, { public: true });
  assert.equal(none.parameters, []);
  const y = none({}, s.inputs).output as NDArray;
  assert.ok(errorOf([y], s.outputs) <= s.tolerance);
  // A skeleton holds no weight: none of its 8 bytes stand in it.
  const text = Buffer.from(all.skeleton).toString('latin1');
  for (const w of Object.values(all.weights))
    for (const at of [0, w.size - 1])
      for (const form of [Float64Array, Float32Array])
        assert.not.ok(text.includes(Buffer.from(form.of(Number(w.data[at])).buffer).toString('latin1')));
});

/** OneHotEncoder, LinearClassifier and LabelEncoder of texts; made by onnx.helper. */
const TEXTS =
  'CAg62wMKRgoBYxIBbyINT25lSG90RW5jb2RlciojCgxjYXRzX3N0cmluZ3NKA3JlZEoFZ3JlZW5KBGJsdWWgAQg6CmFpLm9ubngu' +
  'bWwKEgoBbwoBcxIBciIHUmVzaGFwZQq4AQoBchIFbGFiZWwSAXAiEExpbmVhckNsYXNzaWZpZXIqIQoTY2xhc3NsYWJlbHNfc3Ry' +
  'aW5nc0oCbm9KA3llc6ABCCovCgxjb2VmZmljaWVudHM9AACAPz0AAADAPQAAQEA9AACAvz0AAABAPQAAQMCgAQYqGQoKaW50ZXJj' +
  'ZXB0cz0AAAAAPQAAAACgAQYqHAoOcG9zdF90cmFuc2Zvcm0iB1NPRlRNQVigAQM6CmFpLm9ubngubWwKWAoFbGFiZWwSAW4iDExh' +
  'YmVsRW5jb2RlcioaCgxrZXlzX3N0cmluZ3NKA3llc0oCbm+gAQgqFgoNdmFsdWVzX2ludDY0c0AHQAmgAQc6CmFpLm9ubngubWwS' +
  'BXRleHRzKhkIAhAHQgFzShD//////////wMAAAAAAAAAWhEKAWMSDAoKCAgSBgoACgIIAWIRCgVsYWJlbBIICgYICBICCgBiEQoB' +
  'cBIMCgoIARIGCgAKAggCYg0KAW4SCAoGCAcSAgoAQgQKABARQg4KCmFpLm9ubngubWwQAw==';
/** A product with dequantised int8. */
const QUANTISED =
  'CAg6ewobCgF3CgFzEgFkIhBEZXF1YW50aXplTGluZWFyChEKAXgKAWQSAXkiBk1hdE11bBIBcSoPCAIIAhADQgF3SgQBAgP8KgsQ' +
  'AUIBc0oEAAAAP1oTCgF4Eg4KDAgBEggKAggBCgIIAmITCgF5Eg4KDAgBEggKAggBCgIIAkIECgAQEQ==';
const decoded = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

test('texts are places in a list of words', async () => {
  const own = await onnx(decoded(TEXTS));
  const model = await onnx(own.skeleton);
  const place = (text: string): number => model.words.indexOf(text);
  const y = model(own.weights, { c: [[place('red')], [place('green')], [-1]] });
  const labels = Array.from((y.label as NDArray).data as ArrayLike<bigint>, (i) => model.words[Number(i)]);
  assert.equal(labels, ['no', 'yes', 'no']);
  assert.equal((y.n as NDArray).toArray(), [9, 7, 9]);
});

test('integers that a quantised model multiplies with are weights', async () => {
  const own = await onnx(decoded(QUANTISED));
  assert.equal(own.parameters, [{ name: 'w', shape: [2, 2], dtype: 'int8' }]);
  const model = await onnx(own.skeleton);
  assert.equal((model(own.weights, { x: [[1, 1]] }).y as NDArray).toArray(), [[2, -1]]);
});

/** A model of x and y (floats of any length) with these nodes, the last of which makes z. */
const ofNodes = (
  element: string,
  ...nodes: readonly (readonly [op: string, inputs: string, output: string])[]
): Promise<OnnxModel> => {
  const port = (name: string, of: string) => ({ name, element: of, shape: [-1], kind: 'tensor' });
  const plain = { domain: '', name: '', attributes: new Map(), place: '' };
  const graph = {
    name: 'small',
    nodes: nodes.map(([op, inputs, output]) => ({
      ...plain,
      op,
      inputs: inputs.split(' '),
      outputs: [output],
    })),
    tensors: [],
    inputs: [port('x', 'float32'), port('y', 'float32')],
    outputs: [port('z', element)],
  };
  return onnx(writeModel({ graph, opsets: new Map([['', 13]]), functions: new Map(), words: [] }));
};

test('a secret chooses an infinite number, which is one later', async () => {
  const ring = await Ring.create();
  const some = [
    ['Relu', 'x', 'a'],
    ['Equal', 'x a', 'p'],
    ['Where', 'p x y', 'm'],
  ] as const;
  const run = async (element: string, op: string, inputs: string): Promise<number[]> => {
    const model = await ofNodes(element, ...some, [op, inputs, 'z']);
    const y = new NDArray([1], 'fxp', Float64Array.of(-Infinity));
    const x = new NDArray([4], 'fxp', Float64Array.of(1, -2, 3, -4));
    const { results } = simulate((a: never) => model({}, { x: a, y }).z, [x], {
      ring,
      field: FIELDS.FM128,
      parties: 2,
    });
    return Array.from(results[0]!.data as ArrayLike<number>, Number);
  };
  assert.equal(await run('bool', 'IsInf', 'm'), [0, 1, 0, 1]);
  assert.equal(await run('bool', 'Equal', 'm y'), [0, 1, 0, 1]);
  const p = await run('float32', 'Softmax', 'm');
  assert.ok(p[1] === 0 && p[3] === 0 && Math.abs(p[0]! - 1 / (1 + Math.exp(2))) < 2 ** -18, `${p}`);
  const e = await run('float32', 'ReduceSum', 'm').catch((error: unknown) => error as sf.TesseraError);
  assert.match((e as Error).message, /^ReduceSum at node 3.* an infinite number/);
});

test('CastLike passes infinite numbers on to floats, and to bools', async () => {
  const ring = await Ring.create();
  const run = async (element: string, ...nodes: Parameters<typeof ofNodes>[1][]): Promise<number[]> => {
    const model = await ofNodes(element, ...nodes);
    const x = new NDArray([2], 'fxp', Float64Array.of(1, -2));
    const y = new NDArray([2], 'fxp', Float64Array.of(-Infinity, 0));
    const { results } = simulate((a: never) => model({}, { x: a, y }).z, [x], {
      ring,
      field: FIELDS.FM128,
      parties: 2,
    });
    return Array.from(results[0]!.data as ArrayLike<number>, Number);
  };
  assert.equal(await run('bool', ['CastLike', 'y x', 'a'], ['IsInf', 'a', 'z']), [1, 0]);
  const [hidden, seen] = await run(
    'float32',
    ['CastLike', 'y x', 'a'],
    ['Add', 'a x', 'b'],
    ['Softmax', 'b', 'z'],
  );
  assert.ok(hidden === 0 && Math.abs(seen! - 1) < 2 ** -20, `${hidden} ${seen}`);
  const whole = await run('int64', ['Add', 'x y', 'a'], ['Shape', 'x', 'i'], ['CastLike', 'a i', 'z']).catch(
    (error: unknown) => error as sf.TesseraError,
  );
  assert.match((whole as Error).message, /an infinite number/);
});

test('attention hides what comes later, however low the scores are', async () => {
  const ring = await Ring.create();
  const port = (name: string) => ({ name, element: 'float32', shape: [1, 1, 2, 1], kind: 'tensor' });
  const node = { domain: '', name: '', op: 'Attention', inputs: ['q', 'k', 'v'], outputs: ['z'], place: '' };
  const graph = {
    name: 'small',
    nodes: [{ ...node, attributes: new Map([['is_causal', { kind: 'int', value: 1 }]]) }],
    tensors: [],
    inputs: ['q', 'k', 'v'].map(port),
    outputs: [port('z')],
  };
  const model = await onnx(
    writeModel({ graph, opsets: new Map([['', 23]]), functions: new Map(), words: [] } as never),
  );
  const of = (...list: number[]): NDArray => new NDArray([1, 1, 2, 1], 'fxp', Float64Array.from(list));
  // Scores of -1e7 and -1e7 + 1: lower than any number that might stand for what is hidden.
  const [q, k, v] = [of(1e4, 1e4), of(-1000, -999.9999), of(3, 5)];
  const share = 1 / (1 + Math.E);
  const clear = model({}, { q, k, v }).z as NDArray;
  const { results } = simulate((...[a, b, c]: never[]) => model({}, { q: a!, k: b!, v: c! }).z, [q, k, v], {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  for (const [z, off] of [
    [clear, 1e-6],
    [results[0]!, 1e-2],
  ] as const) {
    const [first, second] = z.data as Float64Array;
    assert.ok(
      Math.abs(first! - 3) < off && Math.abs(second! - (3 * share + 5 * (1 - share))) < off,
      `${z.data}`,
    );
  }
});

test('a missing value in rows for trees is an error', async () => {
  const s = sampleOf('tree');
  const model = await sf.onnx(s.bytes);
  const [name, x] = Object.entries(s.inputs)[0]!;
  const data = (x.data as Float64Array).slice();
  data[0] = Number.NaN;
  assert.throws(
    () => model(model.weights, { [name]: new NDArray(x.shape, 'fxp', data) }),
    (e: sf.TesseraError) => e.code === 'UNSUPPORTED' && /missing values/.test(e.message),
  );
});

test('halves of quantisation go to the even number, decimal scales or not', async () => {
  const ring = await Ring.create();
  const model = await ofNodes('uint8', ['QuantizeLinear', 'x y', 'z']);
  for (const [scale, list] of [
    [2, [1, 3, 5, 7, 9.5, 254, 600]],
    [0.1, [0.25, 0.35, 0.45, 0.65, 12.75, 0.251, 3]],
  ] as const) {
    // What onnxruntime computes: quotients of float32.
    const want = list.map((v) => {
      const q = Math.fround(Math.fround(v) / Math.fround(scale));
      const half = Math.abs(q % 1) === 0.5;
      return Math.min(255, half ? 2 * Math.round(q / 2) : Math.round(q));
    });
    const [x, y] = [Float64Array.from(list, Math.fround), Float64Array.of(Math.fround(scale))];
    const as = (v: Float64Array): NDArray => new NDArray([v.length], 'fxp', v);
    const { results } = simulate((a: never) => model({}, { x: a, y: as(y) }).z, [as(x)], {
      ring,
      field: FIELDS.FM128,
      parties: 2,
    });
    assert.equal(Array.from(results[0]!.data as ArrayLike<number>, Number), want, `${scale}`);
    const clear = model({}, { x: as(x), y: as(y) }).z as NDArray;
    assert.equal(Array.from(clear.data as ArrayLike<number>, Number), want, `${scale} in the clear`);
  }
});

test('arguments that do not fit are errors by name', async () => {
  const model = await sf.onnx(sampleOf('linear').bytes);
  const w = model.weights;
  const x = sampleOf('linear').inputs.X;
  const cases = [
    [() => model({}, { X: x }), 'INVALID_ARGUMENT', /weights ".*" are missing/],
    [() => model({ ...w, more: 1 }, { X: x }), 'INVALID_ARGUMENT', /no weights "more": it has/],
    [() => model(w, {}), 'INVALID_ARGUMENT', /inputs "X" are missing/],
    [() => model(w, [x] as never), 'INVALID_ARGUMENT', /an object by name/],
    [() => model(w, { X: [1, 2] }), 'SHAPE', /inputs "X" has shape \(\?, 10\) in the model, and \(2\) here/],
  ] as const;
  for (const [run, code, message] of cases)
    assert.throws(run, (e: sf.TesseraError) => e.code === code && message.test(e.message), String(message));
  const refused = async (run: () => Promise<unknown>): Promise<sf.TesseraError | undefined> =>
    run().then(
      () => undefined,
      (e: unknown) => e as sf.TesseraError,
    );
  for (const [run, code, message] of [
    [() => sf.onnx(new Uint8Array(0)), 'SERIALIZATION', /it has no graph/],
    [() => sf.onnx('nothing.onnx'), 'INVALID_ARGUMENT', /cannot be read/],
    [() => sf.onnx(new Uint8Array(4), { open: true } as never), 'INVALID_ARGUMENT', /open/],
    [
      () => sf.onnx(new Uint8Array(4), { structure: 'secret' } as never),
      'INVALID_ARGUMENT',
      /structure is 'public'/,
    ],
    [() => sf.onnx(new Uint8Array(4), { public: 'w' } as never), 'INVALID_ARGUMENT', /public is a list/],
  ] as const) {
    const e = await refused(run);
    assert.is(e?.code, code, String(message));
    assert.match(e!.message, message);
  }
});

test.run();
