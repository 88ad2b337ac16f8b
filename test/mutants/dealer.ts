/** @file Faults of material and streams. */
import { inFile, type Mutant } from './mutant.ts';

const material = ['gates/material.test.ts', 'gates/secrecy.test.ts'] as const;

export const dealer: readonly Mutant[] = [
  ...inFile(
    'src/dealer/dealer-context.ts',
    material,
    [
      [
        'rank 0 is given values as they are, not corrections',
        'leak',
        'subtract(this.ring, others, value, others);',
        'this.ring.copy(others, value);',
      ],
      [
        'only the last party masks a correction',
        'leak',
        'this.#total(slot, others, 1);',
        'this.#total(slot, others, this.#prgs.length - 1);',
      ],
      [
        'a slot that the dealer does not fill is taken for filled',
        'check',
        "this.checkUsed(({ kind }) => kind !== 'publicCoins');",
        '',
      ],
      ['a value of another form is shared', 'check', 'if (!fits(slot, value))', 'if (!slot)'],
    ],
    'mul,shuffle',
  ),
  ...inFile(
    'src/dealer/slots.ts',
    material,
    [
      [
        'all slots of a gate are the same stream',
        'leak',
        'stream: slots.length,',
        'stream: 0 * slots.length,',
      ],
      [
        'slots of bits are found whatever their planes',
        'check',
        "(a.kind !== 'bits' || a.planes === slot.planes)",
        "(a.kind !== 'bits' || a.planes > 0)",
      ],
      ['slots are found whatever their length', 'check', ' && a.length === slot.length', ''],
      ['slots are found whatever their form', 'check', 'a.kind === slot.form && ', ''],
      [
        'bytes of a declaration are those of rank 0 alone',
        'wrong',
        'this.bytesToOthers += size;',
        'this.bytesToOthers += 0 * size;',
      ],
    ],
    'mul,shuffle',
  ),
  ...inFile(
    'src/dealer/material-context.ts',
    material,
    [
      ['a slot may be used twice', 'check', 'if (this.#used[slot.stream])', 'if (!slot)'],
      ['a slot may be left out', 'check', 'if (missing)', 'if (!missing)'],
    ],
    'mul,shuffle',
  ),
  ...inFile(
    'src/dealer/party-context.ts',
    material,
    [
      [
        'parts of a mask begin anew',
        'leak',
        'this.gate, slot.stream, start * array.field.bytes);',
        'this.gate, slot.stream, 0);',
      ],
      [
        'streams do not depend on the gate',
        'leak',
        'const dst = this.arrayOf(slot); this.#prg.fill(dst, this.gate, slot.stream);',
        'const dst = this.arrayOf(slot); this.#prg.fill(dst, 0, slot.stream);',
      ],
      [
        "another party's mask is drawn from the own stream",
        'leak',
        "slot.kind === 'ownMask' && slot.owner !== this.rank",
        "slot.kind === 'ownMask' && slot.owner === undefined",
      ],
      [
        'too much material is taken for enough',
        'check',
        'if (this.#chunks.length !== this.#expected)',
        'if (this.#chunks.length < this.#expected)',
      ],
      [
        'material of another length is read',
        'check',
        'if (chunk?.length !== slot.size)',
        'if (chunk === undefined)',
      ],
      [
        'arrays of another form are handed over',
        'check',
        'if (!fits(slot, chunk.array))',
        'if (chunk.array.kind !== slot.form)',
      ],
    ],
    'mul,shuffle',
  ),
  ...inFile(
    'src/dealer/group.ts',
    ['gates/compare.test.ts'],
    [
      [
        'shares of bytes are taken away the other way round',
        'wrong',
        'ring.sub8(dst, a, b);',
        'ring.add8(dst, a, b);',
      ],
    ],
  ),
  ...inFile(
    'src/ring/prg.ts',
    ['ring/prg.test.ts', 'gates/material.test.ts'],
    [
      [
        'streams of gates 2^32 apart are the same',
        'leak',
        'gate % math.pow2(32), high, draw);',
        'gate % math.pow2(32), 0, draw);',
      ],
      [
        'draws of a gate are the same stream',
        'leak',
        'gate % math.pow2(32), high, draw);',
        'gate % math.pow2(32), high, 0);',
      ],
      [
        'half of a seed is not used',
        'leak',
        'view.getUint32(i * 4, true)',
        'view.getUint32((i % 4) * 4, true)',
      ],
      ['seeds of any length are taken', 'check', 'if (seed.length !== 32)', 'if (seed.length < 1)'],
      ['a stream may wrap around', 'check', 'byteOffset + dst.bytes <= STREAM)', 'byteOffset <= STREAM)'],
    ],
  ),
  ...inFile(
    'src/ring/node-kernel-host.ts',
    ['ir/repeats.test.ts', 'ring/prg.test.ts'],
    [
      [
        'random bytes are zeros',
        'leak',
        'for (let at = 0; at < n; at += 65536)',
        'for (let at = 0; at < 0; at += 65536)',
      ],
    ],
  ),
  ...inFile(
    'src/dealer/material-source.ts',
    ['ir/engine.test.ts'],
    [
      [
        'corrections are read one byte late',
        'wrong',
        'return message.subarray(at - size, at);',
        'return message.subarray(at - size + 1, at + 1);',
      ],
    ],
  ),
];
