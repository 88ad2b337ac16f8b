/** @file Faults of what two parties make between them. */
import { inFile, type Mutant } from './mutant.ts';

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
];
