/** Programs of JAX, from text and from bytecode: in the clear, and on secrets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Program, type ProgramOptions, program } from '../../src/frontends/stablehlo-program.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { errorOf, NAMES, type Sample, sampleOf } from './corpus.ts';

const test = suite('frontends: programs of JAX');
const quiet: ProgramOptions = { onEvent: () => {} };
const long = process.env.TESSERA_LONG !== undefined;

/** Loops whose condition is secret, and how they are run. */
const ASKED: Readonly<Record<string, ProgramOptions>> = {
  gamma_family: { reveal: 'conditions' },
  int_arith: { reveal: 'conditions' },
  while_secret: { maxIterations: 12 },
};

/** What needs more than the default fraction bits hold: Welch's degrees of freedom are quotients of squares of 1e-3. */
const FINE = new Set(['t_test']);
/** Adam's 1e-8 beside moments of 1e-12 is below what any fixed-point number holds: sessions.test.ts shows who is told. */
const BELOW = 'mlp_adam';
/** Text has operations of CHLO without their decompositions. */
const TEXT_ONLY: Readonly<Record<string, RegExp>> = { gamma_family: /bessel_i1e/ };

const leaves = (x: unknown): NDArray[] =>
  flatten(x, (v) => ArrayBuffer.isView((v as NDArray).data)).leaves as NDArray[];
const options = (name: string): ProgramOptions => ({ ...quiet, ...ASKED[name] });

const secretly = (
  f: Program,
  s: Sample,
  ring: Ring,
  field: FieldName,
  parties: number,
  fraction?: number,
): NDArray[] => {
  const call = (...secrets: readonly unknown[]): unknown => {
    const all: unknown[] = [...s.inputs];
    for (const [k, i] of s.secrets.entries()) all[i] = secrets[k];
    return flatten(f(...all), (v) => typeof v === 'object' && v !== null && 'dtype' in v).leaves;
  };
  const how = { ring, field: FIELDS[field], parties, ...(fraction === undefined ? {} : { fraction }) };
  return simulate(
    call,
    s.secrets.map((i) => s.inputs[i]!),
    how,
  ).results;
};

for (const form of ['text', 'bytecode'] as const)
  test(`all of them from ${form}, in the clear`, async () => {
    for (const name of NAMES) {
      const s = sampleOf(name);
      const f = await program(s[form], options(name));
      const expected = form === 'text' ? TEXT_ONLY[name] : undefined;
      if (expected) assert.throws(() => f(...s.inputs), expected);
      else {
        const error = errorOf(leaves(f(...s.inputs)), s.outputs);
        assert.ok(error <= s.tolerance, `${name}: ${error}`);
      }
    }
  });

test('all of them on secrets', async () => {
  const ring = await Ring.create();
  for (const name of NAMES) {
    const s = sampleOf(name);
    const f = await program(s.bytecode, options(name));
    if (name === BELOW) continue;
    const got = secretly(f, s, ring, 'FM128', 2, FINE.has(name) ? 40 : undefined);
    const error = errorOf(got, s.outputs);
    assert.ok(error <= s.tolerance, `${name}: ${error}`);
  }
});

test('three parties, and a ring of 64 bits', async () => {
  const ring = await Ring.create();
  const some = long
    ? NAMES
    : ['logistic_step', 'gather_secret', 'sorts', 'masked_softmax', 'segments', 'sign_bits'];
  let close = 0;
  for (const name of some) {
    if (name === BELOW) continue;
    const s = sampleOf(name);
    const f = await program(s.bytecode, options(name));
    const three = errorOf(secretly(f, s, ring, 'FM128', 3, FINE.has(name) ? 40 : undefined), s.outputs);
    assert.ok(three <= s.tolerance, `${name}, three parties: ${three}`);
    if (errorOf(secretly(f, s, ring, 'FM64', 2), s.outputs) <= Math.max(s.tolerance, 2 ** -9)) close++;
  }
  assert.ok(close >= 0.9 * some.length, `FM64: ${close} of ${some.length}`);
});

test('erfc is one operation, though bytecode holds its polynomials; with another number they stay what they are', async () => {
  const s = sampleOf('bert_classifier');
  const counts = async (source: string | Uint8Array) => {
    const { operations } = await program(source, quiet);
    return [operations['chlo.erfc'] ?? 0, operations.select ?? 0];
  };
  const [[erfcs, selects]] = [await counts(s.bytecode)];
  assert.equal([erfcs, selects], await counts(s.text));
  assert.is(erfcs, 2, 'one a layer');
  // The last coefficient beyond 2, in its other bit.
  const coefficient = new Uint8Array(Float32Array.of(5.641895067754075e-1).buffer);
  const at = Buffer.from(s.bytecode).indexOf(coefficient);
  assert.ok(at > 0);
  const other = Uint8Array.from(s.bytecode);
  other[at]! ^= 1;
  assert.is((await counts(other))[0], 0);
  const f = await program(other, options(s.name));
  assert.ok(errorOf(leaves(f(...s.inputs)), s.outputs) <= s.tolerance);
});

