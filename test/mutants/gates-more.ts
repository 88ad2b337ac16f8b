/** @file More faults of gates: of keys, of leading digits, of what is opened in the middle of a gate, and of material of several kinds. */
import { inFile, type Mutant } from './mutant.ts';
import { atOnce, zeros } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;

export const moreGateFaults: readonly Mutant[] = [
  ...inFile(
    'src/gates/spline-fss.ts',
    secret,
    [
      [
        'splines are opened without a mask',
        'leak',
        "const u = yield* d.mask('u');",
        `const u = ${zeros('d', "d.mask('u')")};`,
        "const u = yield* p.mask('u'); ring.add(share, share, u);",
        `const u = ${zeros('p', "p.mask('u')")}; ring.add(share, share, u);`,
        "const u = yield* p.mask('u'); p.ring.add(share, share, u);",
        `const u = ${zeros('p', "p.mask('u')")}; p.ring.add(share, share, u);`,
      ],
      [
        'a multiple of x above the pieces is opened without a mask',
        'leak',
        "d.ring.add(mask, kept.r, yield* d.mask('beside'));",
        `d.ring.add(mask, kept.r, ${zeros('d', "d.mask('beside')")});`,
        "const beside = yield* p.mask('beside');",
        `const beside = ${zeros('p', "p.mask('beside')")};`,
      ],
    ],
    'splineFss,exponentialFss',
  ),
  ...inFile(
    'src/gates/leading-digit.ts',
    secret,
    [
      [
        'borrows into the digits are opened without masks',
        'leak',
        "const borrowMasks = yield* d.mask('borrowMasks');",
        `const borrowMasks = ${zeros('d', "d.mask('borrowMasks')")};`,
        "const borrowMasks = yield* p.mask('borrowMasks');",
        `const borrowMasks = ${zeros('p', "p.mask('borrowMasks')")};`,
      ],
      [
        'the digit that leads is opened without masks',
        'leak',
        "outs.push({ r: yield* d.mask('results', i) });",
        `outs.push({ r: ${zeros('d', "d.mask('results', i)")} });`,
        "const r = yield* p.mask('results', i);",
        `const r = ${zeros('p', "p.mask('results', i)")};`,
      ],
    ],
    'leadingDigit',
  ),
  ...inFile(
    'src/gates/and-stages.ts',
    secret,
    [
      [
        'planes of stages are opened without masks',
        'leak',
        'const masks = yield* d.mask(names.masks, index);',
        'const masks = ((a) => (d.ring.zero(a), a))(yield* d.mask(names.masks, index));',
        'const masks = yield* p.mask(names.masks, index);',
        'const masks = ((a) => (p.ring.zero(a), a))(yield* p.mask(names.masks, index));',
      ],
    ],
    'leadingDigit',
  ),
  ...inFile(
    'src/gates/exponential.ts',
    secret,
    [
      [
        'windows of e^x are opened without masks',
        'leak',
        "masks.push({ r: yield* d.mask('masks', i) });",
        `masks.push({ r: ${zeros('d', "d.mask('masks', i)")} });`,
        "masks.push(yield* p.mask('masks', i));",
        `masks.push(${zeros('p', "p.mask('masks', i)")});`,
      ],
      [
        'windows of e^x share one mask',
        'leak',
        "masks.push({ r: yield* d.mask('masks', i) });",
        "masks.push({ r: ((a) => (i > 0 && d.ring.copy(a, masks[0].r), a))(yield* d.mask('masks', i)) });",
        "masks.push(yield* p.mask('masks', i));",
        "masks.push(((a) => (i > 0 && p.ring.copy(a, masks[0]), a))(yield* p.mask('masks', i)));",
      ],
    ],
    'exponentials',
  ),
  ...inFile(
    'src/gates/open-truncate.ts',
    secret,
    [
      [
        'the mask of what an exact truncation opens last is a stream that everybody knows',
        'leak',
        "next: t.trunc > 0 && t.exact ? words('mask', n) : undefined,",
        "next: t.trunc > 0 && t.exact ? words('publicMask', n) : undefined,",
        "next: yield* p.mask('next') };",
        "next: ((a) => (p.first || p.ring.zero(a), a))(yield* p.mask('next')) };",
      ],
    ],
    'mul,select',
  ),
  ...inFile(
    'src/gates/select.ts',
    secret,
    [
      [
        'a choice is masked by rank 0 alone',
        'leak',
        'u: words(openedUnder(t, made), n),',
        "u: { ...words('ownMask', n), owner: 0 },",
        "const { array: u, fill } = yield* p.deferredMask('u');",
        `const { array: u, fill } = ${atOnce("yield* p.mask('u')")};`,
      ],
    ],
    'select',
  ),
  ...inFile(
    'src/gates/lookup.ts',
    secret,
    [
      [
        'what is looked up is masked by the last party alone',
        'leak',
        "r: words('mask', a.outer * a.m * a.inner),",
        "r: { ...words('ownMask', a.outer * a.m * a.inner), owner: 1 },",
      ],
    ],
    'lookup',
  ),
  ...inFile(
    'src/gates/sort.ts',
    [SECRECY, 'gates/order.test.ts'],
    [
      [
        'signs of a sort are those of the public parts alone',
        'wrong',
        "yield* d.share('sign', sign, place.index);",
        "d.ring.zero(sign); yield* d.share('sign', sign, place.index);",
      ],
      [
        'all sorted columns share one mask',
        'leak',
        "outs.push({ r: yield* d.mask('masks', i) });",
        "outs.push({ r: ((a) => (i > 0 && d.ring.copy(a, outs[0].r), a))(yield* d.mask('masks', i)) });",
        "masks.push(yield* p.mask('masks', i));",
        "masks.push(((a) => (i > 0 && p.ring.copy(a, masks[0]), a))(yield* p.mask('masks', i)));",
      ],
      [
        'a sort that ran out of comparisons gives what it has',
        'check',
        'if (!plan.finished) fail(',
        'if (!plan) fail(',
      ],
    ],
    'sort',
  ),
  ...inFile(
    'src/gates/random-bits.ts',
    ['ir/repeats.test.ts', SECRECY],
    [
      [
        'random bits are those of rank 0 alone',
        'leak',
        'p.ring.u8(share).set(randomBytes(share.bytes));',
        'p.ring.zero(share); if (p.first) p.ring.u8(share).set(randomBytes(share.bytes));',
      ],
    ],
    'randomBits',
  ),
  ...inFile(
    'src/gates/input-reveal.ts',
    secret,
    [
      [
        "reveal's sharing of zero is dropped where bits are revealed",
        'leak',
        'add(p.ring, r, r, zero);',
        "if (r.kind !== 'bits') add(p.ring, r, r, zero);",
      ],
      [
        'what is hidden has no mask',
        'leak',
        "slots: ({ ins: [x] }, _) => ({ r: x.kind === 'bits' ? bits('publicMask', x.length) : words('publicMask', x.length), }), *deal(d) { return [{ r: yield* d.mask('r') }]; },",
        `slots: ({ ins: [x] }, _) => ({ r: x.kind === 'bits' ? bits('publicMask', x.length) : words('publicMask', x.length), }), *deal(d) { return [{ r: ${zeros('d', "d.mask('r')")} }]; },`,
        "const r = yield* p.mask('r'); add(p.ring, c, plain, r);",
        `const r = ${zeros('p', "p.mask('r')")}; add(p.ring, c, plain, r);`,
      ],
    ],
    'reveal,hide',
  ),
  ...inFile(
    'src/gates/guard.ts',
    ['gates/guard.test.ts', SECRECY],
    [
      [
        'the verdict is asked about the first site alone',
        'check',
        'yield* isSome(p, upTo(sums.length - 1), asked++)',
        'yield* isSome(p, upTo(0), asked++)',
      ],
      [
        'questions of the verdict have one factor',
        'leak',
        "const alpha = readWord(d, yield* d.mask('alpha', i));",
        "const alpha = 0x80000001 | (0 * readWord(d, yield* d.mask('alpha', i)));",
        "const alpha = readWord(p, yield* p.mask('alpha', question));",
        "const alpha = (p.first ? 0x80000001 : 0) | (0 * readWord(p, yield* p.mask('alpha', question)));",
      ],
    ],
    'guard',
  ),
  ...inFile(
    'src/gates/range-rows.ts',
    ['gates/guard.test.ts'],
    [
      [
        'numbers that a margin keeps out are let in',
        'check',
        'd.ring.rangeTable(rows, r.view(start, length), margin, round);',
        'd.ring.rangeTable(rows, r.view(start, length), 127, round);',
      ],
    ],
  ),
  ...inFile(
    'src/gates/permutation.ts',
    ['gates/permutation.test.ts'],
    [
      [
        'words that favour some places are taken',
        'leak',
        'while (word >= fair && at < end)',
        'while (word > fair * 2 && at < end)',
      ],
    ],
  ),
  ...inFile(
    'src/gates/is-zero.ts',
    ['gates/compare.test.ts', SECRECY],
    [
      [
        'zeros are found by the low digits alone',
        'wrong',
        'p.ring.countUnequal(count, c, bits, product, p.first);',
        'p.ring.zero(product); p.ring.countUnequal(count, c, bits, product, p.first);',
      ],
    ],
    'isZero',
  ),
  ...inFile(
    'src/gates/scale.ts',
    ['gates/scale.test.ts'],
    [
      [
        'an exact product by a public number forgets the wrap',
        'wrong',
        'd.ring.shr(wraps, r, d.field.bits - 1);',
        'd.ring.zero(wraps);',
      ],
    ],
  ),
  ...inFile(
    'src/gates/truncate.ts',
    ['gates/arithmetic.test.ts', 'gates/scale.test.ts'],
    [
      [
        'a truncation takes negative masks for large ones',
        'wrong',
        'd.ring.sar(r, ringOf(x.r), t.trunc);',
        'd.ring.shr(r, ringOf(x.r), t.trunc);',
      ],
    ],
  ),
  ...inFile(
    'src/gates/compare-fss.ts',
    ['gates/fss.test.ts', 'gates/compare.test.ts'],
    [['answers of keys forget the sign of the mask', 'wrong', 'ring.xor(out, out, maskSign);', '']],
  ),
  ...inFile(
    'src/gates/fss-keys.ts',
    ['gates/fss.test.ts', SECRECY],
    [
      [
        'each party has the root seeds of both',
        'leak',
        "const seeds = [yield* p.mask('seeds', 0), yield* p.mask('seeds', 1)]; p.drop(seeds[1 - p.rank]); return { seed: seeds[p.rank], words",
        "const seeds = [yield* p.mask('seeds', 0), yield* p.mask('seeds', 1)]; p.drop(seeds[1 - p.rank]); return { seed: seeds[0], words",
      ],
    ],
    'lessFss',
  ),
  ...inFile(
    'src/gates/integer-compare.ts',
    ['gates/integer.test.ts'],
    [
      [
        'a residue is not cut to its bits',
        'wrong',
        'd.ring.shl(r, ringOf(x.r), d.field.bits - bits); d.ring.shr(r, r, d.field.bits - bits + shift);',
        'd.ring.shr(r, ringOf(x.r), shift);',
      ],
      [
        'of three borrows of a comparison two are counted',
        'wrong',
        'for (let i = 0; i < 3; i++)',
        'for (let i = 0; i < 2; i++)',
      ],
    ],
  ),
  ...inFile(
    'src/gates/local-ops.ts',
    ['gates/arithmetic.test.ts', 'ir/public-among-secrets.test.ts', 'ir/ops.test.ts'],
    [
      [
        'a public number less a secret has the mask of the secret',
        'wrong',
        '(x.r ?? (y.r && negated(s, y.r)))',
        '(x.r ?? y.r)',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/step.ts',
    ['gates/known-zeros.test.ts', 'numpy/slices.test.ts', 'numpy/places.test.ts'],
    [
      [
        'what has one share of zeros is zeros',
        'wrong',
        'operands.every((v) => !v.r || v.r.zero)',
        'operands.some((v) => !v.r || v.r.zero)',
      ],
      [
        'blocks at public places may leave the array',
        'wrong',
        'Math.min(Math.max(Number(e.data[0]), 0), shape[axis] - size[axis])',
        'Number(e.data[0])',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/outside.ts',
    ['device/limits.test.ts'],
    [
      [
        'what has one part of zeros outside is zeros',
        'wrong',
        'zero = fill(all.view(at, part.length), part) && zero;',
        'zero = fill(all.view(at, part.length), part) || zero;',
      ],
    ],
  ),
];
