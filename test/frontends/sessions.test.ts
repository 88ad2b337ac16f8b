/** `sf.program` as people use it: trees of arguments, gradients, events, errors, and constants that are arguments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import { FOLDER, sampleOf } from './corpus.ts';

const test = suite('frontends: sf.program');
const { np } = sf;
const STEP = join(FOLDER, 'step.jax');
const toArray = (x: unknown): unknown => (x as sf.NDArray).toArray();

interface Out {
  readonly y: sf.NDArray;
  readonly n: readonly [sf.NDArray, readonly [sf.NDArray]];
}

const session = async (config: Record<string, unknown> = {}) => {
  const events: sf.SessionEvent[] = [];
  const s = await sf.session({
    parties: ['alice', 'bob'],
    address: 'local',
    loggingLevel: 'error',
    onEvent: (e) => events.push(e),
  });
  return { s, events, spu: s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], config)) };
};

const X = [
  [1, 2, 3, 4],
  [0, 1, 0, -1],
];
const W = Array.from({ length: 4 }, (_, i) => [i, 1, -1]);
const PARAMS = { w: W, b: [0.5, 0, 1] };

test('an export keeps the trees and names of arguments and results', async () => {
  const f = await sf.program<Out>(STEP);
  assert.is(
    String(f),
    'f(float64[3], float64[4, 3], float64[2, 4], float64[]) -> (float64[], float64[3], float64[2, 3])',
  );
  const out = f(PARAMS, X, { scale: 2 });
  assert.equal(toArray(out.y), [
    [41, 20, -18],
    [-3, 0, 2],
  ]);
  assert.is(out.n[0].item(), 10);
  assert.equal(toArray(out.n[1][0]), [0.5, 0, 1]);
});

test('on secrets of two parties, read from bytes, a URL and a path', async () => {
  const { s, spu } = await session();
  try {
    const bytes = new Uint8Array(readFileSync(STEP));
    for (const source of [bytes, bytes.slice().buffer, pathToFileURL(STEP), STEP]) {
      const f = await sf.program<Out>(source);
      const y = spu((p: never, x: never) => f(p, x, { scale: 1 }).y)(
        s.PYU('alice')(() => PARAMS)(),
        s.PYU('bob')(() => X)(),
      );
      const got = (await s.reveal(y)) as sf.NDArray;
      assert.ok(Math.abs(Number(got.data[0]) - 20.5) < 1e-5, String(got));
    }
  } finally {
    await s.shutdown();
  }
});

test('gradients go through it', async () => {
  const f = await sf.program<Out>(STEP);
  const loss = (w: sf.np.ArrayInput): sf.BaseArray => np.sum(f({ w, b: [0, 0, 0] }, X, { scale: 3 }).y);
  assert.equal(toArray(np.grad(loss)(np.asarray(W))), [
    [3, 3, 3],
    [9, 9, 9],
    [9, 9, 9],
    [9, 9, 9],
  ]);
});

test('arguments that do not fit are errors by name', async () => {
  const f = await sf.program<Out>(STEP);
  for (const [args, code, message] of [
    [[PARAMS, X], 'INVALID_ARGUMENT', /f takes 3 arguments, not 2/],
    [[{ w: W }, X, { scale: 1 }], 'INVALID_ARGUMENT', /argument 0\.b is missing/],
    [[{ ...PARAMS, c: 1 }, X, { scale: 1 }], 'INVALID_ARGUMENT', /argument 0 has no "c": it has b, w/],
    [[[W], X, { scale: 1 }], 'INVALID_ARGUMENT', /argument 0 is an object with b, w/],
    [
      [PARAMS, [1, 2, 3], { scale: 1 }],
      'SHAPE',
      /argument 2 has shape \(2, 4\) in the program, and \(3\) here/,
    ],
  ] as const)
    assert.throws(
      () => f(...args),
      (e: sf.TesseraError) => e.code === code && message.test(e.message),
      String(message),
    );
});

test('options are checked, and what is no program is said to be none', async () => {
  const cases = [
    [() => sf.program(STEP, { reveals: 'x' } as never), 'INVALID_ARGUMENT', /reveals/],
    [() => sf.program(STEP, { reveal: 'all' } as never), 'INVALID_ARGUMENT', /reveal is 'conditions'/],
    [() => sf.program(STEP, { lift: -1 }), 'INVALID_ARGUMENT', /lift is a whole number/],
    [() => sf.program(STEP, { epsilon: 2 }), 'INVALID_ARGUMENT', /epsilon lies between/],
    [() => sf.program(7 as never), 'INVALID_ARGUMENT', /takes bytes, text, a path or a URL/],
    [() => sf.program(join(FOLDER, 'nothing.jax')), 'INVALID_ARGUMENT', /cannot be read/],
    [() => sf.program(new Uint8Array(100)), 'SERIALIZATION', /this is no program/],
    [() => sf.program('func.func @main('), 'SERIALIZATION', /line 1/],
  ] as const;
  for (const [run, code, message] of cases) {
    const e = await run().then(
      () => undefined,
      (error: unknown) => error as sf.TesseraError,
    );
    assert.is(e?.code, code, String(message));
    assert.match(e!.message, message);
  }
});

test('large constants are told to be public, and can be arguments instead', async () => {
  const s = sampleOf('cnn_closed');
  const events: sf.ProgramEvent[] = [];
  const open = await sf.program(s.bytecode, { onEvent: (e) => events.push(e) });
  assert.is(events.length, 1);
  assert.match(events[0]!.message, /public, to everybody and the dealer/);
  const lifted = await sf.program(s.bytecode, { lift: 64, onEvent: (e) => events.push(e) });
  assert.is(events.length, 1);
  assert.ok(lifted.lifted.length > 0);
  assert.equal(toArray(lifted(...s.inputs, [...lifted.lifted])), toArray(open(...s.inputs)));
});

test("Adam's 1e-8 is told, and an error where the session is strict", async () => {
  const sample = sampleOf('mlp_adam');
  const f = await sf.program<sf.BaseArray[]>(sample.bytecode, { onEvent: () => {} });
  const run = async (config: Record<string, unknown>) => {
    const { s, spu, events } = await session(config);
    const secrets = sample.inputs.map((x) => s.PYU('alice')((v) => v)(x));
    const call = (...xs: readonly unknown[]): sf.BaseArray => f(...xs)[0]!;
    try {
      await s.wait(spu(call)(...secrets));
      return { events };
    } catch (e) {
      return { events, code: (e as sf.TesseraError).code };
    } finally {
      await s.shutdown().catch(() => {});
    }
  };
  const plain = await run({});
  assert.is(plain.code, undefined);
  assert.ok(plain.events.some(({ kind, text }) => kind === 'coarse' && /1e-8|9\.99\d*e-9/.test(text)));
  assert.is((await run({ strict: true })).code, 'RANGE');
});

test('a secret loop says how it could run', async () => {
  const s = sampleOf('while_secret');
  const f = await sf.program(s.text);
  const { s: own, spu } = await session();
  try {
    const e = await own.reveal(spu((x: never) => f(x))(own.PYU('alice')(() => 7.3)())).then(
      () => undefined,
      (error: unknown) => error as sf.TesseraError,
    );
    assert.is(e?.code, 'UNSUPPORTED');
    assert.match(
      e!.message,
      /while at line \d+: its condition depends on secrets\. \{ reveal: 'conditions' \}/,
    );
  } finally {
    await own.shutdown().catch(() => {});
  }
});

test.run();
