/** @file Faults of what two parties make between them. */
import { inFile, type Mutant } from './mutant.ts';

const EXTENSION = 'making/extension.test.ts';
const TRANSFERS = 'making/transfers.test.ts';
const FRESH = 'making/freshness.test.ts';
const SECRECY = 'making/lattice-secrecy.test.ts';
const PRODUCTS = 'making/lattice-products.test.ts';
const MESSAGES = 'making/lattice-messages.test.ts';
const PARAMETERS = 'making/lattice-parameters.test.ts';

export const making: readonly Mutant[] = [
  ...inFile(
    'src/making/lattice/scheme.ts',
    [SECRECY],
    [
      ['answers are not flooded', 'leak', 'source.uniform(drawn, width);', 'rows.ring.zero(drawn);'],
      [
        'answers are not blinded',
        'leak',
        'this.#source.ternary(secret);',
        'this.scheme.rows.ring.zero(secret);',
      ],
      [
        'ciphertexts have no noise',
        'leak',
        'this.#source.noise(this.#noise);',
        'this.#scheme.rows.ring.zero(this.#noise);',
      ],
      ['all ciphertexts have one number', 'leak', 'return this.#number++;', 'return this.#number;'],
    ],
  ),
  ...inFile(
    'src/making/lattice/packed-products.ts',
    [SECRECY, PRODUCTS],
    [
      ['answers in slots are not masked', 'leak', 'other.mask(mask, t);', 'rows.ring.zero(mask);'],
      ['a factor is not scaled', 'wrong', 'narrow ? 1n : -power', 'narrow ? 1n : power'],
    ],
  ),
  ...inFile(
    'src/making/lattice/matrices.ts',
    [PRODUCTS],
    [['products of matrices are not masked', 'leak', 'source.words(words);', 'ring.zero(words);']],
  ),
  ...inFile(
    'src/making/lattice/random-polynomials.ts',
    [SECRECY],
    [
      [
        'a stream of words is used again and again',
        'leak',
        'this.#prg.fill(d, this.#next++, 0);',
        'this.#prg.fill(d, this.#next, 0);',
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/setup.ts',
    [MESSAGES],
    [['messages of another length are taken', 'check', 'message.length === bytes', 'message.length >= 0']],
  ),
  ...inFile(
    'src/ring/polynomials.ts',
    ['ring/polynomials.test.ts'],
    [
      [
        'numbers above their modulus are taken',
        'check',
        '(this.#kernels.unpack(d.ptr, scratch.ptr, d.length, p) === 0)',
        '(this.#kernels.unpack(d.ptr, scratch.ptr, d.length, p) < 0)',
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/matrix-task.ts',
    [PRODUCTS],
    [['numbers of ciphertexts are not counted on', 'wrong', 'setup.numbers[encryptor] += ups;', '']],
  ),
  ...inFile(
    'src/making/lattice/parameters.ts',
    [PARAMETERS],
    [
      [
        'a flood of fewer bits',
        'leak',
        'slots: { n: 4096, primes: 4, kept: 2, flood: 24 }',
        'slots: { n: 4096, primes: 4, kept: 2, flood: 20 }',
      ],
      [
        'primes of a ciphertext that is too wide',
        'leak',
        'FM128: { n: 16384, primes: 12',
        'FM128: { n: 8192, primes: 12',
      ],
    ],
  ),
  ...inFile(
    'src/making/base.ts',
    [FRESH, EXTENSION],
    [
      [
        "the sender's number of base transfers is a constant",
        'leak',
        'constructor(entropy = randomBytes(64))',
        'constructor(entropy = new Uint8Array(64).fill(7))',
      ],
      [
        "the receiver's numbers of base transfers are constants",
        'leak',
        'choose(i, bit, entropy = randomBytes(64))',
        'choose(i, bit, entropy = new Uint8Array(64).fill(7))',
      ],
      [
        'the identity of the group is a point',
        'check',
        'if (!point || point.equals(Point.ZERO))',
        'if (!point)',
      ],
      ['base transfers of all numbers hash alike', 'check', 'bytes[LABEL.length] = index;', ''],
      [
        'points are not hashed into keys of base transfers',
        'check',
        '[a, b, shared.toBytes()].forEach',
        '[new Uint8Array(POINT), new Uint8Array(POINT), shared.toBytes()].forEach',
      ],
    ],
  ),
  ...inFile(
    'src/making/seeds.ts',
    [FRESH, EXTENSION],
    [
      [
        'sums of seeds are sent as they are',
        'leak',
        'xorInto(at, keys[transfer][side]);',
        '',
        'xorInto(seed, keys[transfer]);',
        '',
      ],
    ],
  ),
  ...inFile(
    'src/making/extension.ts',
    [FRESH, EXTENSION],
    [
      [
        'roots of seeds are constants',
        'leak',
        'blocks.map(() => randomBytes(KEY))',
        'blocks.map(() => new Uint8Array(KEY).fill(3))',
      ],
      [
        'the leaf that a sender lacks is always the same',
        'leak',
        '(byte, b) => byte % math.pow2(blocks[b])',
        '(byte) => 3 + 0 * byte',
      ],
      [
        'transfers of all chunks and jobs hash alike',
        'leak',
        'const numberOf = ({ job, chunk }) => [',
        'const numberOf = ({ job, chunk }) => true ? [0, 0, 0] : [',
      ],
    ],
  ),
  ...inFile(
    'src/making/transfers.ts',
    [FRESH, TRANSFERS],
    [
      [
        'chunks of later batches draw from the streams of the first',
        'leak',
        'this.#chunk += Math.max(sent.length, received.length);',
        '',
      ],
      [
        'transfers of all jobs draw from one stream',
        'leak',
        'const place = { job: this.#job, chunk: first + i };',
        'const place = { job: 0, chunk: first + i };',
        'const before = { job: this.#job, chunk: first + i - 1 };',
        'const before = { job: 0, chunk: first + i - 1 };',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/making-line.ts',
    ['making/faults.test.ts', 'production/making.test.ts'],
    [
      [
        'messages that make material may have any length',
        'check',
        'if (message.length !== bytes)',
        'if (false)',
      ],
    ],
  ),
];
