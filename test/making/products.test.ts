/** What a request for products has to look like. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkRequest,
  type ProductMaker,
  type ProductShape,
  productLengths,
} from '../../src/making/cross-terms.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const products = suite('products without a dealer');

products('a shape says how many words there are', () => {
  assert.equal(productLengths({ kind: 'elementwise', length: 7 }), [7, 7, 7]);
  assert.equal(productLengths({ kind: 'matmul', batch: 2, m: 3, k: 5, n: 4 }), [30, 40, 24]);
});

products('a request whose arrays do not fit its shape is refused', async () => {
  const ring = await Ring.create();
  const shape: ProductShape = { kind: 'matmul', batch: 1, m: 2, k: 3, n: 2 };
  const factor = (n: number, field = FIELDS.FM64) => ({
    own: ring.alloc(field, n),
    zero: [false, false] as const,
  });
  const out = ring.alloc(FIELDS.FM64, 4);
  const asked: ProductMaker['make'] = async (batch) => batch.forEach(checkRequest);
  const channel = { rank: 0, send: () => {}, receive: async () => new Uint8Array() };
  await asked([{ x: factor(6), y: factor(6), shape, out }], channel);
  checkRequest({ x: factor(6), y: factor(6), shape, out });
  for (const [x, y] of [
    [factor(5), factor(6)],
    [factor(6), factor(7)],
    [factor(6), factor(6, FIELDS.FM32)],
  ] as const)
    assert.throws(
      () => checkRequest({ x, y, shape, out }),
      (e: { code: string }) => e.code === 'SHAPE',
    );
});

products.run();
