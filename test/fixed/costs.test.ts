/**
 * What functions cost at FM128, counted on the link: rounds, bits that a party sends to each other one and the dealer's bits,
 * an element; by tables for 2, 3 and 5 parties, and by keys for two.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as A from '../../src/fixed/angle.ts';
import * as B from '../../src/fixed/basic.ts';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { clamp } from '../../src/fixed/clamp.ts';
import * as W from '../../src/fixed/elementary.ts';
import { exp } from '../../src/fixed/exp.ts';
import { arcsinh } from '../../src/fixed/hyperbolic.ts';
import { interpolate } from '../../src/fixed/piecewise-linear.ts';
import * as N from '../../src/fixed/roots-logarithms.ts';
import * as S from '../../src/fixed/smooth.ts';
import { maximum } from '../../src/fixed/tournament.ts';
import { fxp, runCase } from '../gates/harness.ts';

type Cost = readonly [rounds: number, bits: number, dealt: number];
type Build = (c: Circuit, x: Wire, y: Wire) => Wire;

const unary =
  (fn: (c: Circuit, x: Wire) => Wire): Build =>
  (c, x) =>
    fn(c, x);
const close =
  (fn: typeof S.sigmoid): Build =>
  (c, x) =>
    fn(c, x, [-3, 3]);

const COSTS: Readonly<Record<string, readonly [build: Build, tables: Cost, keys: Cost]>> = {
  less: [B.less, [4, 71, 720], [1, 1, 33537]],
  equal: [B.equal, [2, 8, 1031], [1, 1, 33792]],
  maximum: [maximum, [5, 199, 976], [1, 128, 97792]],
  abs: [W.abs, [5, 199, 976], [1, 128, 97792]],
  clamp: [(c, x) => clamp(c, x, -1, 1), [5, 270, 1439], [1, 128, 97792]],
  interp: [(c, x) => interpolate(c, x, [-1, 0, 2], [1, 0, 3]), [5, 341, 2030], [1, 128, 97920]],
  floor: [(c, x) => W.floorShift(c, x, c.fraction), [4, 142, 392], [2, 129, 7168]],
  'reciprocal of positive': [unary(N.positiveReciprocal), [11, 832, 13394], [4, 908, 188162]],
  reciprocal: [unary(N.reciprocal), [13, 1086, 14496], [5, 1043, 188290]],
  divide: [(c, x, y) => N.divide(c, x, y), [14, 1870, 18626], [5, 2071, 356358]],
  rsqrt: [unary(N.rsqrt), [11, 832, 13138], [4, 908, 184834]],
  sqrt: [unary(N.sqrt), [11, 832, 12498], [4, 908, 181122]],
  cbrt: [unary(N.cbrt), [13, 1086, 14240], [5, 1043, 182658]],
  exp: [unary(exp), [5, 507, 2668], [2, 387, 35329]],
  'exp of at most 21': [(c, x) => exp(c, x, { interval: [-Infinity, 21] }), [5, 327, 3152], [1, 128, 25984]],
  log: [unary(N.log), [9, 704, 11218], [3, 780, 182530]],
  sigmoid: [unary(S.sigmoid), [5, 398, 7711], [1, 128, 54528]],
  tanh: [unary(S.tanh), [5, 398, 7967], [1, 128, 55040]],
  erf: [unary(S.erf), [5, 398, 3871], [1, 128, 54528]],
  gelu: [unary(S.gelu), [5, 398, 4639], [1, 256, 80512]],
  silu: [unary(S.silu), [5, 398, 13087], [1, 256, 80512]],
  softplus: [unary(S.softplus), [5, 398, 7199], [1, 256, 80000]],
  'exp near 0': [(c, x) => exp(c, x, { interval: [-3, 3] }), [1, 128, 2176], [1, 128, 2176]],
  'sigmoid near 0': [close(S.sigmoid), [1, 128, 6272], [1, 128, 6272]],
  'erf near 0': [close(S.erf), [1, 128, 2432], [1, 128, 2432]],
  sin: [W.sin, [1, 128, 512], [1, 128, 512]],
  cos: [W.cos, [1, 128, 512], [1, 128, 512]],
  hypot: [(c, x, y) => N.hypot(c, x, y), [19, 2155, 16431], [6, 2584, 361988]],
  mish: [unary(S.mish), [5, 398, 16927], [1, 256, 81280]],
  arcsinh: [unary(arcsinh), [12, 1967, 31050], [6, 1562, 233219]],
  arctan: [unary(A.arctan), [15, 1556, 18319], [7, 1431, 224772]],
  arcsin: [A.arcsin, [9, 1136, 9915], [7, 911, 17409]],
  arctan2: [A.arctan2, [23, 2346, 23893], [10, 2198, 362634]],
  power: [W.power, [17, 2005, 16028], [7, 1816, 232835]],
};

const LENGTH = 1024;
const from = (start: number) => fxp(Array.from({ length: LENGTH }, (_, i) => start + i / LENGTH));

for (const [name, [build, tables, keys]] of Object.entries(COSTS)) {
  test(name, () => {
    for (const [parties, costMode, want] of [
      [2, 'bandwidth', tables],
      [3, 'bandwidth', tables],
      [5, 'bandwidth', tables],
      [2, 'latency', keys],
    ] as const) {
      const r = runCase({
        field: 'FM128',
        parties,
        costMode,
        inputs: [from(0.1), from(0.2)],
        build: (c, x, y) => build(c, x!, y!),
      });
      const bits = (bytes: number): number => (bytes * 8) / LENGTH;
      assert.equal(
        [r.rounds, bits(r.bytes), bits(r.dealerBytes)],
        [...want],
        `${parties} parties, ${costMode}`,
      );
    }
  });
}

test.run();
