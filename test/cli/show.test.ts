/** `tessera show` and `tessera split`: what a file asks for and costs, and a model in two parts. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { show } from '../../src/cli/show.ts';
import * as sf from '../../src/index.ts';

const test = suite('cli/show, cli/split');
const FILES = fileURLToPath(new URL('../../../test/frontends/', import.meta.url));
const CLI = fileURLToPath(import.meta.resolve('#tessera-cli'));

test('a program of JAX: signature, operations, costs', async () => {
  const lines = await show(join(FILES, 'step.jax'), { rttMs: 20, mbit: 10 });
  assert.is(
    lines[0],
    'f(float64[3], float64[4, 3], float64[2, 4], float64[]) -> (float64[], float64[3], float64[2, 3])',
  );
  assert.match(lines[1]!, /^operations: .*dot_general/);
  const [, rounds, sent] = /4 of 4 arguments secret: (\d+) rounds, (\d+) B sent by a party/
    .exec(lines[2]!)!
    .map(Number);
  assert.ok(rounds! > 0 && sent! > 0);
  const seconds = (rounds! * 0.02) / 2 + (sent! * 8) / 1e7;
  assert.is(
    lines[3],
    `on a link of 20 ms and 10 Mbit/s: ${seconds.toFixed(2)} s for rounds and bytes, and computing`,
  );
  const [, transfers, ahead, later] =
    /^without a dealer: (\d+) transfers and ([\d.]+) kB sent by a party ahead, then (\d+) rounds and \d+ B$/
      .exec(lines[4]!)!
      .map(Number);
  assert.ok(transfers! > 0 && transfers! % 128 === 0);
  // Base transfers alone are 12 kB.
  assert.ok(ahead! > 12);
  assert.ok(later! > 0 && later! <= 2 * rounds!);
  assert.is((await show(join(FILES, 'step.jax'), { parties: 3 })).length, 4);
});

test('a model: weights and inputs; what cannot run says why', async () => {
  const lines = await show(join(FILES, 'onnx/xgb_regression/model.onnx'), { rows: 3 });
  assert.match(lines.join('\n'), /weights: .*thresholds: float64\[20, \d+\]/);
  assert.match(lines.join('\n'), /operations: ai\.onnx\.ml\.TreeEnsembleRegressor/);
  assert.match(lines.at(-3)!, /FM128, 2 parties, \d+ of \d+ arguments secret: 11 rounds/);
  const loop = await show(join(FILES, 'jax/while_secret/program.bc'));
  assert.match(
    loop.at(-1)!,
    /it does not run as it is: UNSUPPORTED: while at byte \d+: its condition depends on secrets/,
  );
  const open = await show(join(FILES, 'jax/while_secret/program.bc'), { open: [0] });
  assert.match(open.at(-2)!, /0 of 1 arguments secret: 0 rounds/);
  const bits = await show(join(FILES, 'bits.mlir'));
  assert.match(bits.join('\n'), /unsupported: bitcast_convert of complex numbers at line 2/);
  const spectrum = await show(join(FILES, 'jax/spectrum/program.bc'));
  assert.match(spectrum.at(-3)!, /1 of 1 arguments secret: 19 rounds/);
});

test('split: the parts are the model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'split-'));
  try {
    copyFileSync(join(FILES, 'onnx/linear/model.onnx'), join(folder, 'model.onnx'));
    const text = execFileSync(process.execPath, [CLI, 'split', join(folder, 'model.onnx')], {
      encoding: 'utf8',
    });
    assert.match(text, /weights: .*coefficients: float64\[10\]/);
    const model = await sf.onnx(join(folder, 'model.skeleton.onnx'));
    const weights = await sf.load<sf.NamedArrays>(join(folder, 'model.safetensors'));
    assert.is(statSync(join(folder, 'model.safetensors')).mode & 0o77, 0);
    const x = sf.np.ones([2, 10]);
    const whole = await sf.onnx(join(folder, 'model.onnx'));
    assert.equal(model(weights, { X: x }).variable, whole(whole.weights, { X: x }).variable);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
