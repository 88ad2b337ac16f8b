/**
 * @file Products of masks between two parties by lattices: requests become tasks, in which one party encrypts and the other answers.
 * Parties change roles from task to task, so that both directions of the line and both machines are busy: all ciphertexts of a window
 * of tasks go first, then the answers to them.
 */

import { fail } from '../../errors.ts';
import type { RingArray } from '../../ring/array.ts';
import type { Field, FieldName } from '../../ring/field.ts';
import { Polynomials, packedBytes } from '../../ring/polynomials.ts';
import type { Ring } from '../../ring/ring.ts';
import {
  checkRequest,
  type Factor,
  type MakingChannel,
  type ProductMaker,
  type ProductRequest,
} from '../cross-terms.ts';
import type { Task } from './lattice-task.ts';
import { Matrices, tilesOf } from './matrices.ts';
import { matrixTask } from './matrix-task.ts';
import { bestTile, slotCost } from './matrix-tiling.ts';
import { type Entry, Kept } from './operand-cache.ts';
import { primesFor, Slots } from './packed-products.ts';
import { type BlockTerm, type Stretch, slotTask } from './packed-task.ts';
import { SETTINGS, type Setting, type Strength } from './parameters.ts';
import { run, WINDOW, windows } from './run-tasks.ts';
import { Setup } from './setup.ts';
import { below, keyOf, type Matmul, sideOf } from './sides.ts';

/** Bytes of ciphertexts that are kept for products to come, of each party. */
const KEPT = 1 << 27;

type Ranks = readonly [boolean, boolean];

/** Whether the product of rank i's share of x and the other's of y is wanted, by i. */
const crossTerms = ({ x, y }: { readonly x: Factor; readonly y: Factor }): Ranks => [
  !x.zero[0] && !y.zero[1],
  !x.zero[1] && !y.zero[0],
];

/** Elementwise products as they are asked for, or as a small product of matrices becomes. */
interface Vector {
  readonly x: Factor;
  readonly y: Factor;
  readonly out: RingArray;
  readonly real?: RingArray | undefined;
}

export class LatticeProducts implements ProductMaker {
  readonly #rows: Polynomials;
  readonly #strength: Strength;
  readonly #setups = new Map<Setting, Setup>();
  readonly #slots = new Map<string, Slots>();
  readonly #matrices = new Map<FieldName, Matrices>();
  /** By the rank that encrypted them. */
  readonly #kept: readonly [Kept, Kept];
  /** Numbers of operands of products of matrices so far. */
  readonly #asked = new Set<number>();
  #state: 'ready' | 'busy' | 'failed' | 'closed' = 'ready';

  private constructor(rows: Polynomials, strength: Strength, kept: number) {
    this.#rows = rows;
    this.#strength = strength;
    this.#kept = [new Kept(kept), new Kept(kept)];
  }

  /** For one session and one program: numbers of values mean the same words as long as it lives. Both parties give the same options. */
  static async create(
    ring: Ring,
    { strength = 'number', kept = KEPT }: { readonly strength?: Strength; readonly kept?: number } = {},
  ): Promise<LatticeProducts> {
    return new LatticeProducts(await Polynomials.on(ring), strength, kept);
  }

