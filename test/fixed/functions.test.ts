/** Functions of fixed-point numbers: a grid, random points and the ends of the documented range, against float64. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import { tournament } from '../../src/fixed/tournament.ts';
import type { FieldName } from '../../src/ring/field.ts';
import { fxp, random, runCase } from '../gates/harness.ts';
import { FNS, type Fn, ulpOf } from './function-table.ts';

const pointsOf = (
  fn: Fn,
  field: FieldName,
  pick: (f: FieldName) => readonly [number, number],
  seed: number,
  count: number,
): number[] => {
  const next = random(seed);
  const ulp = ulpOf(field);
  const [lo, hi] = pick(field);
  const at = (t: number): number => (fn.log && lo > 0 ? lo * (hi / lo) ** t : lo + (hi - lo) * t);
  const whole = (v: number): number =>
    Math.min(Math.max(Math.round(v / ulp), Math.ceil(lo / ulp)), Math.floor(hi / ulp)) * ulp;
  return Array.from({ length: count }, (_, i) => {
    const x = whole(at(i < 2 ? i : i < count / 2 ? i / (count / 2) : next()));
    return fn.signs && i % 2 ? -x : x;
  });
};

for (const [name, fn] of Object.entries(FNS)) {
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM128', 3],
    ['FM64', 2],
    ['FM64', 3],
  ] as const) {
    test(`${name}, ${field}, ${parties} parties`, () => {
      const count = 4000;
      const x = [...(fn.points ?? []), ...pointsOf(fn, field, fn.range, parties, count)];
      const y = fn.other ? pointsOf(fn, field, fn.other, parties + 10, x.length) : x;
      // Two walks that start at the same end would never meet the other pairs.
      if (fn.other) y.reverse();
      const r = runCase({
        field,
        parties,
        inputs: [fxp(x), fxp(y)],
        build: (c, u, v) => fn.build(c, u!, v!),
      });
      const goal = field === 'FM128' ? 2 ** -20 : 2 ** -12;
      const worst = { over: -1, text: '' };
      r.numbers[0]!.forEach((got, i) => {
        const want = fn.plain(x[i]!, y[i]!);
        const allowed =
          fn.error === 'exact'
            ? 0
            : goal * (fn.error === 'absolute' ? 1 : Math.abs(want)) +
              ulpOf(field) +
              (fn.extra?.(x[i]!, y[i]!, field) ?? 0);
        const error = Math.abs(got - want);
        const over = allowed === 0 ? error : error / allowed;
        if (over > worst.over || Number.isNaN(over)) {
          worst.over = over;
          worst.text = `${name}(${x[i]}${fn.other ? `, ${y[i]}` : ''}) = ${got}, not ${want}: ${over} of the allowed error`;
        }
      });
      assert.ok(fn.error === 'exact' ? worst.over === 0 : worst.over <= 1, worst.text);
      if (field === 'FM128') assert.is(r.rounds, fn.rounds);
    });
  }
}

test('a tournament finds the first of the largest and of the smallest, at every length', () => {
  const next = random(4);
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
  ] as const) {
    for (const axis of [1, 2, 3, 4, 5, 8, 11]) {
      const [outer, inner] = [3, 2];
      const x = Array.from({ length: outer * axis * inner }, () => Math.floor(next() * 4) - 2);
      const r = runCase({
        field,
        parties,
        inputs: [fxp(x)],
        build: (c, u) => {
          const cube = B.reshape(c, u!, [outer, axis, inner]);
          const [hi, lo] = [tournament(c, cube, 'max', true), tournament(c, cube, 'min', true)];
          return [hi.value, hi.index!, lo.value, lo.index!];
        },
      });
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) {
          const line = Array.from({ length: axis }, (_, j) => x[(o * axis + j) * inner + i]!);
          const [hi, lo] = [Math.max(...line), Math.min(...line)];
          const at = o * inner + i;
          const got = [
            r.numbers[0]![at],
            r.raw[1]!.at(at % r.raw[1]!.length),
            r.numbers[2]![at],
            r.raw[3]!.at(at % r.raw[3]!.length),
          ];
          assert.equal(got, [hi, BigInt(line.indexOf(hi)), lo, BigInt(line.indexOf(lo))], `${line}`);
        }
      }
      assert.is(r.rounds, (field === 'FM128' ? 5 : 4) * Math.ceil(Math.log2(axis)));
    }
  }
});

test('FM32: functions are good to 2^-6, relative above 1', () => {
  const ulp = ulpOf('FM32');
  for (const [name, lo, hi] of [
    ['sigmoid', -20, 20],
    ['tanh', -10, 10],
    ['erf', -5, 5],
    ['softplus', -20, 20],
    ['silu', -25, 25],
    ['gelu', -8, 8],
    ['arctan', -50, 50],
    ['arcsin', -1, 1],
    ['exp', -10, 4],
    ['log', 0.0625, 200],
    ['sqrt', 0, 200],
    ['rsqrt', 0.0625, 200],
    ['reciprocal', 0.0625, 200],
    ['mish', -25, 25],
    ['arcsinh', -200, 200],
    ['cbrt', -200, 200],
  ] as const) {
    const fn = FNS[name]!;
    const x = Array.from({ length: 500 }, (_, i) => Math.round((lo + ((hi - lo) * i) / 499) / ulp) * ulp);
    const r = runCase({ field: 'FM32', parties: 2, inputs: [fxp(x)], build: (c, u) => fn.build(c, u!, u!) });
    r.numbers[0]!.forEach((got, i) => {
      const want = fn.plain(x[i]!, 0);
      const error = Math.abs(got - want) / Math.max(1, Math.abs(want));
      assert.ok(error < 2 ** -6, `${name}(${x[i]}) = ${got}, not ${want}`);
    });
  }
});

test('FM32 does what its few bits allow', () => {
  for (const [name, x, tolerance] of [
    ['sigmoid', [-20, -3, -0.5, 0, 0.5, 3, 20], 2 ** -4],
    ['tanh', [-9, -1, 0, 0.25, 2, 9], 2 ** -4],
    ['exp', [-30, -1, 0, 1, 2], 2 ** -2],
    ['abs', [-7.5, 0, 7.5], 0],
    ['floor', [-2.5, -2, 0, 3.75], 0],
  ] as const) {
    const fn = FNS[name]!;
    const r = runCase({ field: 'FM32', parties: 3, inputs: [fxp(x)], build: (c, u) => fn.build(c, u!, u!) });
    r.numbers[0]!.forEach((got, i) => {
      const want = fn.plain(x[i]!, 0);
      assert.ok(Math.abs(got - want) <= tolerance, `${name}(${x[i]}) = ${got}, not ${want}`);
    });
  }
});

test.run();
