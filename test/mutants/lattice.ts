/** @file More faults of products by lattices, and of sessions of two parties without a dealer. */
import { inFile, type Mutant } from './mutant.ts';

const VIEWS = 'making/views.test.ts';
const GATES = 'making/gates.test.ts';
const PROGRAMS = 'making/programs.test.ts';
const SECRECY = 'making/lattice-secrecy.test.ts';
const SESSION = 'making/session.test.ts';
const MATRICES = 'making/matrix-secrecy.test.ts';
const PRODUCTS = 'making/lattice-products.test.ts';

export const latticeFaults: readonly Mutant[] = [
  ...inFile(
    'src/making/lattice/scheme.ts',
    [SECRECY],
    [
      ['the secret of a key is 0', 'leak', 'source.ternary(this.#noise);', 'rows.ring.zero(this.#noise);'],
      [
        'what is rounded away of an answer tells of it',
        'leak',
        'scheme.round(c0, length, scratch, this.#source);',
        'scheme.round(c0, length, scratch, undefined);',
      ],
      [
        "a blinding's noise is none",
        'leak',
        'this.#source.noise(noise);',
        'this.scheme.rows.ring.zero(noise);',
      ],
      [
        'a flood of half as many bits',
        'leak',
        'const width = math.pow2(setting.flood);',
        'const width = math.pow2(setting.flood / 2);',
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/answers.ts',
    [MATRICES],
    [
      ['answers of matrices are not blinded', 'leak', 'rows.add(sum, sum, product, primes[i]);', ''],
      [
        'blindings of matrices have no noise',
        'leak',
        'this.#other.back(s, i, scheme.at(this.#noises, a));',
        'this.#other.back(s, i, undefined);',
      ],
      [
        'all answers of a window have one mask',
        'leak',
        'matrices.mask(source, this.#masks.view(a * limbs, limbs), this.#shares.view(a * length, length));',
        'if (a === 0) matrices.mask(source, this.#masks.view(0, limbs), this.#shares.view(0, length)); else { rows.ring.copy(this.#masks.view(a * limbs, limbs), this.#masks.view(0, limbs)); rows.ring.copy(this.#shares.view(a * length, length), this.#shares.view(0, length)); }',
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/packed-products.ts',
    [SECRECY, PRODUCTS],
    [
      [
        'answers in slots are not blinded',
        'leak',
        'other.blind(secret, noise);',
        'rows.ring.zero(secret); rows.ring.zero(noise);',
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/setup.ts',
    [SESSION],
    [
      [
        "a key's own source is a constant",
        'leak',
        'this.source = this.#sourceOf(randomBytes(SEED), 2);',
        'this.source = this.#sourceOf(new Uint8Array(SEED), 2);',
      ],
      ['public keys go with one seed', 'leak', '#seed = randomBytes(SEED);', '#seed = new Uint8Array(SEED);'],
    ],
  ),
  ...inFile(
    'src/making/lattice/sides.ts',
    [PRODUCTS, PROGRAMS],
    [
      [
        'an encrypted matrix serves others of its shape',
        'wrong',
        "const { value } = side === 'x' ? x : y;",
        "const value = (side === 'x' ? x : y).value && 1;",
      ],
    ],
  ),
  ...inFile(
    'src/making/lattice/operand-cache.ts',
    [SESSION],
    [
      [
        'what was sent is kept for ever',
        'check',
        'if (this.#bytes <= this.#limit || this.#entries.size === 1) break;',
        'break;',
      ],
    ],
  ),
  ...inFile(
    'src/making/gilboa.ts',
    ['making/products.test.ts', GATES],
    [
      [
        'products of one direction are left out',
        'wrong',
        'if (x.zero[sender] || y.zero[1 - sender]) continue;',
        'if (x.zero[sender] || y.zero[1 - sender] || sender === 1) continue;',
      ],
    ],
  ),
  ...inFile(
    'src/making/cross-terms.ts',
    ['making/products.test.ts', 'making/lattice-messages.test.ts', PRODUCTS],
    [
      [
        'requests of other lengths are taken',
        'check',
        'given.some((length, i) => length !== wanted[i])',
        'given.some((length, i) => length < wanted[i])',
      ],
    ],
  ),
  ...inFile(
    'src/making/gates/lookup-shuffle-sort.ts',
    [GATES, VIEWS],
    [
      [
        "a party's turn of a shuffle moves nothing",
        'wrong',
        'const moved = yield* permuted(m, party, from, current, lanes, n);',
        'const moved = yield* permuted(m, party, from && from.map((_, i) => i), current, lanes, n);',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/mask-numbers.ts',
    [PROGRAMS],
    [
      [
        'all masks have one number',
        'wrong',
        'const made = { number: this.#next++, zero };',
        'const made = { number: 0, zero };',
      ],
      [
        "the other's inputs are taken for this party's",
        'wrong',
        'this.#fresh(holder, [owner !== 0, owner !== 1]);',
        'this.#fresh(holder, [owner === 0, owner === 1]);',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/making-line.ts',
    [SESSION, 'making/faults.test.ts'],
    [
      [
        'base transfers of a line that was given up serve on',
        'check',
        'if (theirs !== 1 || !this.#ends) {',
        'if (!this.#ends) {',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/together.ts',
    [SESSION, 'making/faults.test.ts'],
    [
      [
        'what both parties have in common is a constant',
        'leak',
        'sha512(both).slice(0, SEED)',
        'sha512(new Uint8Array(2 * SEED)).slice(0, SEED)',
      ],
      [
        'a seed of another length is taken for the common one',
        'check',
        'if (theirs.length !== SEED)',
        'if (theirs.length > SEED)',
      ],
      [
        'material is made far ahead of its use',
        'check',
        'while (making.bytes >= window && making.waiting.size === 0 && !making.stopped)',
        'while (making.bytes < 0)',
      ],
    ],
  ),
];