  async make(batch: readonly ProductRequest[], channel: MakingChannel): Promise<void> {
    for (const request of batch) checkRequest(request);
    if (this.#state !== 'ready')
      fail(
        'CLOSED',
        `no products can be made: this maker is ${this.#state}${this.#state === 'failed' ? ', as a batch has' : ''}`,
      );
    this.#state = 'busy';
    const plan = new Plan(channel.rank);
    try {
      for (const request of batch) this.#request(plan, request);
      for (const group of plan.groups.values()) this.#group(plan, group);
      for (const setup of plan.fresh) await setup.exchange(channel);
      for (const window of windows(plan.tasks)) await run(window, channel);
      for (const end of plan.ends) end();
      this.#state = 'ready';
    } catch (e) {
      this.#state = 'failed';
      for (const kept of this.#kept) kept.clear();
      throw e;
    } finally {
      for (const task of plan.tasks) task.close();
      for (const a of plan.held) this.#rows.ring.release(a);
    }
  }

  /** Frees its memory. Not while a batch is made. */
  close(): void {
    if (this.#state === 'busy') fail('INVALID_ARGUMENT', 'products are being made: close this when they are');
    this.#state = 'closed';
    for (const setup of this.#setups.values()) setup.close();
    this.#setups.clear();
    for (const kept of this.#kept) kept.clear();
  }

  #request(plan: Plan, request: ProductRequest): void {
    const { x, y, shape, out } = request;
    const terms = crossTerms(request);
    this.#rows.ring.zero(out);
    if (!terms[0] && !terms[1]) return;
    if (shape.kind === 'elementwise') {
      plan.add(request, terms);
      return;
    }
    for (let at = 0; at < shape.batch; at++) {
      const { m, k, n } = shape;
      const part = { m, k, n };
      if (m * k * n > 0) this.#matmul(plan, { x, y, out, part, at, terms });
    }
  }

  /** A product of matrices: of its cross terms each by the party and in the tiles that cost least, or all in slots. */
  #matmul(plan: Plan, product: Matmul): void {
    const { part, terms, out } = product;
    const setting = SETTINGS[this.#strength].matrices[out.field.name];
    const chosen = ([0, 1] as const)
      .filter((i) => terms[i])
      .map((i) => {
        const sides = [sideOf(product, i, 'x'), sideOf(product, i, 'y')].map((side) => ({
          side,
          ...bestTile(
            setting,
            side.shape,
            (tile) => {
              const key = keyOf(side, product, tile, 0);
              return key !== undefined && this.#kept[side.encryptor].has(key);
            },
            this.#asked.has(product[side.side].value ?? -1),
          ),
        }));
        return sides[0]!.cost <= sides[1]!.cost ? sides[0]! : sides[1]!;
      });
    for (const { value } of [product.x, product.y]) if (value !== undefined) this.#asked.add(value);
    const { m, k, n } = part;
    const inSlots = m * k * n * slotCost(out.field.name, this.#strength, chosen.length);
    if (inSlots <= chosen.reduce((sum, { cost }) => sum + cost, 0)) {
      this.#expand(plan, product);
      return;
    }
    const setup = this.#setup(plan, setting);
    const matrices = this.#matricesOf(setup, out.field);
    for (const { side, tile } of chosen) {
      const { encryptor, shape } = side;
      const bytes = tilesOf(shape, tile).k * setting.primes * packedBytes(setting.n);
      const rows = tile.rows * Math.max(1, Math.floor(WINDOW / bytes));
      for (let from = 0; from < shape.m; from += rows) {
        const some = { ...shape, m: Math.min(rows, shape.m - from) };
        const key = keyOf(side, product, tile, from);
        const size = tilesOf(some, tile).m * bytes;
        const { entry, fresh } = this.#entry(encryptor, key, size);
        const own = plan.rank === encryptor ? below(side.encrypted, from) : side.plain;
        const task = { encryptor, shape: some, tile, own, out: below(side.out, from), entry, fresh };
        plan.tasks.push(matrixTask(setup, matrices, task));
      }
    }
  }

  /** A small product of matrices as m k n products, which are added up. */
  #expand(plan: Plan, { x, y, out, part: { m, k, n }, at, terms }: Matmul): void {
    const { ring } = this.#rows;
    const shape = [m, n, k];
    const [a, b, products] = [0, 1, 2].map(() => ring.alloc(out.field, m * k * n)) as [
      RingArray,
      RingArray,
      RingArray,
    ];
    plan.held.push(a, b, products);
    ring.strided(a, 0, [n * k, k, 1], x.own, at * m * k, [k, 0, 1], shape);
    ring.strided(b, 0, [n * k, k, 1], y.own, at * k * n, [0, 1, n], shape);
    plan.add({ x: narrowed(x, a), y: narrowed(y, b), out: products }, terms);
    plan.ends.push(() => ring.sumAxis(out.view(at * m * n, m * n), products, m * n, k, 1));
  }

  /** Blocks of products in slots: long factors with a number begin one of their own, so that they can be used again. */
  #group(plan: Plan, { vectors, terms, field, square, primes }: Group): void {
    const setup = this.#setup(plan, SETTINGS[this.#strength].slots);
    const slots = this.#slotsOf(setup, field, primes);
    const push = (blocks: readonly Stretch[][]): void => {
      blocks.forEach((stretches, i) => {
        const encryptor = (i & 1) as 0 | 1;
        const list: BlockTerm[] = (['x', 'y'] as const)
          .filter((side) => (square ? side === 'x' : terms[side === 'x' ? encryptor : 1 - encryptor]))
          .map((encrypted) => {
            const values = stretches.map((s) => `${s[encrypted].value}:${s.from}:${s.length}`);
            const known = stretches.every((s) => s[encrypted].value !== undefined);
            const key = known ? `${field.name} ${primes} ${values.join(' ')}` : undefined;
            const plain = square || encrypted === 'y' ? 'x' : 'y';
            return { encrypted, plain, twice: square, ...this.#entry(encryptor, key, slots.cipherBytes) };
          });
        plan.tasks.push(slotTask(setup, slots, encryptor, stretches, list));
      });
    };
    const shared: Stretch[][] = [];
    let room = 0;
    for (const { x, y, out, real } of vectors) {
      const long = out.length >= slots.n && (x.value ?? y.value) !== undefined;
      const blocks: Stretch[][] = long ? [] : shared;
      for (let from = 0; from < out.length; ) {
        if (long || room === 0) {
          blocks.push([]);
          if (!long) room = slots.n;
        }
        const length = Math.min(out.length - from, long ? slots.n : room);
        blocks.at(-1)!.push({ x, y, out, real, from, length });
        if (!long) room -= length;
        from += length;
      }
      if (long) push(blocks);
    }
    push(shared);
  }

  /** What the other party has, or will have, of an operand. */
  #entry(
    encryptor: number,
    key: string | undefined,
    bytes: number,
  ): { readonly entry: Entry; readonly fresh: boolean } {
    if (key === undefined) return { entry: { bytes, ciphers: [] }, fresh: true };
    return this.#kept[encryptor]!.use(key, bytes);
  }

  #setup(plan: Plan, setting: Setting): Setup {
    let setup = this.#setups.get(setting);
    if (!setup) {
      setup = new Setup(this.#rows, setting);
      this.#setups.set(setting, setup);
      plan.fresh.push(setup);
    }
    return setup;
  }

  #slotsOf(setup: Setup, field: Field, primes: number): Slots {
    const key = `${field.name} ${primes}`;
    const slots = this.#slots.get(key) ?? new Slots(setup.scheme, field, primes);
    this.#slots.set(key, slots);
    return slots;
  }

  #matricesOf(setup: Setup, field: Field): Matrices {
    const matrices = this.#matrices.get(field.name) ?? new Matrices(setup.scheme, field);
    this.#matrices.set(field.name, matrices);
    return matrices;
  }
}

/** The same factor in other words, which have no number. */
const narrowed = ({ zero, bits }: Factor, own: RingArray): Factor =>
  bits === undefined ? { own, zero } : { own, zero, bits };

/** Products element by element whose cross terms are there alike. */
interface Group {
  readonly field: Field;
  readonly terms: Ranks;
  /** Both factors are the same words: one encrypted factor, and twice the other. */
  readonly square: boolean;
  /** Plain primes: fewer for narrow factors. */
  readonly primes: number;
  readonly vectors: Vector[];
}

/** What becomes of a batch. */
class Plan {
  readonly rank: number;
  readonly tasks: Task[] = [];
  readonly groups = new Map<string, Group>();
  /** Settings whose keys are yet to be exchanged. */
  readonly fresh: Setup[] = [];
  readonly ends: (() => void)[] = [];
  readonly held: RingArray[] = [];

  constructor(rank: number) {
    this.rank = rank;
  }

  add(vector: Vector, terms: Ranks): void {
    const { x, y, out, real } = vector;
    const { field } = out;
    const square = x.value !== undefined && x.value === y.value;
    // Two cross terms are one bit more than one.
    const primes = primesFor(field, (x.bits ?? field.bits) + (y.bits ?? field.bits) + 1);
    const key = `${field.name} ${terms} ${square} ${primes} ${real !== undefined}`;
    const group = this.groups.get(key) ?? { field, terms, square, primes, vectors: [] };
    this.groups.set(key, group);
    group.vectors.push(vector);
  }
}
