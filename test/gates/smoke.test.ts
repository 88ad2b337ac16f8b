import { test } from 'uvu';
import * as B from '../../src/fixed/basic.ts';
import * as N from '../../src/fixed/normal.ts';
import * as S from '../../src/fixed/smooth.ts';
import { fxp, runCase } from './harness.ts';
test('smoke', () => {
  for (const field of ['FM128', 'FM64'] as const)
  for (const parties of [2, 3, 5]) {
    const show = (name: string, r: ReturnType<typeof runCase>) => console.log(field, parties, name, r.rounds, r.bytes / r.values[0]!.data.length, r.dealerBytes/ r.values[0]!.data.length, r.values.map((v) => [...(v.data as Float64Array)].slice(0,6)).join(' | '));
    const x = fxp(1.5, -2.25, 3, 0, 100, 0.001, -7, 2.5, 1000);
    const y = fxp(2, 4, -0.5, 9, -3, 1000, -7, 2.5, 3);
    const go = (name: string, build: Parameters<typeof runCase>[0]['build'], ...inputs: ReturnType<typeof fxp>[]) => { try { show(name, runCase({ field, parties, inputs, build })); } catch (e) { console.log(field, parties, name, (e as Error).stack); } };
    go('mul', (c, a, b) => B.mul(c, a, b!), x, y);
    go('square', (c, a) => B.mul(c, a, a), x);
    go('less', (c, a, b) => B.less(c, a, b!), x, y);
    go('equal', (c, a, b) => B.equal(c, a, b!), x, y);
    go('choose', (c, a, b) => B.choose(c, B.less(c, a, b!), a, b!), x, y);
    go('and', (c, a, b) => B.and(c, B.less(c, a, b!), B.less(c, b!, a)), x, y);
    go('sigmoid', (c, a) => S.sigmoid(c, a), x);
    go('exp', (c, a) => S.exp(c, a), fxp(0, 1, -1, 5, -30, 10));
    const pos = fxp(1, 2, 0.5, 100, 0.001, 12345.678);
    go('log', (c, a) => N.log(c, a), pos);
    go('sqrt', (c, a) => N.sqrt(c, a), fxp(1, 2, 0, 100, 0.001, 12345.678));
    go('rsqrt', (c, a) => N.rsqrt(c, a), pos);
    go('reciprocal', (c, a) => N.reciprocal(c, a), fxp(1, -2, 0.5, 100, -0.001, 12345.678));
    go('divide', (c, a, b) => N.divide(c, a, b!), x, y);
  }
});
test.run();
