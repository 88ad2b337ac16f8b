/** @file Softplus that a program has written out, max(x, 0) + log(1 + exp(-|x|)): one gate. What e to the power of x less it is, is at most 1. */
import type { ValueId } from '../../ops/graph.ts';
import type { OpGraph } from '../../ops/program.ts';
import { Lookup } from './makers.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

/** The other operand where one is this number. */
const besides = (find: Lookup, [a, b]: readonly ValueId[], number: number): ValueId | undefined =>
  find.numberOf(b!) === number ? a : find.numberOf(a!) === number ? b : undefined;

/** The x of log(1 + exp(-|x|)). */
const inLog = (find: Lookup, id: ValueId): ValueId | undefined => {
  const sum = find.made(id, 'log')?.ins[0];
  const terms = sum === undefined ? undefined : find.made(sum, 'add')?.ins;
  const power = terms && besides(find, terms, 1);
  const exponent = power === undefined ? undefined : find.made(power, 'exp')?.ins[0];
  const size = exponent === undefined ? undefined : find.made(exponent, 'neg')?.ins[0];
  return size === undefined ? undefined : find.made(size, 'abs')?.ins[0];
};

/** The x of max(x, 0). */
const inMaximum = (find: Lookup, id: ValueId): ValueId | undefined => {
  const operands = find.made(id, 'maximum')?.ins;
  return operands && besides(find, operands, 0);
};

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before. */
export const softplus = (graph: OpGraph): OpGraph => {
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    const [a, b] = ins;
    if (node.op === 'add') {
      const x = inMaximum(find, a!) ?? inMaximum(find, b!);
      const isSame = x !== undefined && (inLog(find, a!) ?? inLog(find, b!)) === x;
      if (isSame && to.typeOf(x).secret) return [to.emit('softplus', [x], {}, node.site)];
    }
    const [x, taken] = node.op === 'exp' ? (find.made(a!, 'sub')?.ins ?? []) : [];
    if (taken !== undefined && find.made(taken, 'softplus')?.ins[0] === x) {
      const below = to.emit('within', [a!], { lo: Number.NEGATIVE_INFINITY, hi: 0 }, node.site);
      return [to.emit('exp', [below], {}, node.site)];
    }
    return keep(to, withBody(node, softplus), ins);
  });
};
