/** @file Faults of material and streams. */
import { inFile, type Mutant } from './mutant.ts';

const material = ['gates/material.test.ts', 'gates/secrecy.test.ts'] as const;

export const dealer: readonly Mutant[] = [
  ...inFile(
    'src/dealer/material.ts',
    material,
    [
      [
        'rank 0 is given values as they are, not corrections',
        'leak',
        'subtract(this.ring, others, value, others);',
        'this.ring.copy(others, value);',
        'return this.rank === 0 ? this.#received(dst, width) : this.#own(dst);',
        'if (this.rank === 0) return this.#received(dst, width); this.#draws++; this.ring.zero(dst); return dst;',
      ],
      [
        'only the last party masks a correction',
        'leak',
        'this.#total(others, temp, 1);',
        'this.#total(others, temp, this.#prgs.length - 1);',
        'return this.rank === 0 ? this.#received(dst, width) : this.#own(dst);',
        'if (this.rank === 0) return this.#received(dst, width); this.#own(dst); if (this.rank === 1) this.ring.zero(dst); return dst;',
      ],
      [
        'all draws of one owner are the same stream',
        'leak',
        'this.#prgs[owner].fill(dst, this.#gate, this.#draws++);',
        'this.#prgs[owner].fill(dst, this.#gate, 0 * this.#draws++);',
        'if (owner === this.rank) return this.#own(dst);',
        'if (owner === this.rank) { this.#draws++; this.#prg.fill(dst, this.#gate, 0); return dst; }',
      ],
      [
        'streams do not depend on the gate',
        'leak',
        'this.#prgs[from].fill(dst, this.#gate, draw);',
        'this.#prgs[from].fill(dst, 0, draw);',
        'prg.fill(temp, this.#gate, draw);',
        'prg.fill(temp, 0, draw);',
        'this.#prg.fill(array.view(start, count), this.#gate, draw,',
        'this.#prg.fill(array.view(start, count), 0, draw,',
        'this.#prg.fill(dst, this.#gate, this.#draws++);',
        'this.#prg.fill(dst, 0, this.#draws++);',
      ],
      [
        'parts of a draw begin anew',
        'leak',
        'this.#gate, draw, start * array.field.bytes);',
        'this.#gate, draw, 0);',
      ],
      [
        "another party's draw does not count",
        'leak',
        'this.#draws++; this.ring.zero(dst); dst.zero = true;',
        'this.ring.zero(dst); dst.zero = true;',
      ],
      [
        'too much material is taken for enough',
        'check',
        'if (this.#at !== this.#correction.length) this.#diverged();',
        '',
      ],
      [
        'material of another length is read',
        'check',
        "if (chunk?.length !== this.ring.wireBytes(dst, width) || 'array' in chunk)",
        "if (chunk === undefined || 'array' in chunk)",
      ],
      [
        'arrays of another form are handed over',
        'check',
        "if (array.kind !== kind || array.length !== n || (array.kind === 'bits' && array.planes !== planes))",
        'if (array.kind !== kind)',
      ],
      [
        'arrays of another kind are handed over',
        'check',
        'if (array.kind !== kind || array.length',
        'if (array.length',
      ],
    ],
    'mul,shuffle',
  ),
  ...inFile(
    'src/dealer/material.ts',
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
    'src/dealer/source.ts',
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
