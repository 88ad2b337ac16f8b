/** What is random has nothing in common with what else is: neither constant, nor a few random bytes among fixed ones. */
import * as assert from 'uvu/assert';

const differing = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((n, byte, i) => n + (byte ^ b[i]!).toString(2).replaceAll('0', '').length, 0);

/**
 * Values of 16 bytes or more: of each pair a quarter of the bits differ at least, and a quarter are alike (a fair coin fails once in
 * 10^8 at 16 bytes, once in 10^16 at 32); and none is one byte again and again.
 */
export const independent = (values: readonly Uint8Array[], what: string): void => {
  for (const [i, a] of values.entries()) {
    assert.ok(new Set(a).size >= Math.min(a.length, 32) / 3, `${what}: ${i} repeats bytes`);
    for (const [j, b] of values.slice(0, i).entries()) {
      assert.is(a.length, b.length, what);
      const bits = differing(a, b);
      const enough = bits >= 2 * a.length && bits <= 6 * a.length;
      assert.ok(enough, `${what}: ${bits} of ${8 * a.length} bits of ${j} and ${i} differ`);
    }
  }
};
