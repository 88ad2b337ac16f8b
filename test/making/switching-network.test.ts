/** Networks of switches: settings for every permutation. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { route } from '../../src/making/switching-network.ts';
import { randomBytes } from '../../src/ring/prg.ts';

const test = suite('switching networks');

test('networks are routed for every permutation of four, and for random ones', () => {
  const apply = (settings: readonly Uint8Array[], size: number): number[] => {
    let now = Array.from({ length: size }, (_, i) => i);
    const columns = settings.length;
    settings.forEach((column, c) => {
      const middle = (columns - 1) / 2;
      const block = size / 2 ** Math.min(c, columns - 1 - c);
      const next = [...now];
      column.forEach((crossed, s) => {
        const base = Math.floor((2 * s) / block) * block;
        const j = s - base / 2;
        const near = [base + 2 * j, base + 2 * j + 1] as const;
        const far = [base + j, base + block / 2 + j] as const;
        const [from, to] = c === middle ? [near, near] : c < middle ? [near, far] : [far, near];
        const pair = [now[from[0]]!, now[from[1]]!];
        next[to[0]] = pair[crossed]!;
        next[to[1]] = pair[1 - crossed]!;
      });
      now = next;
    });
    return now;
  };
  const orders = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((x) => orders(rest.filter((y) => y !== x)).map((o) => [x, ...o]));
  for (const order of orders([0, 1, 2, 3])) assert.equal(apply(route(Int32Array.from(order), 4), 4), order);
  for (let turn = 0; turn < 20; turn++) {
    const keys = randomBytes(64);
    const order = Array.from({ length: 64 }, (_, i) => i).sort((x, y) => keys[x]! - keys[y]! || x - y);
    assert.equal(apply(route(Int32Array.from(order), 64), 64), order);
  }
});

test.run();
