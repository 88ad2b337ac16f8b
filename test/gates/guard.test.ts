/** The range guard's gates: which numbers are found, of how many none is missed, and what travels for it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gate } from '../../src/gates/gate.ts';
import { dealVerdict, fieldProduct, verdict, verdictSlots } from '../../src/gates/guard.ts';
import { marginOf } from '../../src/ir/compile/guard-range.ts';
import type { Graph } from '../../src/ir/ops/graph.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { enter, FIELD_NAMES, graphOf, random, raw, seedsOf } from './harness.ts';
import { masked, viewOf } from './view.ts';

const test = suite('gates: guard');

/** Runs guards at two sites, of x and of y, and gives the first site that has found anything. */
const found = (
  field: FieldName,
  parties: number,
  xs: readonly bigint[],
  ys: readonly bigint[] = xs.map(() => 0n),
  tap?: (from: number, to: number, message: Uint8Array) => void,
) => {
  const { world, circuit, wires, taken } = enter(field, parties, [raw(xs), raw(ys)]);
  const c = circuit();
  const ins = wires.map((w) => c.value({ shape: w.shape, dtype: 'ring', secret: true }));
  const margin = marginOf(FIELDS[field]);
  const none = { shape: [], kind: 'ring', secret: false } as const;
  for (const [guard, id] of ins.entries()) c.emit('guard', [c.wire(id)], { guard, margin }, [none]);
  const graph: Graph = {
    ...graphOf(
      c,
      ins,
      ins.map((id) => c.wire(id)),
    ),
    watched: [{ op: 'x' }, { op: 'y' }],
  };
  world.tap = tap;
  const made = world.run(graph, [], undefined, taken.outs, taken.masks);
  world.free(taken);
  world.free(made);
  assert.is(world.held, 0);
  return made;
};

test('products in GF(2^32): 1 is neutral, every number but 0 has an inverse, and sums may be taken out', () => {
  const next = random(1);
  const word = (): number => Math.floor(next() * 2 ** 32);
  for (let i = 0; i < 200; i++) {
    const [a, b, c] = [word(), word(), word()];
    assert.is(fieldProduct(a, 1), a);
    assert.is(fieldProduct(a, b), fieldProduct(b, a));
    assert.is(fieldProduct(a, (b ^ c) >>> 0), (fieldProduct(a, b) ^ fieldProduct(a, c)) >>> 0);
    assert.is(fieldProduct(fieldProduct(a, b), c), fieldProduct(a, fieldProduct(b, c)));
    // a^(2^32 - 2) is the inverse.
    let [inverse, power] = [1, a];
    for (let k = 1; k < 32; k++) {
      power = fieldProduct(power, power);
      inverse = fieldProduct(inverse, power);
    }
    assert.is(fieldProduct(a, inverse), 1);
  }
});

for (const field of FIELD_NAMES)
  for (const parties of [2, 3, 5])
    test(`${field}, ${parties} parties: numbers in the range pass, a single one beyond is found`, () => {
      const k = FIELDS[field].bits;
      const unit = 2n ** BigInt(k - 8);
      const margin = BigInt(marginOf(FIELDS[field]));
      const most = margin * unit;
      const good = [0n, 1n, -1n, 77n, most - 1n, -most, most / 3n, -most / 7n];
      assert.is(found(field, parties, good, good).left, undefined);
      const top = 2n ** BigInt(k - 1);
      for (const bad of [most + unit, -most - unit, top - 1n, -top, top / 2n, -top / 2n + 1n]) {
        assert.is(found(field, parties, [...good, bad]).left, 0, `${bad}`);
        assert.is(found(field, parties, good, [...good.slice(1), bad]).left, 1, `${bad}`);
      }
    });

test('of many numbers none is missed, and those that are the same do not cancel', () => {
  const top = 2n ** 127n;
  const xs = new Array<bigint>(20_000).fill(3n);
  assert.is(found('FM128', 2, xs).left, undefined);
  for (const at of [0, 8191, 8192, 19_999])
    assert.is(found('FM128', 2, xs.with(at, -top)).left, 0, String(at));
  assert.is(found('FM128', 2, new Array<bigint>(512).fill(-top)).left, 0);
  assert.is(found('FM64', 3, new Array<bigint>(2).fill(2n ** 62n)).left, 0);
});

