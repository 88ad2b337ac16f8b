/** Infinite constants beside secrets: starts and padding are left out, bounds and comparisons are what they mean; what else they change is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import { program } from '../../src/frontends/stablehlo-program.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const test = suite('frontends: infinite constants');

/** Beyond what an infinite constant stands for elsewhere: -2^34. */
const LOW = -(2 ** 34);
const X = new NDArray([4], 'fxp', Float64Array.of(LOW, LOW - 8, LOW - 2, LOW - 1));
const INF = ['0xFF800000', '0x7F800000'];

const body = (lines: string, result: string): string => `module {
  func.func public @main(%arg0: tensor<4xf32>) -> ${result} {
    %low = stablehlo.constant dense<${INF[0]}> : tensor<f32>
    %high = stablehlo.constant dense<${INF[1]}> : tensor<f32>
    %least = stablehlo.constant dense<-3.40282347E+38> : tensor<f32>
    ${lines}
    return %r : ${result}
  }
}`;

const secretly = async (text: string, x = X): Promise<number[]> => {
  const ring = await Ring.create();
  const f = await program(text);
  const { results } = simulate((a: never) => f(a), [x], { ring, field: FIELDS.FM128, parties: 2 });
  return Array.from(results[0]!.data as ArrayLike<number>, Number);
};

const reduce = (region: string, start: string): string =>
  `%r = "stablehlo.reduce"(%arg0, ${start}) <{dimensions = array<i64: 0>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      ${region}
      stablehlo.return %c : tensor<f32>
    }) : (tensor<4xf32>, tensor<f32>) -> tensor<f32>`;
const max = '%c = stablehlo.maximum %a, %b : tensor<f32>';

test('the start of a maximum is left out, infinite or the least float', async () => {
  for (const start of ['%low', '%least'])
    assert.equal(await secretly(body(reduce(max, start), 'tensor<f32>')), [LOW]);
  const choose =
    '%p = stablehlo.compare GE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>\n%c = stablehlo.select %p, %a, %b : tensor<i1>, tensor<f32>';
  assert.equal(await secretly(body(reduce(choose, '%low'), 'tensor<f32>')), [LOW]);
});

const windows = (region: string, start: string, padding: string): string =>
  `%r = "stablehlo.reduce_window"(%arg0, ${start}) <{window_dimensions = array<i64: 3>, window_strides = array<i64: 2>, padding = dense<${padding}> : tensor<1x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      ${region}
      stablehlo.return %c : tensor<f32>
    }) : (tensor<4xf32>, tensor<f32>) -> tensor<2xf32>`;

test('padding of a maximum over windows is left out', async () => {
  assert.equal(await secretly(body(windows(max, '%low', '[[1, 1]]'), 'tensor<2xf32>')), [LOW, LOW - 1]);
  const min = '%c = stablehlo.minimum %a, %b : tensor<f32>';
  const high = new NDArray(
    [4],
    'fxp',
    (X.data as Float64Array).map((v) => -v),
  );
  assert.equal(await secretly(body(windows(min, '%high', '[[1, 1]]'), 'tensor<2xf32>'), high), [
    -LOW,
    1 - LOW,
  ]);
});

test('bounds and comparisons', async () => {
  const wide = '%w = stablehlo.broadcast_in_dim %low, dims = [] : (tensor<f32>) -> tensor<4xf32>';
  const x = Array.from(X.data as Float64Array);
  assert.equal(
    await secretly(body(`${wide}\n%r = stablehlo.maximum %arg0, %w : tensor<4xf32>`, 'tensor<4xf32>')),
    x,
  );
  assert.equal(
    await secretly(
      body(
        '%r = stablehlo.clamp %low, %arg0, %high : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>',
        'tensor<4xf32>',
      ),
    ),
    x,
  );
  for (const [direction, holds] of [
    ['LT', 0],
    ['GT', 1],
    ['GE', 1],
    ['LE', 0],
    ['EQ', 0],
    ['NE', 1],
  ] as const) {
    const text = `${wide}\n%r = stablehlo.compare ${direction}, %arg0, %w, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>`;
    assert.equal(await secretly(body(text, 'tensor<4xi1>')), [holds, holds, holds, holds], direction);
  }
});

test('what is neither left out nor neutral is refused', async () => {
  const refused = async (text: string, message: RegExp): Promise<void> => {
    const e = await secretly(text).then(
      () => undefined,
      (error: unknown) => error as TesseraError,
    );
    assert.is(e?.code, 'UNSUPPORTED', text);
    assert.match(e!.message, message);
  };
  // max(a, b) where b is the smaller: a start of +inf would win.
  const choose =
    '%p = stablehlo.compare LE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>\n%c = stablehlo.select %p, %a, %b : tensor<i1>, tensor<f32>';
  await refused(
    body(reduce(choose, '%low'), 'tensor<f32>'),
    /a start that is infinite, and that changes what it meets/,
  );
  await refused(
    body(windows(max, '%low', '[[3, 1]]').replace('tensor<2xf32>', 'tensor<3xf32>'), 'tensor<3xf32>'),
    /a window that holds nothing/,
  );
});

test('a region that does more than compute element by element is refused', async () => {
  const turned =
    '%q = stablehlo.reshape %a : (tensor<f32>) -> tensor<1xf32>\n%s = stablehlo.reshape %q : (tensor<1xf32>) -> tensor<f32>\n%t = stablehlo.multiply %s, %b : tensor<f32>\n%c = stablehlo.add %t, %b : tensor<f32>';
  const e = await secretly(
    body(
      reduce(turned, '%least')
        .replace('%least', '%one')
        .replace('%r =', '%one = stablehlo.constant dense<1.0> : tensor<f32>\n%r ='),
      'tensor<f32>',
    ),
  ).then(
    () => undefined,
    (error: unknown) => error as TesseraError,
  );
  assert.is(e?.code, 'UNSUPPORTED');
  assert.match(
    e!.message,
    /reduce at line \d+: its region does more than compute element by element: reshape at line \d+/,
  );
});

test.run();
