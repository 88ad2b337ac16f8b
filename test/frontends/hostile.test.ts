/** Files that are cut, changed or made up: typed errors with a place, no hang, bounded memory. Text and bytecode give one graph. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { readModel } from '../../src/frontends/onnx/reader.ts';
import { onnx } from '../../src/frontends/onnx-model.ts';
import { isBytecode, readBytecode } from '../../src/frontends/stablehlo/bytecode.ts';
import { readExported } from '../../src/frontends/stablehlo/exported.ts';
import { readText } from '../../src/frontends/stablehlo/text.ts';
import * as np from '../../src/numpy/index.ts';
import { FOLDER, NAMES, sampleOf } from './corpus.ts';

const test = suite('frontends: hostile files');
const RUNS = process.env.TESSERA_LONG === undefined ? 800 : 10_000;

/** Numbers from a seed (mulberry32). */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const mutated = (bytes: Uint8Array, next: () => number): Uint8Array => {
  const at = (): number => Math.floor(next() * bytes.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return bytes.slice(0, at());
  const copy = bytes.slice();
  if (kind === 1) for (let n = 1 + Math.floor(next() * 4); n > 0; n--) copy[at()] = Math.floor(next() * 256);
  if (kind === 2) copy.copyWithin(at(), at(), at());
  if (kind === 3) copy.fill([0, 255, 128][Math.floor(next() * 3)]!, at(), at());
  return copy;
};

const reads = (read: () => unknown): void => {
  try {
    read();
  } catch (e) {
    if (!(e instanceof TesseraError) || !/, at |no module|no function/.test(e.message)) throw e;
  }
};

for (const [form, read, samples] of [
  ['bytecode', (b: Uint8Array) => readBytecode(b), NAMES.map((n) => sampleOf(n).bytecode)],
  [
    'text',
    (b: Uint8Array) => readText(new TextDecoder().decode(b)),
    NAMES.map((n) => new TextEncoder().encode(sampleOf(n).text)),
  ],
  ['exports', (b: Uint8Array) => readExported(b), [new Uint8Array(readFileSync(join(FOLDER, 'step.jax')))]],
] as const)
  test(`${RUNS} changed files of ${form}: nothing but typed errors`, () => {
    const next = random(7);
    const small = samples.filter((s) => s.length < 40_000);
    const start = performance.now();
    for (let i = 0; i < RUNS; i++) {
      const bytes = mutated(small[Math.floor(next() * small.length)]!, next);
      reads(() => read(bytes));
    }
    assert.ok((performance.now() - start) / RUNS < 1000);
  });

/** Small models of each kind. */
const MODELS = [
  'cnn',
  'tree',
  'mixed',
  'voting',
  'categories',
  'branch_and_loop',
  'isolation',
  'svm_rbf',
  'neighbours',
];

test(`${RUNS} changed models: nothing but typed errors, read, split and run`, async () => {
  const next = random(11);
  const samples = MODELS.map(
    (name) => new Uint8Array(readFileSync(join(FOLDER, 'onnx', name, 'model.onnx'))),
  );
  const start = performance.now();
  for (let i = 0; i < RUNS; i++) {
    const bytes = mutated(samples[Math.floor(next() * samples.length)]!, next);
    try {
      readModel(bytes);
      const model = await onnx(bytes);
      const ones = ({ shape }: { readonly shape: readonly number[] }): np.BaseArray =>
        np.ones(shape.map((n) => (n < 0 ? 2 : n)));
      if (model.inputs.every(({ shape }) => shape.reduce((a, b) => a * Math.abs(b), 1) < 1e4))
        model(model.weights, Object.fromEntries(model.inputs.map((input) => [input.name, ones(input)])));
    } catch (e) {
      if (!(e instanceof TesseraError)) throw e;
    }
  }
  assert.ok((performance.now() - start) / RUNS < 1000);
});

test('long texts, comments and blanks are read: no pattern runs out of memory', () => {
  const n = 3_000_000;
  const text = (about: string, value: string, size: number): string =>
    `${about}func.func @main() -> tensor<${size}xf32> { %0 = stablehlo.constant dense<"${value}"> : tensor<${size}xf32> return %0 : tensor<${size}xf32> }`;
  const { functions } = readText(text('', `0x${'3F800000'.repeat(n)}`, n));
  assert.is(functions.get('main')!.body.operations.length, 2);
  assert.ok(readText(text('// x\n'.repeat(n), '0x3F800000', 1)).functions.has('main'));
  for (const value of ['\\a'.repeat(n), `${'\\a'.repeat(n)}\\`])
    assert.throws(
      () => readText(text('', value, 1)),
      (e: TesseraError) => e instanceof TesseraError,
    );
});

test('sizes that are announced are checked before anything is made', () => {
  for (const text of [
    'func.func @main() -> tensor<99999999999xf32> { %0 = stablehlo.constant dense<1.0> : tensor<99999999999xf32> return %0 : tensor<99999999999xf32> }',
    'func.func @main() -> tensor<f32> { %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<3xf32> return %0 : tensor<3xf32> }',
    `func.func @main() { ${'"a.b"() ({'.repeat(5000)}`,
    `func.func @main() { %0 = "a.b"() {x = ${'['.repeat(100_000)}`,
  ])
    assert.throws(
      () => readText(text),
      (e: TesseraError) => e instanceof TesseraError && e.code === 'SERIALIZATION',
      text.slice(0, 60),
    );
  assert.not.ok(isBytecode(new Uint8Array([0x4d, 0x4c, 0xef])));
  assert.throws(
    () => readBytecode(new Uint8Array([0x4d, 0x4c, 0xef, 0x52, 0x0f, 0])),
    /version 7 of MLIR's bytecode/,
  );
});

test.run();