test('complex arguments and results are pairs of arrays', async () => {
  const source = `func.func public @main(%z: tensor<2xcomplex<f32>>, %w: tensor<2xcomplex<f32>>) -> (tensor<2xcomplex<f32>>, tensor<2xf32>) {
    %0 = stablehlo.multiply %z, %w : tensor<2xcomplex<f32>>
    %1 = stablehlo.abs %0 : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
    return %0, %1 : tensor<2xcomplex<f32>>, tensor<2xf32>
  }`;
  const f = await program<[{ readonly real: NDArray; readonly imag: NDArray }, NDArray]>(source, quiet);
  assert.is(String(f), 'program(complex128[2], complex128[2]) -> (complex128[2], float64[2])');
  const [real, imag] = [np.array([1, -2]), np.array([2, 0.5])] as [NDArray, NDArray];
  const [product, size] = f({ real, imag }, { real: [3, 1], imag: [0, -1] });
  assert.equal(
    [product.real.toArray(), product.imag.toArray()],
    [
      [3, -1.5],
      [6, 2.5],
    ],
  );
  assert.equal(size.toArray(), [Math.sqrt(45), Math.sqrt(8.5)]);
  // A real array has no imaginary part.
  assert.equal(f({ real, imag }, [3, 1])[0].imag.toArray(), [6, 0.5]);
  const ring = await Ring.create();
  const secret = simulate(
    (x: NDArray, y: NDArray) => {
      const [z, n] = f({ real: x, imag: y }, [2, 2]);
      return [z.real, z.imag, n];
    },
    [real, imag],
    { ring, field: FIELDS.FM128, parties: 2 },
  ).results;
  const [x, y, n] = secret.map((a) => Array.from(a.data as Float64Array));
  assert.equal(
    [x, y],
    [
      [2, -4],
      [4, 1],
    ],
  );
  assert.ok(Math.abs(n![0]! - Math.sqrt(20)) < 1e-6);
  assert.throws(() => f({ real, imag: [1, 2, 3] }, [3, 1]), /argument 0\.imag has shape/);
});

test('what has no form on pairs says so', async () => {
  const source = `func.func public @main(%z: tensor<2x2xcomplex<f32>>) -> tensor<2x2xcomplex<f32>> {
    %0 = stablehlo.cholesky %z, lower = true : tensor<2x2xcomplex<f32>>
    return %0 : tensor<2x2xcomplex<f32>>
  }`;
  const f = await program(source, quiet);
  assert.equal(f.unsupported, [{ op: 'cholesky of complex numbers', place: 'line 2' }]);
  assert.throws(() => f(np.ones([2, 2])), /cholesky of complex numbers at line 2/);
});

test('a comparison that computes sorts by a network, and what it holds equal keeps its order', async () => {
  // By the distance from 1, downwards; the places go along.
  const source = `func.func public @main(%x: tensor<2x7xf32>) -> (tensor<2x7xf32>, tensor<2x7xi32>) {
    %at = stablehlo.iota dim = 1 : tensor<2x7xi32>
    %0:2 = "stablehlo.sort"(%x, %at) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>):
      %one = stablehlo.constant dense<1.0> : tensor<f32>
      %1 = stablehlo.subtract %a, %one : tensor<f32>
      %2 = stablehlo.subtract %b, %one : tensor<f32>
      %3 = stablehlo.multiply %1, %1 : tensor<f32>
      %4 = stablehlo.multiply %2, %2 : tensor<f32>
      %5 = stablehlo.compare GT, %3, %4, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %5 : tensor<i1>
    }) : (tensor<2x7xf32>, tensor<2x7xi32>) -> (tensor<2x7xf32>, tensor<2x7xi32>)
    return %0#0, %0#1 : tensor<2x7xf32>, tensor<2x7xi32>
  }`;
  const f = await program<NDArray[]>(source, quiet);
  const rows = [
    [2, 0, 5, 1, 0, -3, 2],
    [1, 1, 1, 0.5, 1.5, 0.5, 9],
  ];
  const places = rows.map((row) =>
    row.map((_, i) => i).sort((i, j) => (row[j]! - 1) ** 2 - (row[i]! - 1) ** 2 || i - j),
  );
  const sorted = places.map((at, k) => at.map((i) => rows[k]![i]!));
  assert.equal(
    f(rows).map((x) => x.toArray()),
    [sorted, places],
  );
  const { results } = simulate((x: NDArray) => f(x), [np.array(rows) as NDArray], {
    ring: await Ring.create(),
    field: FIELDS.FM128,
    parties: 2,
  });
  assert.equal(
    results.map((x) => Array.from(x.data as ArrayLike<number>, Number)),
    [sorted.flat(), places.flat()],
  );
});

test.run();
