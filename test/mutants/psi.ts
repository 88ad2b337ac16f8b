/** @file Faults of sets that meet. */
import { inFile, type Mutant } from './mutant.ts';

export const psi: readonly Mutant[] = [
  ...inFile(
    'src/psi/dealt.ts',
    ['psi/secrecy.test.ts', 'psi/oprf.test.ts'],
    [
      [
        'the encoded set is sent without its mask, which is 0 at the dealer too',
        'leak',
        'memory.kernels.addInto(store + offset, chunk, size / 16);',
        '',
        'memory.kernels.multiplyAdd(products, products, rest, tables, sixteens(size / 16));',
        'memory.bytes(products, size).fill(0); memory.kernels.multiplyAdd(products, products, rest, tables, sixteens(size / 16));',
      ],
      [
        'the factor of the sender is 0, so that the receiver has the function itself',
        'leak',
        'memory.stream(factor, 16, dealt, FACTOR);',
        'memory.bytes(factor, 16).fill(0);',
      ],
      [
        'the factor and the elements of a dealt seed are one stream',
        'leak',
        'const FACTOR = 1;',
        'const FACTOR = 0;',
      ],
      [
        "the dealer's seeds are constants",
        'leak',
        'const [toSender, toReceiver] = [randomBytes(SEED), randomBytes(SEED)];',
        'const [toSender, toReceiver] = [new Uint8Array(SEED).fill(1), new Uint8Array(SEED).fill(2)];',
      ],
      [
        'both are dealt the same seed',
        'leak',
        'const [toSender, toReceiver] = [randomBytes(SEED), randomBytes(SEED)];',
        'const toSender = randomBytes(SEED); const toReceiver = toSender;',
      ],
    ],
  ),
  ...inFile(
    'src/psi/oprf.ts',
    ['psi/secrecy.test.ts', 'psi/oprf.test.ts'],
    [
      [
        "the receiver's seed is a constant",
        'check',
        'const drawn = randomBytes(SEED);',
        'const drawn = new Uint8Array(SEED);',
      ],
      [
        'records are sent in the order of the rows',
        'check',
        'if (!kernels.unpackRecords(others, packed, theirs, length))',
        'if (!kernels.unpackRecords(others, packed, theirs, length) && false)',
      ],
      [
        'more may be met than there are',
        'check',
        'if (i >= numbers.length || size === out.length)',
        'if (false)',
      ],
    ],
  ),
  ...inFile(
    'src/psi/transferred.ts',
    ['psi/secrecy.test.ts', 'psi/transferred.test.ts', 'psi/code.test.ts'],
    [
      [
        'columns are sent without the sums of streams',
        'leak',
        'columns.draw(sums, from, n);',
        'columns.draw(sums, from, n); memory.bytes(sums, messageBytes(n)).fill(0);',
      ],
      [
        'd of the sender is 0, so that the receiver has the function itself',
        'leak',
        'columns.images(images, missing);',
        'columns.images(images, missing.map(() => 0));',
      ],
      [
        'all stretches have the same streams',
        'leak',
        'kernels.spread(this.#columns, sums, this.#keys, n, from / 512, this.#four);',
        'kernels.spread(this.#columns, sums, this.#keys, n, 0, this.#four);',
      ],
    ],
  ),
  ...inFile(
    'src/psi/leaves.ts',
    ['psi/secrecy.test.ts', 'psi/transferred.test.ts', 'psi/code.test.ts'],
    [
      [
        'the choices of transfers are constants',
        'leak',
        'const drawn = randomBytes(TRANSFERS / 8);',
        'const drawn = new Uint8Array(TRANSFERS / 8);',
      ],
      [
        'trees grow from a constant',
        'leak',
        'const nodes = children(randomBytes(KEY));',
        'const nodes = children(new Uint8Array(KEY));',
      ],
    ],
  ),
  ...inFile(
    'src/psi/many.ts',
    ['psi/secrecy.test.ts', 'psi/many.test.ts'],
    [
      [
        "no key is shared by those who follow: the leader sees what each one's set has",
        'leak',
        'add(sums, set, values, 0);',
        '',
      ],
      [
        'the key that two share is a constant',
        'leak',
        'const key = randomBytes(SEED); await peer.send(key.slice());',
        'const key = new Uint8Array(SEED); await peer.send(key.slice());',
      ],
      [
        'the key of the common identifiers is a constant',
        'leak',
        'const drawn = randomBytes(SEED); const chosen',
        'const drawn = new Uint8Array(SEED); const chosen',
      ],
      [
        "common identifiers that are not a party's own are left out in silence",
        'check',
        'if (memory.kernels.meet(found, bits, records, count, others, size) >>> 0 < size)',
        'memory.kernels.meet(found, bits, records, count, others, size); if (false)',
      ],
      ['more common identifiers are heard than there can be', 'check', 'if (size > most)', 'if (false)'],
    ],
  ),
  ...inFile(
    'src/psi/masked.ts',
    ['psi/secrecy.test.ts', 'psi/masked.test.ts'],
    [
      [
        'points are sent in the order of the rows',
        'leak',
        'memory.stream(draws, 16 * count, randomBytes(32), 0);',
        'memory.stream(draws, 16 * count, new Uint8Array(32), 0);',
      ],
      [
        'records come in the order of the points also where the size alone is due',
        'leak',
        "peerLearns === 'rows' ? values : rising",
        'values',
        "if (learns === 'size' && !inOrder)",
        'if (false)',
      ],
    ],
  ),
  ...inFile(
    'src/psi/points.ts',
    ['psi/secrecy.test.ts', 'psi/masked.test.ts', 'device/psi.test.ts'],
    [
      [
        'the secret number is a constant',
        'leak',
        'const out = randomBytes(32);',
        'const out = new Uint8Array(32).fill(9);',
      ],
      ['the secret number keeps what small groups tell', 'check', 'out[0] &= 248;', 'out[0] |= 7;'],
      [
        'a point of small order is an identifier',
        'check',
        'if (!memory.kernels.maskPoints(at, at, n, scalar))',
        'if (!memory.kernels.maskPoints(at, at, n, scalar) && false)',
      ],
    ],
  ),
  ...inFile(
    'src/psi/peer-messages.ts',
    ['psi/oprf.test.ts', 'psi/masked.test.ts'],
    [['messages of any length are taken', 'check', 'if (message.byteLength !== bytes)', 'if (false)']],
  ),
  ...inFile(
    'src/psi/curve-oprf.ts',
    ['psi/secrecy.test.ts'],
    [
      [
        'questions are not masked, nor answers unmasked',
        'leak',
        'batches(points + offset, size, (at, n) => memory.kernels.maskElements(at, at, n, scalar))',
        'batches(points + offset, size, (at, n) => memory.kernels.maskElements(at, at, n, one(memory)))',
        'memory.bytes(scalar, POINT).set(inverse(own));',
        'memory.bytes(scalar, POINT).set(inverse(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 8 : 0))));',
        'const scalarAt = ',
        'const one = (memory) => scalarAt(memory, Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 8 : 0))); const scalarAt = ',
      ],
    ],
  ),
  ...inFile(
    'src/psi/prepared.ts',
    ['psi/secrecy.test.ts'],
    [
      [
        'records of a prepared set may come in any order',
        'check',
        'if (!memory.kernels.unpackRecords(records, packed, count, length))',
        'if (!memory.kernels.unpackRecords(records, packed, count, length) && false)',
      ],
    ],
  ),
  ...inFile(
    'src/psi/pairs.ts',
    ['psi/secrecy.test.ts'],
    [
      ['a common identifier may have no row', 'check', 'if (counts.includes(0))', 'if (false)'],
      ['pairs without a limit', 'check', 'if (total > MOST_PAIRS)', 'if (false)'],
    ],
  ),
];
