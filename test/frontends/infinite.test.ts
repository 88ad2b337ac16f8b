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

/** A program of x whose first operation lets a secret choose between x and an infinite number. */
const SMALL = new NDArray([4], 'fxp', Float64Array.of(1.5, -2, 3, -0.25));
const chosen = (lines: string, result: string, constant = '%low', otherwise = '%arg0'): string =>
  body(
    `%zero = stablehlo.constant dense<0.0> : tensor<4xf32>
    %w = stablehlo.broadcast_in_dim ${constant}, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %p = stablehlo.compare GT, %arg0, %zero, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %m = stablehlo.select %p, ${otherwise}, %w : tensor<4xi1>, tensor<4xf32>
    ${lines}`,
    result,
  );
const refusedFor = async (text: string, message: RegExp): Promise<void> => {
  const e = await secretly(text, SMALL).then(
    (values) => assert.unreachable(`${values} of ${text}`),
    (error: unknown) => error as TesseraError,
  );
  assert.is(e?.code, 'UNSUPPORTED', `${e}`);
  assert.match(e!.message, message);
};

test('a secret chooses infinite numbers, and what is asked about them later is what it is of floats', async () => {
  const asks = (direction: string, constant: string): string =>
    chosen(
      `%v = stablehlo.broadcast_in_dim ${constant}, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %r = stablehlo.compare ${direction}, %m, %v, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>`,
      'tensor<4xi1>',
    );
  assert.equal(await secretly(asks('EQ', '%low'), SMALL), [0, 1, 0, 1]);
  assert.equal(await secretly(asks('NE', '%low'), SMALL), [1, 0, 1, 0]);
  assert.equal(await secretly(asks('GT', '%low'), SMALL), [1, 0, 1, 0]);
  assert.equal(await secretly(asks('LE', '%low'), SMALL), [0, 1, 0, 1]);
  assert.equal(await secretly(asks('LT', '%low'), SMALL), [0, 0, 0, 0]);
  assert.equal(await secretly(asks('EQ', '%high'), SMALL), [0, 0, 0, 0]);
  // -inf is below the least float, and is not it.
  assert.equal(await secretly(asks('LT', '%least'), SMALL), [0, 1, 0, 1]);
  assert.equal(await secretly(asks('EQ', '%least'), SMALL), [0, 0, 0, 0]);
  const finite = '%r = stablehlo.is_finite %m : (tensor<4xf32>) -> tensor<4xi1>';
  assert.equal(await secretly(chosen(finite, 'tensor<4xi1>'), SMALL), [1, 0, 1, 0]);
  assert.equal(await secretly(chosen(finite, 'tensor<4xi1>', '%high'), SMALL), [1, 0, 1, 0]);
  assert.equal(await secretly(chosen(finite, 'tensor<4xi1>', '%least'), SMALL), [1, 1, 1, 1]);
});

test('infinite numbers go through what moves, scales and shifts them', async () => {
  const lines = `%half = stablehlo.constant dense<-0.125> : tensor<4xf32>
    %s = stablehlo.multiply %m, %half : tensor<4xf32>
    %t = stablehlo.add %s, %arg0 : tensor<4xf32>
    %u = stablehlo.reverse %t, dims = [0] : tensor<4xf32>
    %v = stablehlo.broadcast_in_dim %high, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %r = stablehlo.compare EQ, %u, %v, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>`;
  assert.equal(await secretly(chosen(lines, 'tensor<4xi1>'), SMALL), [1, 0, 1, 0]);
  const signs = `%s = stablehlo.multiply %w, %arg0 : tensor<4xf32>
    %r = stablehlo.compare EQ, %s, %w, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>`;
  assert.equal(await secretly(chosen(signs, 'tensor<4xi1>'), SMALL), [1, 0, 1, 0]);
  const equal = `%s = stablehlo.add %m, %arg0 : tensor<4xf32>
    %r = stablehlo.compare EQ, %s, %m, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>`;
  assert.equal(await secretly(chosen(equal, 'tensor<4xi1>'), SMALL), [0, 1, 0, 1]);
});

const softmax = (
  of: string,
): string => `%max = "stablehlo.reduce"(${of}, %low) <{dimensions = array<i64: 0>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      ${max}
      stablehlo.return %c : tensor<f32>
    }) : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    %wide = stablehlo.broadcast_in_dim %max, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %d = stablehlo.subtract ${of}, %wide : tensor<4xf32>
    %e = stablehlo.exponential %d : tensor<4xf32>
    %none = stablehlo.constant dense<0.0> : tensor<f32>
    %sum = "stablehlo.reduce"(%e, %none) <{dimensions = array<i64: 0>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %c = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %c : tensor<f32>
    }) : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    %total = stablehlo.broadcast_in_dim %sum, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %r = stablehlo.divide %e, %total : tensor<4xf32>`;