test('a wrap of the masked number itself, which spoils a free truncation, is found', () => {
  // At 2^125 one wrap in eight; the margin is taken so wide that nothing else is found.
  const n = 4096;
  const { world, circuit, wires, taken } = enter('FM128', 2, [raw(new Array<bigint>(n).fill(2n ** 122n))]);
  const c = circuit();
  const x = c.value({ shape: wires[0]!.shape, dtype: 'ring', secret: true });
  const cut = (options: object) =>
    c.emit('truncate', [c.wire(x)], { trunc: 20, ...options }, [c.wire(x)])[0]!;
  const graph: Graph = { ...graphOf(c, [x], [cut({ guard: 0, margin: 100 })]), watched: [{ op: 'x' }] };
  const made = world.run(graph, [], undefined, taken.outs, taken.masks);
  assert.is(made.left, 0);
  world.free(taken);
  world.free(made);
});

test('a verdict takes two rounds and eight bytes, and tables of 32 bytes a number; a bisection two rounds a step', () => {
  for (const parties of [2, 3, 5]) {
    const { stats } = found('FM128', parties, new Array<bigint>(100).fill(5n));
    assert.is(stats.rounds, 2);
    for (const [from, row] of stats.sent.entries())
      for (const [to, bytes] of row.entries()) assert.is(bytes, from === to ? 0 : 8);
    assert.is(stats.dealerBytes, 200 * 32 + 2 * 4);
    const { stats: bad } = found('FM128', parties, [0n, 2n ** 126n]);
    assert.is(bad.rounds, 4);
    assert.is(bad.sent[0]![1], 16);
  }
});

/** Bits of the four bytes, of which in 2000 runs every one is set about half of the time. */
const balanced = (words: readonly Uint8Array[], what: string): void => {
  for (let bit = 0; bit < 32; bit++) {
    const ones = words.filter((w) => (w[bit >> 3]! >> (bit & 7)) & 1).length;
    const deviations = (ones - words.length / 2) / Math.sqrt(words.length / 4);
    assert.ok(Math.abs(deviations) < 5.5, `${what}, bit ${bit}: ${deviations} deviations`);
  }
};

test('what travels tells whether numbers left the range, and not which or how many', () => {
  const top = 2n ** 127n;
  const cases: Readonly<Record<string, readonly bigint[]>> = {
    'all well': [0n, 5n, -3n],
    'one beyond': [0n, top / 2n, 1n],
    'all beyond': [-top, top / 2n, -top / 2n],
  };
  for (const [what, xs] of Object.entries(cases)) {
    const sent: Uint8Array[][] = [];
    const opened: Uint8Array[] = [];
    for (let run = 0; run < 1000; run++) {
      const messages: Uint8Array[] = [];
      found('FM128', 2, xs, undefined, (_, __, message) => messages.push(message.slice()));
      // Two rounds of two parties, then perhaps those that look for the first.
      for (const [i, message] of messages.slice(0, 4).entries()) {
        sent[i] ??= [];
        sent[i].push(message);
      }
      const [, , a, b] = messages as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      opened.push(a.map((byte, i) => byte ^ b[i]!));
    }
    for (const [i, words] of sent.entries()) balanced(words, `${what}: message ${i}`);
    const zeros = opened.filter((word) => word.every((byte) => byte === 0)).length;
    assert.is(zeros, what === 'all well' ? 1000 : 0, what);
    // alpha T: as random as alpha, whatever T.
    if (zeros === 0) balanced(opened, `${what}: what is opened`);
  }
});

test('of many sites the first that found something is named', () => {
  const seeds = seedsOf(2);
  const named = (sums: readonly number[]): number | undefined => {
    const found: (number | undefined)[] = [];
    const judge = gate({
      slots: () => verdictSlots(sums.length),
      *deal(d) {
        yield* dealVerdict(d, sums.length);
        return [];
      },
      *eval(p) {
        found.push(
          yield* verdict(
            p,
            Uint32Array.from(sums, (v, i) => (p.first ? v ^ (i * 77) : i * 77)),
          ),
        );
        return [];
      },
    });
    viewOf(FIELDS.FM64, seeds, judge, {}, masked(FIELDS.FM64, seeds, []), 1);
    assert.is(found[0], found[1]);
    return found[0];
  };
  for (const n of [1, 2, 3, 5, 8]) {
    assert.is(named(new Array<number>(n).fill(0)), undefined);
    for (let first = 0; first < n; first++) {
      assert.is(named(Array.from({ length: n }, (_, i) => (i === first ? 5 : 0))), first);
      assert.is(named(Array.from({ length: n }, (_, i) => (i >= first ? 2 ** i : 0))), first);
    }
  }
});

test.run();
