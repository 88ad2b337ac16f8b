/** @file Faults of gates on numbers: masks that are gone, shared or known; and values that are wrong. */
import { inFile, type Mutant } from './mutant.ts';
import { atFirst, atOnce, zeros } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;
const arithmetic = ['gates/known-zeros.test.ts', 'gates/arithmetic.test.ts'] as const;

export const gateFaults: readonly Mutant[] = [
  ...inFile(
    'src/gates/multiply.ts',
    secret,
    [
      [
        'products are opened without a mask',
        'leak',
        "const mask = yield* d.mask('u');",
        `const mask = ${zeros('d', "d.mask('u')")};`,
        "const { array: u, fill } = yield* p.deferredMask('u'); const [cx, cy, rx, ry]",
        `const { array: u, fill } = ${atOnce(zeros('p', "p.mask('u')"))}; const [cx, cy, rx, ry]`,
        "const { array: u, fill } = yield* p.deferredMask('u'); const compute",
        `const { array: u, fill } = ${atOnce(zeros('p', "p.mask('u')"))}; const compute`,
        "const u = yield* p.mask('u');",
        `const u = ${zeros('p', "p.mask('u')")};`,
      ],
      [
        'the mask of products is that of rank 0 alone',
        'leak',
        "u: words('pad', n), ...truncationSlots(n, t, 'product', made),",
        "u: { ...words('ownMask', n), owner: 0 }, ...truncationSlots(n, t, 'product', made),",
        "const { array: u, fill } = yield* p.deferredMask('u'); const [cx, cy, rx, ry]",
        `const { array: u, fill } = ${atOnce("yield* p.mask('u')")}; const [cx, cy, rx, ry]`,
        "const { array: u, fill } = yield* p.deferredMask('u'); const compute",
        `const { array: u, fill } = ${atOnce("yield* p.mask('u')")}; const compute`,
      ],
      [
        'the mask of products is a stream that everybody knows',
        'leak',
        "u: words('pad', n), ...truncationSlots(n, t, 'product', made),",
        "u: words('publicMask', n), ...truncationSlots(n, t, 'product', made),",
        "const { array: u, fill } = yield* p.deferredMask('u'); const [cx, cy, rx, ry]",
        `const { array: u, fill } = ${atOnce(atFirst("p.mask('u')"))}; const [cx, cy, rx, ry]`,
        "const { array: u, fill } = yield* p.deferredMask('u'); const compute",
        `const { array: u, fill } = ${atOnce(atFirst("p.mask('u')"))}; const compute`,
        "const u = yield* p.mask('u');",
        `const u = ${atFirst("p.mask('u')")};`,
      ],
    ],
    'mul,square,matmul',
  ),
  ...inFile('src/gates/multiply.ts', arithmetic, [
    [
      'a product by a share of zeros is left out at the others too',
      'wrong',
      'if (rx.zero && !whole)',
      'if (rx.zero)',
    ],
    [
      'a product takes the wrong public factor',
      'wrong',
      'timesPublic(p, at(u), x, cy, at);',
      'timesPublic(p, at(u), x, cx, at);',
    ],
    [
      'a batch of products takes the first left operand for all',
      'wrong',
      'a.view(i * m * k, m * k), b.view(i * k * n, k * n)];',
      'a.view(0, m * k), b.view(i * k * n, k * n)];',
    ],
  ]),
  ...inFile(
    'src/gates/open-truncate.ts',
    secret,
    [
      [
        'the second opening of an exact truncation has no mask',
        'leak',
        "const next = yield* d.mask('next');",
        `const next = ${zeros('d', "d.mask('next')")};`,
        "next: yield* p.mask('next') };",
        `next: ${zeros('p', "p.mask('next')")} };`,
      ],
      [
        'the second opening of an exact truncation is masked by one party',
        'leak',
        "next: t.trunc > 0 && t.exact ? words('mask', n) : undefined,",
        "next: t.trunc > 0 && t.exact ? { ...words('ownMask', n), owner: 1 } : undefined,",
      ],
    ],
    'mul,truncateExact,select',
  ),
  ...inFile('src/gates/open-truncate.ts', arithmetic, [
    ['exact truncation forgets the wrap', 'wrong', 'ring.mul(out, out, wrap);', ''],
    [
      'exact truncation does not lift what may be negative',
      'wrong',
      'ring.addScalar(c, masked, p.scalar(math.pow2(k - 2)));',
      'ring.copy(c, masked);',
    ],
  ]),
  ...inFile(
    'src/gates/input-reveal.ts',
    secret,
    [
      [
        "reveal's sharing of zero is dropped at three parties",
        'leak',
        'zero: parties > 2 ? zeroFor(x)',
        'zero: parties > 99 ? zeroFor(x)',
        'if (d.parties > 2) {',
        'if (d.parties > 99) {',
        'if (p.parties > 2) {',
        'if (p.parties > 99) {',
      ],
      [
        "reveal's sharing of zero is all zeros",
        'leak',
        "const zero = yield* p.receiveShare('zero');",
        `const zero = ${zeros('p', "p.receiveShare('zero')")};`,
      ],
      ['reveal tells everybody', 'leak', 'yield* p.open(r, { to });', 'yield* p.open(r);'],
      [
        'an input travels without a mask',
        'leak',
        "*deal(d) { return [{ r: yield* d.mask('r') }]; }, *eval(p, _, attrs) { const r = yield* p.mask('r');",
        `*deal(d) { return [{ r: ${zeros('d', "d.mask('r')")} }]; }, *eval(p, _, attrs) { const r = ${zeros('p', "p.mask('r')")};`,
      ],
      [
        "an input's mask is a stream that everybody knows",
        'leak',
        "r: ofOwner(owner, isBits ? bits('ownMask', length) : words('ownMask', length)),",
        "r: isBits ? bits('publicMask', length) : words('publicMask', length),",
        "*eval(p, _, attrs) { const r = yield* p.mask('r');",
        `*eval(p, _, attrs) { const r = ((a) => (attrs.owner === p.rank || p.ring.zero(a), a))(yield* p.mask('r'));`,
      ],
      [
        "an input's mask is another party's",
        'leak',
        'slots: (_, { owner, length, bits: isBits }) => ({ r: ofOwner(owner, isBits',
        'slots: ({ parties }, { owner, length, bits: isBits }) => ({ r: ofOwner((owner + 1) % parties, isBits',
      ],
    ],
    'input,reveal',
  ),
  ...inFile(
    'src/gates/input-reveal.ts',
    ['gates/input-reveal.test.ts'],
    [
      ['what is revealed to some is handed out at all', 'leak', 'if (!to.includes(p.rank)) return [{}];', ''],
      ['reveal adds the mask', 'wrong', 'subtract(p.ring, r, x.c, r);', 'add(p.ring, r, x.c, r);'],
    ],
  ),
  ...inFile(
    'src/gates/shuffle.ts',
    ['gates/permutation.test.ts', SECRECY],
    [
      [
        'the last opening of a shuffle has no fresh mask',
        'leak',
        "outs.push({ r: yield* d.mask('masks', j) });",
        `outs.push({ r: ${zeros('d', "d.mask('masks', j)")} });`,
        "masks.push(yield* p.mask('masks', j));",
        `masks.push(${zeros('p', "p.mask('masks', j)")});`,
      ],
      [
        'columns of a shuffle share the mask of the last opening',
        'leak',
        "outs.push({ r: yield* d.mask('masks', j) });",
        "outs.push({ r: ((a) => (j > 0 && d.ring.copy(a, outs[0].r), a))(yield* d.mask('masks', j)) });",
        "masks.push(yield* p.mask('masks', j));",
        "masks.push(((a) => (j > 0 && p.ring.copy(a, masks[0]), a))(yield* p.mask('masks', j)));",
      ],
      [
        'a turn of a shuffle shows what it moves',
        'leak',
        "[d.words(r.length), yield* d.mask('added', party * masks.length + j)];",
        `[d.words(r.length), ${zeros('d', "d.mask('added', party * masks.length + j)")}];`,
        "const added = yield* p.mask('added', party * columns.length + j);",
        `const added = ${zeros('p', "p.mask('added', party * columns.length + j)")};`,
      ],
      [
        'the coins of a shuffle are a constant',
        'leak',
        'p.ring.u8(seed).set(randomBytes(SEED));',
        'p.ring.u8(seed).fill(7);',
      ],
      [
        'the coins of a shuffle are those of one party',
        'leak',
        'p.ring.u8(seed).set(randomBytes(SEED));',
        'p.ring.zero(seed); if (p.first) p.ring.u8(seed).set(randomBytes(SEED));',
      ],
      [
        'the permutation that parties draw is never applied',
        'leak',
        'move(p, part, share, from);',
        'p.ring.copy(part, share);',
      ],
      [
        'a party draws its permutation from a stream that all know',
        'leak',
        "orders: owners.map((party) => ofOwner(party, bytes('ownMask', streamBytes(lanes, n)))),",
        "orders: owners.map(() => bytes('publicMask', streamBytes(lanes, n))),",
      ],
    ],
    'shuffle',
  ),
  ...inFile(
    'src/gates/permutation.ts',
    ['gates/permutation.test.ts'],
    [
      [
        'permutations never move the first two',
        'leak',
        'for (let i = n - 1; i > 0; i--) {',
        'for (let i = n - 1; i > 1; i--) {',
      ],
      [
        'permutations are cycles (an element never stays)',
        'leak',
        'const j = word % (i + 1);',
        'const j = word % i;',
      ],
      ['all lanes are shuffled alike', 'leak', 'let at = lane * each;', 'let at = 0;'],
      [
        'half of a word of 128 bits stays',
        'wrong',
        'to[a + 3] = source[b + 3];',
        'to[a + 3] = source[a + 3];',
      ],
    ],
  ),
  ...inFile(
    'src/gates/sort.ts',
    [SECRECY, 'gates/order.test.ts'],
    [
      [
        'differences of a sort are opened without a mask',
        'leak',
        "const rho = yield* d.mask('rho', index);",
        `const rho = ${zeros('d', "d.mask('rho', index)")};`,
        "const rho = yield* p.mask('rho', index);",
        `const rho = ${zeros('p', "p.mask('rho', index)")};`,
      ],
      [
        'sorted columns are opened without a mask',
        'leak',
        "outs.push({ r: yield* d.mask('masks', i) });",
        `outs.push({ r: ${zeros('d', "d.mask('masks', i)")} });`,
        "masks.push(yield* p.mask('masks', i));",
        `masks.push(${zeros('p', "p.mask('masks', i)")});`,
      ],
      ['comparisons of a sort tell of equal keys', 'leak', 'p.ring.add(key, key, place);', ''],
      ['a sort that ascends descends', 'wrong', '(descending ? -1 : 1)', '(descending ? 1 : -1)'],
    ],
    'sort',
  ),
];