test('softmax of scores that secrets hide, by a choice, by a sum, by a product', async () => {
  const want = [1 / (1 + Math.exp(1.5)), 0, 1 / (1 + Math.exp(-1.5)), 0];
  const near = (got: readonly number[]): void => {
    for (const [i, v] of want.entries()) assert.ok(Math.abs(got[i]! - v) < 2 ** -18, `${got}`);
  };
  for (const constant of ['%low', '%least'])
    near(await secretly(chosen(softmax('%m'), 'tensor<4xf32>', constant), SMALL));
  const added = `%s = stablehlo.add %m, %arg0 : tensor<4xf32>\n${softmax('%s')}`;
  near(await secretly(chosen(added, 'tensor<4xf32>', '%low', '%zero'), SMALL));
  const times = `%f = stablehlo.convert %p : (tensor<4xi1>) -> tensor<4xf32>
    %one = stablehlo.constant dense<1.0> : tensor<4xf32>
    %g = stablehlo.subtract %one, %f : tensor<4xf32>
    %l = stablehlo.broadcast_in_dim %least, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %h = stablehlo.multiply %g, %l : tensor<4xf32>
    %s = stablehlo.add %h, %arg0 : tensor<4xf32>\n${softmax('%s')}`;
  near(await secretly(chosen(times, 'tensor<4xf32>'), SMALL));
});

test('a loop carries a maximum that begins at -inf', async () => {
  const lines = `%c0 = stablehlo.constant dense<0> : tensor<i32>
    %c4 = stablehlo.constant dense<4> : tensor<i32>
    %c1 = stablehlo.constant dense<1> : tensor<i32>
    %start = stablehlo.broadcast_in_dim %low, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %o:3 = stablehlo.while(%i = %c0, %best = %start, %seen = %m) : tensor<i32>, tensor<1xf32>, tensor<4xf32>
      cond {
        %q = stablehlo.compare LT, %i, %c4, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %q : tensor<i1>
      } do {
        %row = stablehlo.dynamic_slice %seen, %i, sizes = [1] : (tensor<4xf32>, tensor<i32>) -> tensor<1xf32>
        %b = stablehlo.maximum %best, %row : tensor<1xf32>
        %j = stablehlo.add %i, %c1 : tensor<i32>
        stablehlo.return %j, %b, %seen : tensor<i32>, tensor<1xf32>, tensor<4xf32>
      }
    %v = stablehlo.broadcast_in_dim %low, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %r = stablehlo.compare EQ, %o#1, %v, FLOAT : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xi1>`;
  assert.equal(await secretly(chosen(lines, 'tensor<1xi1>'), SMALL), [0]);
  const none = new NDArray([4], 'fxp', Float64Array.of(-1, -2, -3, -4));
  assert.equal(await secretly(chosen(lines, 'tensor<1xi1>'), none), [1]);
});

test('arithmetic that infinite numbers cannot go through is refused, with its place', async () => {
  for (const lines of [
    '%r = stablehlo.multiply %m, %arg0 : tensor<4xf32>',
    '%r = stablehlo.sqrt %m : tensor<4xf32>',
    '%r = stablehlo.divide %arg0, %m : tensor<4xf32>',
    '%r = stablehlo.multiply %m, %zero : tensor<4xf32>',
  ])
    await refusedFor(chosen(lines, 'tensor<4xf32>'), /^(multiply|sqrt|divide) at line \d+.*infinite/);
  await refusedFor(
    chosen('%r = stablehlo.convert %m : (tensor<4xf32>) -> tensor<4xi32>', 'tensor<4xi32>'),
    /^convert at line \d+/,
  );
  // What lies beyond all secrets as a divisor leaves nothing.
  const large = new NDArray([4], 'fxp', Float64Array.of(2 ** 40, 1, -(2 ** 40), 3));
  assert.equal(
    await secretly(chosen('%r = stablehlo.divide %arg0, %w : tensor<4xf32>', 'tensor<4xf32>'), large),
    [0, 0, 0, 0],
  );
});

test('reduce_precision rounds to the format', async () => {
  const values = [257, 259, -1.00390625, 0.3, 1 / 3, 1000.4, -0.001, 3];
  const bf16 = [256, 260, -1, 0.30078125, 0.333984375, 1000, -0.00099945068359375, 3];
  const text = (format: string): string => `module {
  func.func public @main(%arg0: tensor<8xf32>) -> tensor<8xf32> {
    %r = stablehlo.reduce_precision %arg0, format = ${format} : tensor<8xf32>
    return %r : tensor<8xf32>
  }
}`;
  const x = new NDArray([8], 'fxp', Float64Array.from(values));
  const f = await program<NDArray>(text('e8m7'));
  const clear = f(x as never);
  assert.equal(Array.from(clear.data as Float64Array), bf16);
  const near = (got: readonly number[], want: readonly number[]): void => {
    for (const [i, v] of want.entries())
      assert.ok(Math.abs(got[i]! - v) <= 2 ** -22 * Math.abs(v) + 2 ** -25, `${got}`);
  };
  near(await secretly(text('e8m7'), x), bf16);
  // The largest number of the format, and what is less than its least normal one.
  const edges = new NDArray(
    [8],
    'fxp',
    Float64Array.of(70000, -1e6, 2 ** -15, 65504, 2 ** -14, 2049, 1, -(2 ** -16)),
  );
  near(await secretly(text('e5m10'), edges), [65504, -65504, 0, 65504, 2 ** -14, 2048, 1, 0]);
  assert.equal(
    Array.from((await program<NDArray>(text('e5m10')))(edges as never).data as Float64Array).slice(0, 3),
    [Infinity, -Infinity, 0],
  );
  near(await secretly(text('e8m23'), x), values);
});

test.run();
