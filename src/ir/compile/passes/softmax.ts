/**
 * @file Softmax that a program has written out: exp(x - max x) is that of numbers no larger than 0, its sum along the same axis lies between 1 and
 * the number of terms, and what is divided by that sum is multiplied with one inverse a row.
 */
import type { ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph } from '../../ops/program.ts';
import { Lookup } from './makers.ts';
import { keep, type Rewriter, rewrite, withBody } from './rewrite.ts';
import { isAlong, spread } from './spread.ts';
import { unshaped } from './sums-of-squares.ts';

type Rule = (node: NodeOf<'exp' | 'sum' | 'div'>, ins: readonly ValueId[]) => ValueId | undefined;

class Rows {
  readonly #to: Rewriter;
  readonly #find: Lookup;
  /** The axis along which the largest was taken away, by powers. */
  readonly #axes = new Map<ValueId, number>();
  /** Sums of powers, and their inverses. */
  readonly #inverses = new Map<ValueId, ValueId | undefined>();

  constructor(to: Rewriter) {
    this.#to = to;
    this.#find = new Lookup(to);
  }

  readonly rules: Readonly<Partial<Record<string, Rule>>> = {
    exp: ({ site }, [x]) => {
      const axis = this.#axisOf(x!);
      if (axis === undefined) return undefined;
      const below = this.#to.emit('within', [x!], { lo: Number.NEGATIVE_INFINITY, hi: 0 }, site);
      const powers = this.#to.emit('exp', [below], {}, site);
      this.#axes.set(powers, axis);
      return powers;
    },
    sum: ({ attrs, site }, [x]) => {
      const { axes } = attrs as { readonly axes: readonly number[] };
      if (axes.length !== 1 || axes[0] !== this.#axes.get(x!)) return undefined;
      const plain = this.#to.emit('sum', [x!], { axes: [...axes] }, site);
      const terms = this.#to.typeOf(x!).shape[axes[0]!]!;
      // Powers are rounded: one of them is 1 as nearly as exp has it.
      const sum = this.#to.emit('within', [plain], { lo: 0.5, hi: terms + 1 }, site);
      this.#inverses.set(sum, undefined);
      return sum;
    },
    div: ({ site }, [x, y]) => {
      const from = this.#find.made(y!, 'broadcast')?.ins[0] ?? y!;
      const sum = unshaped(this.#find, from);
      if (!this.#axes.has(x!) || !this.#inverses.has(sum)) return undefined;
      // The inverse of what is known to be positive, by its root: fewer rounds than one of any sign.
      const root = this.#inverses.get(sum) ?? this.#to.emit('rsqrt', [sum], {}, site);
      this.#inverses.set(sum, root);
      const inverse = this.#to.emit('mul', [root, root], {}, site);
      const wide = spread(this.#to, inverse, this.#to.typeOf(from).shape, this.#to.typeOf(x!).shape, site);
      return this.#to.emit('mul', [x!, wide], {}, site);
    },
  };

  /** Of x less its largest along an axis. */
  #axisOf(id: ValueId): number | undefined {
    const [x, taken] = this.#find.made(id, 'sub')?.ins ?? [];
    if (x === undefined || taken === undefined) return undefined;
    const from = this.#find.made(taken, 'broadcast')?.ins[0] ?? taken;
    const largest = this.#find.made(unshaped(this.#find, from), 'max');
    const { shape, secret } = this.#to.typeOf(x);
    if (largest?.ins[0] !== x || !secret) return undefined;
    const { axis } = largest.attrs;
    return isAlong(shape, [axis], this.#to.typeOf(from).shape) ? axis : undefined;
  }
}

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before, and are to be merged after. */
export const softmax = (graph: OpGraph): OpGraph => {
  let rows: Rows | undefined;
  return rewrite(graph, (to, node, ins) => {
    rows ??= new Rows(to);
    const found = rows.rules[node.op]?.(node as NodeOf<'exp' | 'sum' | 'div'>, ins);
    return found === undefined ? keep(to, withBody(node, softmax), ins) : [found];
  });
};
