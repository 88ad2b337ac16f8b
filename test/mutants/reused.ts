/** @file Masks that serve twice: within a gate, of an operand, or of another opening; and state of jobs that stays when it has to go. */
import { inFile, type Mutant } from './mutant.ts';
import { atOnce } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;
const faults = ['ir/faults.test.ts', 'ir/jobs.test.ts', 'ir/engine.test.ts'] as const;

/** A copy in the place of a mask. */
const copied = (s: string, from: string, use: string): string =>
  `((a) => (${s}.ring.copy(a, ${from}), a))(yield* ${use})`;

export const reused: readonly Mutant[] = [
  ...inFile(
    'src/gates/and.ts',
    secret,
    [
      [
        'an AND has the mask of its first operand',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${copied('d', 'bitsOf(ins[0].r)', "d.mask('r')")} }];`,
        "const out = yield* p.mask('r');",
        `const out = ${copied('p', 'bitsOf(ins[0].r)', "p.mask('r')")};`,
      ],
    ],
    'and',
  ),
  ...inFile(
    'src/gates/select.ts',
    secret,
    [
      [
        'a choice has the mask of what is chosen',
        'leak',
        "dealOpenTruncate(d, yield* d.mask('u'), attrs, 'stream')",
        `dealOpenTruncate(d, ${copied('d', 'ringOf(ins[1].r)', "d.mask('u')")}, attrs, 'stream')`,
        "const { array: u, fill } = yield* p.deferredMask('u');",
        `const { array: u, fill } = ${atOnce(copied('p', 'ringOf(ins[1].r)', "p.mask('u')"))};`,
      ],
    ],
    'select',
  ),
  ...inFile(
    'src/gates/multiply.ts',
    secret,
    [
      [
        'halves of a product of matrices share a mask',
        'leak',
        "const mask = yield* d.mask('u');",
        "const mask = ((a) => (d.ring.copy(a.view(a.length >> 1, a.length >> 1), a.view(0, a.length >> 1)), a))(yield* d.mask('u'));",
        "const u = yield* p.mask('u');",
        "const u = ((a) => (p.ring.copy(a.view(a.length >> 1, a.length >> 1), a.view(0, a.length >> 1)), a))(yield* p.mask('u'));",
        "const { array: u, fill } = yield* p.deferredMask('u'); const [cx, cy, rx, ry]",
        `const { array: u, fill } = ${atOnce("((a) => (p.ring.copy(a.view(a.length >> 1, a.length >> 1), a.view(0, a.length >> 1)), a))(yield* p.mask('u'))")}; const [cx, cy, rx, ry]`,
        "const { array: u, fill } = yield* p.deferredMask('u'); const compute",
        `const { array: u, fill } = ${atOnce("((a) => (p.ring.copy(a.view(a.length >> 1, a.length >> 1), a.view(0, a.length >> 1)), a))(yield* p.mask('u'))")}; const compute`,
      ],
    ],
    'mul,square,matmul',
  ),
  ...inFile(
    'src/gates/shuffle.ts',
    secret,
    [
      [
        'columns of a turn are moved under one mask',
        'leak',
        "[d.words(r.length), yield* d.mask('added', party * masks.length + j)];",
        "[d.words(r.length), ((a) => (j > 0 && d.ring.copy(a, globalThis.addedBefore), (globalThis.addedBefore = d.words(a.length)), d.ring.copy(globalThis.addedBefore, a), a))(yield* d.mask('added', party * masks.length + j))];",
        "const added = yield* p.mask('added', party * columns.length + j);",
        "const added = ((a) => (j > 0 && p.ring.copy(a, globalThis['addedOf' + p.rank]), (globalThis['addedOf' + p.rank] = p.words(a.length)), p.ring.copy(globalThis['addedOf' + p.rank], a), a))(yield* p.mask('added', party * columns.length + j));",
      ],
    ],
    'shuffle',
  ),
  ...inFile(
    'src/gates/bit-decomposition.ts',
    secret,
    [
      [
        'all bits of a number have one mask',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        "return [{ r: ((a) => { const all = d.ring.u8(a); all.copyWithin(all.length >> 1, 0, all.length >> 1); return a; })(yield* d.mask('r')) }];",
        "const r = yield* p.mask('r');",
        "const r = ((a) => { const all = p.ring.u8(a); all.copyWithin(all.length >> 1, 0, all.length >> 1); return a; })(yield* p.mask('r'));",
      ],
    ],
    'bits',
  ),
  ...inFile(
    'src/gates/guard.ts',
    ['gates/guard.test.ts', SECRECY],
    [
      [
        'questions of a verdict have one mask',
        'leak',
        "const rho = readWord(d, yield* d.mask('rho', i));",
        "const rho = i === 0 ? (d.firstRho = readWord(d, yield* d.mask('rho', i))) : (readWord(d, yield* d.mask('rho', i)), d.firstRho);",
        "const rho = readWord(p, yield* p.mask('rho', question));",
        "const rho = question === 0 ? (p.firstRho = readWord(p, yield* p.mask('rho', question))) : (readWord(p, yield* p.mask('rho', question)), p.firstRho);",
      ],
    ],
    'guard',
  ),
  ...inFile('src/ir/run/engine.ts', faults, [
    ['the dealer is not told what is freed', 'check', 'this.#material.free(ids);', ''],
    [
      'an object that was lost was never made',
      'wrong',
      'this.#objects.delete(id); this.#lost.set(id, cause);',
      'this.#objects.delete(id);',
    ],
    [
      'results of a job that was given up are not said to be lost',
      'wrong',
      'this.#lose(outs, cause); return cause;',
      'return cause;',
    ],
    ['a job that fails leaves its arrays', 'check', 'run.abandon(); scratch.end();', 'scratch.end();'],
    [
      'what was freed is lost for ever',
      'check',
      'this.#objects.delete(id); this.#lost.delete(id); this.#spoilt.delete(id);',
      'this.#lost.delete(id); this.#spoilt.delete(id);',
    ],
  ]),
  ...inFile(
    'src/ir/run/faults.ts',
    ['ir/fault-reports.test.ts', ...faults],
    [
      ['reports of one failure are taken for those of the next', 'wrong', 'this.#turn++;', ''],
      [
        'the limit stays after jobs were given up',
        'wrong',
        'this.#limit = Number.POSITIVE_INFINITY; for',
        'for',
      ],
    ],
  ),
  ...inFile('src/ir/run/job.ts', faults, [
    [
      'a dealer keeps what a job that was given up had',
      'check',
      'this.dealer.store.keepOnly(this.#objects.values());',
      '',
    ],
    ['a dealer keeps what parties have freed', 'check', 'if (entry) this.dealer.store.release(entry);', ''],
  ]),
  ...inFile('src/ir/run/dealer-engine.ts', faults, [
    ['a dealer counts on where jobs were given up', 'wrong', 'this.#next = next.place;', ''],
    [
      'a dealer keeps the objects of jobs that were given up',
      'check',
      'jobs.keepOnly(new Set(next.kept));',
      '',
    ],
  ]),
  ...inFile('src/ir/run/store.ts', faults, [
    [
      'what a run that was given up had stays in memory',
      'check',
      'if (!this.#counts.has(held)) this.#free(held);',
      ';',
    ],
  ]),
  ...inFile(
    'src/ir/run/outside.ts',
    ['device/limits.test.ts', 'ir/mask-stream.test.ts'],
    [
      [
        'slices of what lies outside have the mask of its beginning',
        'wrong',
        'start: stream.start + from, length: to - from',
        'start: stream.start, length: to - from',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/mask-numbers.ts',
    ['making/programs.test.ts'],
    [['all views of an array have one number', 'wrong', 'JSON.stringify(node.attrs)', '0']],
  ),
  ...inFile(
    'src/making/lattice/packed-products.ts',
    ['making/lattice-parameters.test.ts', 'making/lattice-products.test.ts'],
    [
      [
        'narrow products take fewer primes than they need',
        'wrong',
        'if (product >> BigInt(Math.ceil(bits) + 41) > 0n)',
        'if (product >> BigInt(Math.ceil(bits) + 1) > 0n)',
      ],
    ],
  ),
  ...inFile(
    'src/making/gates/chosen-digits.ts',
    ['making/gates.test.ts'],
    [['digits of a mask keep what is above them', 'wrong', 'clearAbove(m, planes, bits - 1);', '']],
  ),
  ...inFile(
    'src/making/gates/comparisons.ts',
    ['making/gates.test.ts'],
    [['a residue forgets what it carries out', 'wrong', 'ring.sub(r, r, high);', '']],
  ),
  ...inFile(
    'src/making/numbers.ts',
    ['making/gates.test.ts'],
    [
      ['digits are not moved up by their carries', 'wrong', 'ring.xor(moved, moved, product);', ''],
      [
        'a bit as a word counts both shares',
        'wrong',
        'ring.mulScalar(worth, own, m.scalar(-2));',
        'ring.zero(worth);',
      ],
    ],
  ),
  ...inFile(
    'src/dealer/party-context.ts',
    ['making/programs.test.ts', 'making/maker.test.ts'],
    [['both parties add what refreshes shares', 'wrong', 'if (!this.first) this.ring.neg(dst, dst);', '']],
  ),
];
