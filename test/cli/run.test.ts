/** `tessera run`: programs and models of files on files of the parties, each a process of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { suite } from '../production/harness.ts';
import { csv, near, place, values, wells } from './parties.ts';

const test = suite('cli/run');
const FILES = fileURLToPath(new URL('../../../test/frontends/', import.meta.url));

test('a program of JAX runs on files of two parties, with a dealer and without', async () => {
  const params = {
    w: [
      [0, 1, -1],
      [1, 1, -1],
      [2, 1, -1],
      [3, 1, -1],
    ],
    b: [0.5, 0, 1],
  };
  const x = [
    [1, 2, 3, 4],
    [0, 1, 0, -1],
  ];
  const step = await sf.program<{ y: sf.NDArray; n: unknown }>(join(FILES, 'step.jax'));
  const plain = step(params, x, { scale: 2 });
  for (const everybody of [
    ['alice', 'bob', 'dealer'],
    ['alice', 'bob'],
  ]) {
    const at = await place(everybody);
    await sf.save(at.file('w.safetensors'), params);
    at.file('x.csv', csv(['p', 'q', 'r', 's'], x));
    await sf.save(at.file('n.npz'), { scale: 2 });
    const run = (...more: string[]) => ['run', join(FILES, 'step.jax'), ...more];
    const ended = await at.run({
      alice: run(
        '--party',
        'alice',
        '--in',
        `0=${at.file('w.safetensors')}`,
        '1=@bob',
        '2=@bob',
        '--out',
        '0=@bob',
      ),
      bob: run(
        '--in',
        `2=${at.file('n.npz')}`,
        '0=@alice',
        `1=${at.file('x.csv')}`,
        '--out',
        `0=${at.file('y.npz')}`,
      ),
    });
    wells(ended);
    const got = await sf.load<sf.NamedArrays>(at.file('y.npz'));
    near(values(got.y!), values(plain.y));
  }
});

test('a model runs on weights of one party and rows of the other; both may learn the result', async () => {
  const at = await place(['alice', 'bob', 'dealer']);
  const model = await sf.onnx(join(FILES, 'onnx/linear/model.onnx'));
  writeFileSync(at.file('model.onnx'), model.skeleton);
  await sf.save(at.file('w.npz'), model.weights);
  const rows = Array.from({ length: 3 }, (_, i) => Array.from({ length: 10 }, (_, j) => Math.cos(i + 3 * j)));
  await sf.save(at.file('x.npy'), rows);
  const run = (...more: string[]) => ['run', at.file('model.onnx'), ...more];
  const args = {
    alice: run(
      '--in',
      `weights=${at.file('w.npz')}`,
      'X=@bob',
      '--out',
      `variable=${at.file('a.npy')}`,
      'variable=@bob',
    ),
    bob: run(
      '--in',
      `X=${at.file('x.npy')}`,
      'weights=@alice',
      '--out',
      `variable=${at.file('b.npy')}`,
      'variable=@alice',
    ),
  };
  wells(await at.run(args));
  const want = values(model(model.weights, { X: rows }).variable as sf.NDArray);
  for (const name of ['a.npy', 'b.npy']) near(values(await sf.load<sf.NDArray>(at.file(name))), want);

  const refused = await at.run({ ...args, bob: args.bob.slice(0, -1) });
  for (const name of ['alice', 'bob'] as const)
    assert.match(
      refused[name]!.err,
      /did not start the same: results: alice says .*alice, bob.*, bob says .*"bob"/,
    );
  const alone = async (error: RegExp, ...more: string[]) => {
    const { alice } = await at.run({ alice: run(...more) });
    assert.match(alice!.err, error);
    assert.is(alice!.code, 1);
  };
  await alone(/--in Y: did you mean "X"/, '--in', 'Y=@bob');
  await alone(/who gives argument weights/, '--in', 'X=@bob');
  await alone(/who learns a result/, '--in', 'X=@bob', 'weights=@bob');
  await alone(
    /is the configuration of alice, not of bob/,
    '--party',
    'bob',
    '--in',
    'X=@bob',
    'weights=@bob',
    '--out',
    'variable=@bob',
  );
  await alone(/cannot be read/, '--in', `X=${at.file('none.npy')}`, 'weights=@bob', '--out', 'variable=@bob');
});

test.run();
