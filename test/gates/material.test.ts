/** Material of a gate: as much as the gate takes and in its form, or an error; and streams that serve once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Chunk, Dealing, Drawing } from '../../src/dealer/material.ts';
import type { TesseraError } from '../../src/errors.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { ring, seedsOf } from './harness.ts';

const test = suite('gates: material');
const field = FIELDS.FM64;

const dealt = (handsOver = false) => {
  const seeds = seedsOf(2);
  const prgs = seeds.map((seed) => new Prg(ring, seed));
  const d = new Dealing(ring, field, prgs, 5, handsOver);
  const value = d.words(4);
  ring.encode(value, Float64Array.of(1, 2, 3, 4), 0);
  d.give(value);
  d.give(d.bits(9, 2));
  const told = d.bytes(6);
  ring.u8(told).fill(9);
  d.tell(told);
  const chunks = handsOver ? d.given : d.correction;
  d.end();
  return { prgs, chunks, told: d.told };
};

/** Takes all of it. */
const take = (prgs: readonly Prg[], chunks: readonly Chunk[], rank = 0): void => {
  const p = new Drawing(ring, field, rank, prgs[rank]!, 5, chunks);
  try {
    p.take(4);
    p.takeBits(9, 2);
    assert.equal([...ring.u8(p.hear(6))], [9, 9, 9, 9, 9, 9]);
    p.end();
  } catch (e) {
    p.abandon();
    throw e;
  }
};

const refused = (run: () => void): void => {
  let error: TesseraError | undefined;
  try {
    run();
  } catch (e) {
    error = e as TesseraError;
  }
  assert.is(error?.code, 'DIVERGED', String(error));
};

test('too much, too little, longer, shorter and other material is refused', () => {
  const { prgs, chunks, told } = dealt();
  take(prgs, chunks);
  take(prgs, told, 1);
  const [a, b, c] = chunks as [Uint8Array, Uint8Array, Uint8Array];
  const longer = (x: Uint8Array, by: number): Uint8Array =>
    Uint8Array.from({ length: x.length + by }, (_, i) => x[i] ?? 0);
  for (const wrong of [
    [a, b],
    [],
    [a, b, c, c],
    [a, b, c, new Uint8Array()],
    [longer(a, 1), b, c],
    [longer(a, -1), b, c],
    [longer(a, 8), b, c],
    [a, longer(b, 1), c],
    [a, longer(b, -1), c],
    [a, b, longer(c, 1)],
    [b, a, c],
  ])
    refused(() => take(prgs, wrong));
  refused(() => take(prgs, [], 1));
  refused(() => take(prgs, [...told, ...told], 1));
});

test('arrays that are handed over have the form that is taken', () => {
  const given = (): readonly Chunk[] => dealt(true).chunks;
  const { prgs } = dealt();
  take(prgs, given());
  const forms: ((chunks: readonly Chunk[]) => readonly Chunk[])[] = [
    ([a, b, c]) => [b!, a!, c!],
    ([a, b, c]) => [a!, c!, b!],
    ([a, b]) => [a!, b!],
    ([a, b, c]) => [a!, b!, c!, { array: ring.bytes(1), length: 1 }],
    ([, b, c]) => [{ array: ring.alloc(field, 5), length: 40 }, b!, c!],
    ([, b, c]) => [{ array: ring.bytes(4), length: 4 }, b!, c!],
    ([a, b]) => [a!, b!, { array: ring.bits(6), length: 1 }],
    ([a, , c]) => [a!, { array: ring.bits(9, 1), length: 2 }, c!],
    ([a, , c]) => [a!, { array: ring.bits(10, 2), length: 4 }, c!],
  ];
  for (const form of forms) refused(() => take(prgs, form(given())));
});

test('shares of dealt values add up to them, and a correction is masked by the other streams', () => {
  for (const parties of [2, 3]) {
    const prgs = seedsOf(parties).map((seed) => new Prg(ring, seed));
    const d = new Dealing(ring, field, prgs, 3);
    const value = d.words(300);
    ring.zero(value);
    d.give(value);
    const [correction] = d.correction;
    assert.ok(correction!.some((b) => b !== 0));
    const sum = ring.alloc(field, 300);
    ring.zero(sum);
    for (const [rank, prg] of prgs.entries()) {
      const p = new Drawing(ring, field, rank, prg, 3, rank === 0 ? [correction!] : []);
      ring.add(sum, sum, p.take(300));
      p.end();
    }
    assert.ok(ring.u8(sum).every((b) => b === 0));
    ring.release(sum);
    d.end();
  }
});

/** The first 16 bytes of whatever a party draws. */
const firstOf = (p: Drawing): Record<string, string> => {
  const hex = (a: Parameters<typeof ring.u8>[0]): string =>
    Buffer.from(ring.u8(a).slice(0, 16)).toString('hex');
  const parts = p.drawParts(64);
  parts.fill(0, 32);
  parts.fill(32, 32);
  const taken = p.takeParts(64);
  taken.fill(0, 64);
  return {
    draw: hex(p.draw(4)),
    'draw again': hex(p.draw(4)),
    bits: hex(p.drawBits(128)),
    bytes: hex(p.drawBytes(16)),
    parts: hex(parts.array),
    'second part': hex(parts.array.view(32, 32)),
    'parts that are taken': hex(taken.array),
    take: hex(p.take(4)),
    'take bits': hex(p.takeBits(128)),
    'take bytes': hex(p.takeBytes(16)),
    own: hex(p.drawOf(p.rank, p.words(4))),
    known: hex(p.drawPublic(p.words(4))),
  };
};

test('no stream serves twice: draws, gates, parties', () => {
  const seeds = seedsOf(3);
  const seen = new Map<string, string>();
  for (const rank of [1, 2]) {
    for (const gate of [0, 1, 2 ** 32, 2 ** 32 + 1]) {
      const p = new Drawing(ring, field, rank, new Prg(ring, seeds[rank]!), gate, []);
      for (const [what, bytes] of Object.entries(firstOf(p))) {
        if (what === 'known' && rank === 2) continue;
        const name = `${what} of rank ${rank} at gate ${gate}`;
        assert.is(seen.get(bytes), undefined, `${name}, and ${seen.get(bytes)}`);
        seen.set(bytes, name);
      }
      p.end();
    }
  }
});

test('a draw of one party is of no use to another: inputs, and what is passed over', () => {
  const prgs = seedsOf(2).map((seed) => new Prg(ring, seed));
  const p = new Drawing(ring, field, 1, prgs[1]!, 0, []);
  const others = p.drawOf(0, p.words(8));
  assert.ok(others.zero);
  assert.ok(ring.u8(others).every((b) => b === 0));
  assert.not.ok(p.drawOf(1, p.words(8)).zero);
  p.end();
  const hex = (run: (s: Drawing) => void): string => {
    const s = new Drawing(ring, field, 1, prgs[1]!, 9, []);
    run(s);
    const text = Buffer.from(ring.u8(s.draw(8))).toString('hex');
    s.end();
    return text;
  };
  // Whatever comes before, the draw counts.
  const first = hex(() => {});
  const later = new Set([
    hex((s) => s.draw(1)),
    hex((s) => {
      s.draw(1);
      s.drawOf(0, s.words(1));
    }),
    hex((s) => {
      s.draw(1);
      s.draw(1);
      s.drawPublic(s.words(1));
    }),
    hex((s) => {
      for (let i = 0; i < 4; i++) s.drawBits(1);
    }),
  ]);
  assert.is(later.size, 4);
  assert.not.ok(later.has(first));
});

test.run();
