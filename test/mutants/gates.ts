/** @file Faults of gates: masks that are gone, shared or known; and values that are wrong. */
import { inFile, type Mutant } from './mutant.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;
const arithmetic = ['gates/known-zeros.test.ts', 'gates/arithmetic.test.ts'] as const;

/** Zeros in place of a draw, at the dealer (d) or a party (p). */
const words = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.words(${n}))`;
const bits = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.bits(${n}))`;
const bytes = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.bytes(${n}))`;
const parts = (array: string): string => `{ array: ${array}, fill: () => {} }`;

export const gateFaults: readonly Mutant[] = [
  ...inFile('src/gates/multiply.ts', secret, [
    [
      'products are opened without a mask',
      'leak',
      'const mask = d.draw(n);',
      `const mask = ${words('d', 'n')};`,
      'const { array: u, fill } = p.drawParts(x.c.length); const [cx, cy, rx, ry]',
      `const { array: u, fill } = ${parts(words('p', 'x.c.length'))}; const [cx, cy, rx, ry]`,
      'const { array: u, fill } = p.drawParts(x.c.length); const parts',
      `const { array: u, fill } = ${parts(words('p', 'x.c.length'))}; const parts`,
      'const u = p.draw(t.batch * t.m * t.n);',
      `const u = ${words('p', 't.batch * t.m * t.n')};`,
    ],
    [
      'the mask of products is that of rank 0 alone',
      'leak',
      'const mask = d.draw(n);',
      'const mask = d.drawOf(0, d.words(n));',
      'const { array: u, fill } = p.drawParts(x.c.length); const [cx, cy, rx, ry]',
      `const { array: u, fill } = ${parts('p.drawOf(0, p.words(x.c.length))')}; const [cx, cy, rx, ry]`,
      'const { array: u, fill } = p.drawParts(x.c.length); const parts',
      `const { array: u, fill } = ${parts('p.drawOf(0, p.words(x.c.length))')}; const parts`,
      'const u = p.draw(t.batch * t.m * t.n);',
      'const u = p.drawOf(0, p.words(t.batch * t.m * t.n));',
    ],
    [
      'the mask of products is a stream that everybody knows',
      'leak',
      'const mask = d.draw(n);',
      'const mask = d.drawPublic(d.words(n));',
      'const { array: u, fill } = p.drawParts(x.c.length); const [cx, cy, rx, ry]',
      `const { array: u, fill } = ${parts('((a) => (p.drawPublic(a), p.first || p.ring.zero(a), a))(p.words(x.c.length))')}; const [cx, cy, rx, ry]`,
      'const { array: u, fill } = p.drawParts(x.c.length); const parts',
      `const { array: u, fill } = ${parts('((a) => (p.drawPublic(a), p.first || p.ring.zero(a), a))(p.words(x.c.length))')}; const parts`,
      'const u = p.draw(t.batch * t.m * t.n);',
      'const u = ((a) => (p.drawPublic(a), p.first || p.ring.zero(a), a))(p.words(t.batch * t.m * t.n));',
    ],
  ]),
  ...inFile('src/gates/multiply.ts', arithmetic, [
    ['a product by a share of zeros is left out at the others too', 'wrong', 'if (rx.zero && !whole)', 'if (rx.zero)'],
    ['a product takes the wrong public factor', 'wrong', 'timesPublic(p, at(u), x, cy, at);', 'timesPublic(p, at(u), x, cx, at);'],
    ['a batch of products takes the first left operand for all', 'wrong', 'a.view(i * m * k, m * k), b.view(i * k * n, k * n)];', 'a.view(0, m * k), b.view(i * k * n, k * n)];'],
  ]),
  ...inFile('src/gates/finish.ts', secret, [
    [
      'the second opening of an exact truncation has no mask',
      'leak',
      'const next = d.draw(n);',
      `const next = ${words('d', 'n')};`,
      'next: p.draw(n) });',
      `next: ${words('p', 'n')} });`,
    ],
    [
      'the second opening of an exact truncation is masked by one party',
      'leak',
      'const next = d.draw(n);',
      'const next = d.drawOf(1, d.words(n));',
      'next: p.draw(n) });',
      'next: p.drawOf(1, p.words(n)) });',
    ],
  ]),
  ...inFile('src/gates/finish.ts', arithmetic, [
    ['exact truncation forgets the wrap', 'wrong', 'ring.mul(out, out, wrap);', ''],
    ['exact truncation does not lift what may be negative', 'wrong', 'ring.addScalar(c, masked, p.scalar(math.pow2(k - 2)));', 'ring.copy(c, masked);'],
  ]),
  ...inFile('src/gates/inout.ts', secret, [
    [
      "reveal's sharing of zero is dropped at three parties",
      'leak',
      'undealt: (parties) => parties === 2,',
      'undealt: () => true,',
      'if (d.parties > 2) {',
      'if (d.parties > 99) {',
      'if (p.parties > 2) {',
      'if (p.parties > 99) {',
    ],
    [
      "reveal's sharing of zero is all zeros",
      'leak',
      'd.give(zero);',
      'd.pass();',
      'const zero = r.kind === \'bits\' ? p.takeBits(r.length) : p.take(r.length);',
      'const zero = r.kind === \'bits\' ? p.bits(r.length) : p.words(r.length); p.ring.zero(zero);',
    ],
    ['reveal tells everybody', 'leak', 'yield* p.open(r, { to });', 'yield* p.open(r);'],
    [
      'an input travels without a mask',
      'leak',
      'return [{ r: d.drawOf(attrs.owner, room(d, attrs)) }];',
      'return [{ r: ((a) => (d.ring.zero(a), a))(room(d, attrs)) }];',
      'const r = p.drawOf(attrs.owner, room(p, attrs));',
      'const r = ((a) => (p.ring.zero(a), a))(room(p, attrs));',
    ],
    [
      "an input's mask is a stream that everybody knows",
      'leak',
      'return [{ r: d.drawOf(attrs.owner, room(d, attrs)) }];',
      'return [{ r: d.drawPublic(room(d, attrs)) }];',
      'const r = p.drawOf(attrs.owner, room(p, attrs));',
      'const r = ((a) => (p.drawPublic(a), attrs.owner === p.rank || p.ring.zero(a), a))(room(p, attrs));',
    ],
    [
      "an input's mask is another party's",
      'leak',
      'return [{ r: d.drawOf(attrs.owner, room(d, attrs)) }];',
      'const known = (attrs.owner + 1) % d.parties; return [{ r: d.draw && d.drawOf(known, room(d, attrs)) }];',
      'const r = p.drawOf(attrs.owner, room(p, attrs));',
      'const r = p.drawOf((attrs.owner + 1) % p.parties, room(p, attrs));',
    ],
  ]),
  ...inFile('src/gates/inout.ts', ['gates/inout.test.ts'], [
    ['what is revealed to some is handed out at all', 'leak', 'if (!to.includes(p.rank)) return [{}];', ''],
    ['reveal adds the mask', 'wrong', 'subtract(p.ring, r, x.c, r);', 'add(p.ring, r, x.c, r);'],
  ]),
  ...inFile('src/gates/shuffle.ts', ['gates/permutation.test.ts', SECRECY], [
    [
      'the last opening of a shuffle has no fresh mask',
      'leak',
      'return ins.map(() => ({ r: d.draw(attrs.lanes * attrs.n) }));',
      `return ins.map(() => ({ r: ${words('d', 'attrs.lanes * attrs.n')} }));`,
      'const masks = shares.map(() => p.draw(size));',
      `const masks = shares.map(() => ${words('p', 'size')});`,
    ],
    [
      'columns of a shuffle share the mask of the last opening',
      'leak',
      'return ins.map(() => ({ r: d.draw(attrs.lanes * attrs.n) }));',
      'const one = d.draw(attrs.lanes * attrs.n); return ins.map(() => ({ r: ((a) => (d.ring.copy(a, one), a))(d.words(one.length)) }));',
      'const masks = shares.map(() => p.draw(size));',
      'const one = p.draw(size); const masks = shares.map(() => ((a) => (p.ring.copy(a, one), a))(p.words(size)));',
    ],
    [
      'a turn of a shuffle shows what it moves',
      'leak',
      'const [next, added] = [d.words(r.length), d.drawOf(party, d.words(r.length))];',
      `const [next, added] = [d.words(r.length), ${words('d', 'r.length')}];`,
      'const added = p.drawOf(party, p.words(size));',
      `const added = ${words('p', 'size')};`,
    ],
    ['the coins of a shuffle are a constant', 'leak', 'p.ring.u8(seed).set(randomBytes(SEED));', 'p.ring.u8(seed).fill(7);'],
    [
      'the coins of a shuffle are those of one party',
      'leak',
      'p.ring.u8(seed).set(randomBytes(SEED));',
      'p.ring.zero(seed); if (p.first) p.ring.u8(seed).set(randomBytes(SEED));',
    ],
    ['the permutation that parties draw is never applied', 'leak', 'move(p, part, share, from);', 'p.ring.copy(part, share);'],
    ['a party draws its permutation from a stream that all know', 'leak',
      'const from = permutations(d, d.drawOf(party, d.bytes(streamBytes(lanes, n))), lanes, n);',
      'const from = permutations(d, d.drawPublic(d.bytes(streamBytes(lanes, n))), lanes, n);',
      'const stream = p.drawOf(party, p.bytes(streamBytes(lanes, n)));',
      'const stream = p.drawPublic(p.bytes(streamBytes(lanes, n)));',
    ],
  ]),
  ...inFile('src/gates/permutation.ts', ['gates/permutation.test.ts'], [
    ['permutations never move the first two', 'leak', 'for (let i = n - 1; i > 0; i--) {', 'for (let i = n - 1; i > 1; i--) {'],
    ['permutations are cycles (an element never stays)', 'leak', 'const j = word % (i + 1);', 'const j = word % i;'],
    ['all lanes are shuffled alike', 'leak', 'let at = lane * each;', 'let at = 0;'],
    ['half of a word of 128 bits stays', 'wrong', 'to[a + 3] = source[b + 3];', 'to[a + 3] = source[a + 3];'],
  ]),
  ...inFile('src/gates/sort.ts', [SECRECY, 'gates/order.test.ts'], [
    ['differences of a sort are opened without a mask', 'leak', 'const rho = d.draw(m);', `const rho = ${words('d', 'm')};`, 'const rho = p.draw(m);', `const rho = ${words('p', 'm')};`],
    [
      'sorted columns are opened without a mask',
      'leak',
      'const outs = handedOn(columns, attrs.want).map(() => ({ r: d.draw(size) }));',
      `const outs = handedOn(columns, attrs.want).map(() => ({ r: ${words('d', 'size')} }));`,
      'const masks = wanted.map(() => p.draw(size));',
      `const masks = wanted.map(() => ${words('p', 'size')});`,
    ],
    ['comparisons of a sort tell of equal keys', 'leak', 'p.ring.add(key, key, place);', ''],
    ['a sort that ascends descends', 'wrong', '(descending ? -1 : 1)', '(descending ? 1 : -1)'],
  ]),
  ...inFile('src/gates/compare.ts', secret, [
    [
      'answers of comparisons are opened without a mask',
      'leak',
      'return thresholds.map(() => ({ r: d.drawBits(n) }));',
      `return thresholds.map(() => ({ r: ${bits('d', 'n')} }));`,
      'const betas = thresholds.map(() => p.drawBits(n));',
      `const betas = thresholds.map(() => ${bits('p', 'n')});`,
    ],
    [
      'answers for several thresholds share a mask',
      'leak',
      'return thresholds.map(() => ({ r: d.drawBits(n) }));',
      'const one = d.drawBits(n); return thresholds.map(() => ({ r: ((a) => (d.ring.copy(a, one), a))(d.bits(n)) }));',
      'const betas = thresholds.map(() => p.drawBits(n));',
      'const one = p.drawBits(n); const betas = thresholds.map(() => ((a) => (p.ring.copy(a, one), a))(p.bits(n)));',
    ],
    [
      'a borrow is opened without a mask',
      'leak',
      'return [{ r: d.drawBits(r.length) }];',
      `return [{ r: ${bits('d', 'r.length')} }];`,
      'const r = p.drawBits(c.length);',
      `const r = ${bits('p', 'c.length')};`,
    ],
    [
      'a borrow is masked by one party',
      'leak',
      'return [{ r: d.drawBits(r.length) }];',
      'return [{ r: d.drawOf(0, d.bits(r.length)) }];',
      'const r = p.drawBits(c.length);',
      'const r = p.drawOf(0, p.bits(c.length));',
    ],
  ]),
  ...inFile('src/gates/compare.ts', ['gates/compare.test.ts'], [
    ['a comparison looks at bits above those it has', 'wrong', 'if (covered > from)', 'if (covered < from)'],
    ['a comparison forgets the sign of the public part', 'wrong', 'if (p.first) ring.xor(out, out, signs.plane(t));', ''],
  ]),
  ...inFile('src/gates/conjunction.ts', secret, [
    [
      'bits of a comparison tree are opened without masks',
      'leak',
      'const drawn = (i) => d.drawBits(n, levels[i]?.bits ?? 0);',
      `const drawn = (i) => ${bits('d', 'n, levels[i]?.bits ?? 0')};`,
      'const drawn = (i) => p.drawBits(n, levels[i]?.bits ?? 0);',
      `const drawn = (i) => ${bits('p', 'n, levels[i]?.bits ?? 0')};`,
    ],
    [
      'bits of a comparison tree are masked by rank 1 alone',
      'leak',
      'const drawn = (i) => d.drawBits(n, levels[i]?.bits ?? 0);',
      'const drawn = (i) => d.drawOf(1, d.bits(n, levels[i]?.bits ?? 0));',
      'const drawn = (i) => p.drawBits(n, levels[i]?.bits ?? 0);',
      'const drawn = (i) => p.drawOf(1, p.bits(n, levels[i]?.bits ?? 0));',
    ],
  ]),
  ...inFile('src/gates/conjunction.ts', ['gates/compare.test.ts'], [
    ['a digit is equal where a lower one is not', 'wrong', 'const equalSet = (count) => ((1 << count) - 1) << (s - 1);', 'const equalSet = (count) => (1 << (count - 1)) << (s - 1);'],
  ]),
  ...inFile('src/gates/bits.ts', secret, [
    [
      'bits are opened without masks',
      'leak',
      'return [{ r: d.drawBits(b * n) }];',
      `return [{ r: ${bits('d', 'b * n')} }];`,
      'const r = p.drawBits(b * n);',
      `const r = ${bits('p', 'b * n')};`,
    ],
    [
      'the prefix of borrows is opened without masks',
      'leak',
      'const beta = d.drawBits(n, opened.length);',
      `const beta = ${bits('d', 'n, opened.length')};`,
      'const beta = p.drawBits(n, opened.length);',
      `const beta = ${bits('p', 'n, opened.length')};`,
    ],
    [
      'borrows into digits are opened without masks',
      'leak',
      'const beta = d.drawBits(n, digits - 1);',
      `const beta = ${bits('d', 'n, digits - 1')};`,
      'const beta = p.drawBits(n, digits - 1);',
      `const beta = ${bits('p', 'n, digits - 1')};`,
    ],
  ]),
  ...inFile('src/gates/equal.ts', secret, [
    ['the count of unequal bits is opened without a mask', 'leak', 'const rho = d.drawBytes(n);', `const rho = ${bytes('d', 'n')};`, 'const rho = p.drawBytes(n);', `const rho = ${bytes('p', 'n')};`],
    ['[x == 0] is opened without a mask', 'leak', 'return [{ r: d.drawBits(n) }];', `return [{ r: ${bits('d', 'n')} }];`, 'r: p.drawBits(n) });', `r: ${bits('p', 'n')} });`],
  ]),
  ...inFile('src/gates/select.ts', secret, [
    [
      'a choice is opened without a mask',
      'leak',
      'return [dealFinish(d, d.draw(n), attrs, true)];',
      `return [dealFinish(d, ${words('d', 'n')}, attrs, true)];`,
      'const { array: u, fill } = p.drawParts(n);',
      `const { array: u, fill } = ${parts(words('p', 'n'))};`,
    ],
  ]),
  ...inFile('src/gates/boolean.ts', secret, [
    ['an AND is opened without a mask', 'leak', 'return [{ r: d.drawBits(n) }];', `return [{ r: ${bits('d', 'n')} }];`, 'const out = p.drawBits(n);', `const out = ${bits('p', 'n')};`],
  ]),
  ...inFile('src/gates/harmonics.ts', secret, [
    ['a sum of harmonics is opened without a mask', 'leak', 'const mask = d.draw(r.length);', `const mask = ${words('d', 'r.length')};`, 'const u = p.drawParts(c.length);', `const u = ${parts(words('p', 'c.length'))};`],
  ]),
  ...inFile('src/gates/exponential.ts', secret, [
    ['e^x is opened without a mask', 'leak', 'const mask = d.draw(r.length);', `const mask = ${words('d', 'r.length')};`, 'const u = p.drawParts(c.length);', `const u = ${parts(words('p', 'c.length'))};`],
  ]),
  ...inFile('src/gates/lookup.ts', secret, [
    ['what is looked up is opened without a mask', 'leak', 'return [{ r: d.draw(a.outer * a.m * a.inner) }];', `return [{ r: ${words('d', 'a.outer * a.m * a.inner')} }];`, 'const r = p.draw(sum.length);', `const r = ${words('p', 'sum.length')};`],
    ['one-hot codes are opened without masks', 'leak', 'return [{ r: d.drawBits(low.length * n) }];', `return [{ r: ${bits('d', 'low.length * n')} }];`, 'const r = p.drawBits(low.length * n);', `const r = ${bits('p', 'low.length * n')};`],
  ]),
  ...inFile('src/gates/random.ts', [SECRECY, 'ir/repeats.test.ts'], [
    ['random bits are opened without masks', 'leak', 'r: d.drawBits(length) }]', `r: ${bits('d', 'length')} }]`, 'const r = p.drawBits(length);', `const r = ${bits('p', 'length')};`],
    ['random bits are those of the stream that the dealer knows', 'leak', 'p.ring.u8(share).set(randomBytes(share.bytes));', 'p.ring.zero(share);'],
  ]),
  ...inFile('src/gates/integer.ts', secret, [
    [
      'answers of integer comparisons are opened without masks',
      'leak',
      'd.give(lessWords(d, rx, ry, bits)); return [{ r: d.drawBits(n) }];',
      `d.give(lessWords(d, rx, ry, bits)); return [{ r: ${bits('d', 'n')} }];`,
      'd.give(planeOf(d, r, bits - 1)); return [{ r: d.drawBits(r.length) }];',
      `d.give(planeOf(d, r, bits - 1)); return [{ r: ${bits('d', 'r.length')} }];`,
      'const r = p.drawBits(share.length);',
      `const r = ${bits('p', 'share.length')};`,
    ],
    [
      'answers for public integers are opened without masks',
      'leak',
      'return thresholds.map(() => ({ r: d.drawBits(r.length) }));',
      `return thresholds.map(() => ({ r: ${bits('d', 'r.length')} }));`,
      'const out = shares.plane(t); const r = p.drawBits(n);',
      `const out = shares.plane(t); const r = ${bits('p', 'n')};`,
    ],
  ]),
  ...inFile('src/gates/integer.ts', ['gates/integer.test.ts'], [
    ['signed integers are compared as unsigned ones', 'wrong', 'if (!signed) return c;', 'if (signed || !signed) return c;'],
  ]),
  ...inFile('src/gates/fss.ts', secret, [
    ['answers of keys are opened without masks', 'leak', 'return thresholds.map(() => ({ r: d.drawBits(n) }));', `return thresholds.map(() => ({ r: ${bits('d', 'n')} }));`, 'const betas = thresholds.map(() => p.drawBits(n));', `const betas = thresholds.map(() => ${bits('p', 'n')});`],
    [
      '[x == 0] and borrows by keys are opened without masks',
      'leak',
      'dealKeys(d, r, d.field.bits); return [{ r: d.drawBits(r.length) }];',
      `dealKeys(d, r, d.field.bits); return [{ r: ${bits('d', 'r.length')} }];`,
      'dealKeys(d, r, bits); return [{ r: d.drawBits(r.length) }];',
      `dealKeys(d, r, bits); return [{ r: ${bits('d', 'r.length')} }];`,
      'const r = p.drawBits(c.length);',
      `const r = ${bits('p', 'c.length')};`,
    ],
  ]),
  ...inFile('src/gates/keys.ts', secret, [
    [
      "root seeds of keys are everybody's",
      'leak',
      's.drawOf(0, s.bytes(n * DCF_SEED)), s.drawOf(1, s.bytes(n * DCF_SEED)),',
      's.drawPublic(s.bytes(n * DCF_SEED)), s.drawPublic(s.bytes(n * DCF_SEED)),',
    ],
    [
      'all root seeds of keys are zeros',
      'leak',
      's.drawOf(0, s.bytes(n * DCF_SEED)), s.drawOf(1, s.bytes(n * DCF_SEED)),',
      `${bytes('s', 'n * DCF_SEED')}, ${bytes('s', 'n * DCF_SEED')},`,
    ],
  ]),
  ...inFile('src/gates/lines-fss.ts', secret, [
    ['broken lines by keys are opened without a mask', 'leak', 'return [dealFinish(d, d.draw(n), a, true)];', `return [dealFinish(d, ${words('d', 'n')}, a, true)];`, 'const share = p.draw(n);', `const share = ${words('p', 'n')};`],
  ]),
  ...inFile('src/gates/lines-fss.ts', ['gates/keyed.test.ts'], [
    ['a turn of a broken line holds from one unit later on', 'wrong', 'ring.addScalar(y, from, p.scalar(1));', 'ring.copy(y, from);'],
  ]),
  ...inFile('src/gates/spline-fss.ts', secret, [
    [
      'splines by keys are opened without a mask',
      'leak',
      'return [dealFinish(d, d.draw(n), a, true)];',
      `return [dealFinish(d, ${words('d', 'n')}, a, true)];`,
      'const u = p.draw(c.length); ring.add(share, share, u);',
      `const u = ${words('p', 'c.length')}; ring.add(share, share, u);`,
      'const u = p.draw(c.length); p.ring.add(share, share, u);',
      `const u = ${words('p', 'c.length')}; p.ring.add(share, share, u);`,
    ],
  ]),
  ...inFile('src/gates/guard.ts', secret, [
    ['the verdict opens its sum without a mask', 'leak', 'const rho = read(d, d.drawBits(WIDTH));', 'const rho = 0;', 'const rho = read(p, p.drawBits(WIDTH));', 'const rho = 0;'],
    ['the verdict opens its sum in the end', 'leak', 'const alpha = read(d, d.drawBits(WIDTH));', 'const alpha = 1;', 'const alpha = read(p, p.drawBits(WIDTH));', 'const alpha = 1;'],
    ['the factor of the verdict is 1 where only its low bit is drawn', 'leak', 'const alpha = read(d, d.drawBits(WIDTH));', 'const alpha = read(d, d.drawBits(WIDTH)) & 0xff;', 'const alpha = read(p, p.drawBits(WIDTH));', 'const alpha = read(p, p.drawBits(WIDTH)) & 0xff;'],
  ]),
  ...inFile('src/gates/guard.ts', ['gates/guard.test.ts'], [
    ['two numbers that left the range cancel', 'check', 'const weights = p.drawPublic(p.bytes(4 * part.length));', 'const weights = p.bytes(4 * part.length); p.ring.u8(weights).fill(1);'],
    ['only the first piece of many numbers is watched', 'check', 'for (let from = 0; from < x.length; from += PIECE)', 'for (let from = 0; from < Math.min(x.length, 1); from += PIECE)'],
    ['the first site of several is not found', 'wrong', 'last = middle;', 'last = first;'],
  ]),
];
