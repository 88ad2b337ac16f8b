/** Programs of JAX, from text and from bytecode: in the clear, and on secrets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { type Program, type ProgramOptions, program } from '../../src/frontends/stablehlo-program.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
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
/** Text has operations of CHLO without their decompositions; complex numbers are refused. */
const TEXT_ONLY: Readonly<Record<string, RegExp>> = { gamma_family: /bessel_i1e/ };
const REFUSED: Readonly<Record<string, RegExp>> = { spectrum: /fft at/ };

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

const refusal = async (name: string, run: () => unknown): Promise<boolean> => {
  const expected = REFUSED[name];
  if (!expected) return false;
  try {
    await run();
  } catch (e) {
    assert.instance(e, TesseraError);
    assert.is((e as TesseraError).code, 'UNSUPPORTED');
    assert.match((e as TesseraError).message, expected);
    return true;
  }
  return assert.unreachable(name) as never;
};

for (const form of ['text', 'bytecode'] as const)
  test(`all of them from ${form}, in the clear`, async () => {
    for (const name of NAMES) {
      const s = sampleOf(name);
      const f = await program(s[form], options(name));
      const expected = form === 'text' ? TEXT_ONLY[name] : undefined;
      if (expected) assert.throws(() => f(...s.inputs), expected);
      else if (!(await refusal(name, () => f(...s.inputs)))) {
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
    if (name === BELOW || (await refusal(name, () => secretly(f, s, ring, 'FM128', 2)))) continue;
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
    if (REFUSED[name] || name === BELOW) continue;
    const s = sampleOf(name);
    const f = await program(s.bytecode, options(name));
    const three = errorOf(secretly(f, s, ring, 'FM128', 3, FINE.has(name) ? 40 : undefined), s.outputs);
    assert.ok(three <= s.tolerance, `${name}, three parties: ${three}`);
    if (errorOf(secretly(f, s, ring, 'FM64', 2), s.outputs) <= Math.max(s.tolerance, 2 ** -9)) close++;
  }
  assert.ok(close >= 0.9 * some.length, `FM64: ${close} of ${some.length}`);
});

test.run();
