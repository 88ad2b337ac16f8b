/** @file A fixed seed of random programs, and that no function of `np` is left out of them. `npm run fuzz` draws more. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as np from '../../src/numpy/index.ts';
import { ring } from '../gates/harness.ts';
import { scaled } from '../long.ts';
import { check } from './check.ts';
import { fuzz } from './fuzz.ts';
import { generate } from './generate.ts';
import { find, type Program, programText } from './program.ts';
import { shrink } from './shrink.ts';
import { EXCLUDED, TABLE } from './table.ts';

const test = suite('random programs');

test('every function of np is drawn, or says why not', () => {
  const known = new Set([...Object.keys(TABLE), ...Object.keys(EXCLUDED)].map(find));
  const own = (at: object, prefix: string): string[] =>
    Object.entries(at)
      .filter(([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name))
      .map(([name]) => prefix + name);
  const all = [np, np.nn, np.linalg, np.random].flatMap((at, i) =>
    own(at, ['', 'nn.', 'linalg.', 'random.'][i]!),
  );
  assert.equal(
    all.filter((name) => !known.has(find(name))),
    [],
  );
  for (const name of [...Object.keys(TABLE), ...Object.keys(EXCLUDED)])
    assert.type(find(name), 'function', name);
  assert.equal(
    Object.keys(EXCLUDED).filter((name) => Object.keys(TABLE).some((other) => find(other) === find(name))),
    [],
  );
});

test('programs of a seed are the same at every run', () => {
  for (const seed of [1, 2, 3, 99]) assert.equal(generate(seed), generate(seed));
});

/** A program whose references are those of another function. */
const broken = (p: Program): Program => ({
  ...p,
  steps: p.steps.map((s) => (s.fn === 'add' ? { ...s, fn: 'subtract' } : s)),
});

test('a wrong result is found, and shrunk to what makes it wrong', () => {
  const start: Program = {
    inputs: [
      { shape: [2, 3], dtype: 'fxp', v: [1.5, 2, 3, 4, 5, 6.25], kind: 'secret' },
      { shape: [3], dtype: 'fxp', v: [7, 8, 9], kind: 'public' },
    ],
    steps: [
      { fn: 'multiply', args: [{ slot: 0 }, { slot: 1 }] },
      { fn: 'add', args: [{ slot: 2 }, { slot: 1 }] },
      { fn: 'sum', args: [{ slot: 3 }] },
    ],
    outs: [2, 3, 4],
    options: { field: 'FM64', parties: 3, costMode: 'latency' },
  };
  const wrongly = (p: Program) => check(ring, p, broken(p));
  assert.is(check(ring, start).kind, 'right');
  const { program, verdict } = shrink(start, wrongly);
  assert.is(verdict.kind, 'wrong');
  assert.equal(
    program.steps.map((s) => s.fn),
    ['add'],
  );
  assert.equal(program.options, { field: 'FM128', parties: 2 });
  assert.ok(program.inputs.every((x) => x.v.length === 1));
  assert.match(programText(program), 'np.add(');
});

test('none of a fixed seed is wrong', () => {
  const { programs, findings, calls } = fuzz(ring, { seed: 20, programs: scaled(12000, 700) });
  assert.equal(
    findings.map((f) => `${f.text}\n${programText(f.program)}`),
    [],
  );
  assert.ok(programs > 450);
  assert.ok(calls.size > 300, `${calls.size} functions`);
});

test.run();
