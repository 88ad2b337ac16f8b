/** @file More faults of what two parties make between them: pads that are known, shares that are not, checks that are gone. */
import { inFile, type Mutant } from './mutant.ts';

const EXTENSION = 'making/extension.test.ts';
const TRANSFERS = 'making/transfers.test.ts';
const FRESH = 'making/freshness.test.ts';
const CHOICES = 'making/choices.test.ts';
const VIEWS = 'making/views.test.ts';
const BALANCE = 'making/balance.test.ts';
const GATES = 'making/gates.test.ts';
const PROGRAMS = 'making/programs.test.ts';

/** A share or a mask that is nothing. */
const none = (use: string): string => `((a) => (p.ring.zero(a), a))(yield* ${use})`;
const noneMade = (use: string): string => `((a) => (m.ring.zero(a), a))(${use})`;

export const moreMaking: readonly Mutant[] = [
  ...inFile(
    'src/making/choices.ts',
    [CHOICES],
    [
      [
        'of two bits of a choice one decides the pad',
        'leak',
        'for (let b = 0; b < width; b++) for (let j = 0; j < DIGIT; j++) {',
        'for (let b = 0; b < width; b++) for (let j = 0; j < 1; j++) {',
        '(w) => { for (let j = 0; j < DIGIT; j++) {',
        '(w) => { for (let j = 0; j < 1; j++) {',
      ],
      [
        'pads of entries are the same for both settings of the highest bit',
        'leak',
        'const pad = at((e >> j) & 1, (j * PARTS + partOf(e, j)) * width + b); const to = at(2, e * width + b); if (j === 0)',
        'if (j === DIGIT - 1) continue; const pad = at((e >> j) & 1, (j * PARTS + partOf(e & (PARTS - 1), j)) * width + b); const to = at(2, e * width + b); if (j === 0)',
        'if (bit === j) continue; halve(',
        'if (bit === j) continue; if (bit === DIGIT - 1) { size /= 2; continue; } halve(',
        'if (j === 0) w.copy(at(2, b), at(0, first + b)); else w.xor',
        'if (j === 0) w.copy(at(2, b), at(0, first + b)); else if (j < DIGIT - 1) w.xor',
      ],
    ],
  ),
  ...inFile(
    'src/making/signs.ts',
    [VIEWS],
    [
      [
        'who chooses an entry reads the answer as it is',
        'leak',
        "const chosen = yield* p.receiveShare('chosen', place.index + h);",
        "const chosen = ((a) => (sends && p.ring.zero(a), a))(yield* p.receiveShare('chosen', place.index + h));",
      ],
    ],
  ),
  ...inFile(
    'src/making/chunks.ts',
    [BALANCE],
    [
      [
        'one party is the sender of all transfers',
        'wrong',
        'halvesOf(of.n).map(({ sender, ...part }) => ({ ...of, sender, part }))',
        'halvesOf(of.n).map(({ sender, ...part }) => ({ ...of, sender: 0 * sender, part }))',
      ],
    ],
  ),
  {
    name: 'top bits of shares are exchanged as they are',
    kind: 'leak',
    tests: [VIEWS],
    edits: [
      {
        file: 'src/making/opened.ts',
        find: "const own = yield* p.mask('tops');",
        replace: `const own = ${none("p.mask('tops')")};`,
      },
      {
        file: 'src/making/gates/multiply-select-and.ts',
        find: "const own = m.bitMask('tops');",
        replace: `const own = ${noneMade("m.bitMask('tops')")};`,
      },
    ],
  },
  {
    name: 'what two parties shift exactly is opened without a mask',
    kind: 'leak',
    tests: [VIEWS],
    edits: [
      {
        file: 'src/making/opened.ts',
        find: "const r = yield* p.mask('next');",
        replace: `const r = ${none("p.mask('next')")};`,
      },
    ],
  },
  {
    name: 'what two parties shift freely is opened without a mask',
    kind: 'leak',
    tests: [VIEWS],
    edits: [
      {
        file: 'src/making/opened.ts',
        find: "const r = yield* p.receiveShare('shifted');",
        replace: `const r = ${none("p.receiveShare('shifted')")};`,
      },
    ],
  },
  {
    name: 'products of two parties are opened without a mask',
    kind: 'leak',
    tests: [VIEWS],
    edits: [
      {
        file: 'src/making/opened.ts',
        find: "const r = yield* p.receiveShare('outMask');",
        replace: `const r = ${none("p.receiveShare('outMask')")};`,
      },
    ],
  },
  ...inFile(
    'src/making/opened.ts',
    [GATES, PROGRAMS, VIEWS],
    [
      [
        'shares are shifted where they lie though one party has all of it',
        'wrong',
        "const zero = yield* p.mask('refresh');",
        `const zero = ${none("p.mask('refresh')")};`,
      ],
      ['shares of 0 are taken for 2^k', 'wrong', 'ring.sub(bit, bit, word); }', '}'],
      [
        'both parties round down',
        'wrong',
        'if (!first) ring.neg(share, share); scaling.down(down, share); if (!first) ring.neg(down, down);',
        'scaling.down(down, share);',
      ],
    ],
  ),
  ...inFile(
    'src/making/maker.ts',
    ['making/maker.test.ts', PROGRAMS],
    [
      [
        'products of masks that one party knows are shifted where they lie',
        'wrong',
        'if (this.first) this.ring.add(words, words, zero); else this.ring.sub(words, words, zero);',
        '',
      ],
      [
        'a mask of the other party is drawn from the own stream',
        'leak',
        "if (slot.kind === 'ownMask' && slot.owner !== this.rank)",
        "if (slot.kind === 'ownMask' && slot.owner === undefined)",
      ],
      [
        'shares of another length are put',
        'check',
        'if (!fits(slot, array))',
        'if (array.kind !== slot.form)',
      ],
      [
        'a share that nobody has made is taken for made',
        'check',
        'this.checkUsed((slot) => this.#placeOf(slot) !== undefined);',
        '',
      ],
    ],
  ),
  ...inFile(
    'src/making/base.ts',
    [EXTENSION, FRESH],
    [
      [
        'numbers of base transfers have eight bits',
        'leak',
        "const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');",
        "const hex = Array.from(bytes.subarray(63), (b) => b.toString(16).padStart(2, '0')).join('');",
      ],
      [
        'numbers of base transfers may be 0',
        'check',
        'return scalar === Point.Fn.ZERO ? Point.Fn.ONE : scalar;',
        'return scalar;',
      ],
      [
        'a receiver shows its choice',
        'leak',
        'const own = Point.BASE.multiply(scalar);',
        'const own = Point.BASE.multiply(bit === 1 ? scalar : Point.Fn.ONE);',
        'this.#point.multiply(scalar)',
        'this.#point.multiply(bit === 1 ? scalar : Point.Fn.ONE)',
      ],
    ],
  ),
  ...inFile(
    'src/making/seeds.ts',
    [EXTENSION, FRESH],
    [
      [
        'both children of a seed are the same',
        'leak',
        'return [both.slice(0, KEY), both.slice(KEY, 2 * KEY)];',
        'return [both.slice(0, KEY), both.slice(0, KEY)];',
      ],
      ['all blocks grow from one root', 'leak', 'let nodes = [root];', 'let nodes = [roots[0]];'],
      [
        'sums of both sides are under one key',
        'leak',
        'xorInto(at, keys[transfer][side]);',
        'xorInto(at, keys[transfer][0]); xorInto(at, keys[transfer][1]); xorInto(at, keys[transfer][1]);',
      ],
    ],
  ),
  ...inFile(
    'src/making/extension.ts',
    [EXTENSION, FRESH, VIEWS],
    [
      [
        'pads are nothing',
        'leak',
        'this.#pads.fill(dst, rows, from, each, NOTHING, numberOf(place));',
        'this.#ring.zero(dst);',
        'this.#pads.fill(dst, rows, from, each, choice === 1 ? this.#secret : NOTHING, numberOf(place));',
        'this.#ring.zero(dst);',
      ],
      [
        'who lacks a leaf has its choices in the clear',
        'leak',
        'ring.xor(total, total, choices);',
        'ring.copy(total, choices);',
        'prg.fill(leaves.plane(x), place.job, place.chunk); });',
        'ring.zero(leaves.plane(x)); });',
        'if (prg) prg.fill(leaves.plane(x), place.job, place.chunk);',
        'if (prg) ring.zero(leaves.plane(x));',
      ],
      [
        'the secret of a sender is nothing',
        'leak',
        '(byte, b) => byte % math.pow2(blocks[b])',
        '(byte) => byte & 1',
      ],
    ],
  ),
  ...inFile(
    'src/making/transfers.ts',
    [TRANSFERS, FRESH],
    [
      [
        'both directions have chunks of their own numbers alone',
        'leak',
        'this.#chunk += Math.max(sent.length, received.length);',
        'this.#chunk += Math.min(sent.length, received.length);',
      ],
    ],
  ),
];
