/** @file Programs through which values enter an SPU and leave it: lowered from the start, without a rule of lowering. */
import type { Wire } from '../../fixed/circuit.ts';
import type { Graph, Tensor, Type } from '../ops/graph.ts';
import { type CircuitOptions, GraphCircuit, privateInput, revealTo } from './graph-circuit.ts';
import { Watcher, watchedGraph } from './range-watcher.ts';

/** Lowered type of a user-level value. */
export const loweredType = ({ shape, dtype, secret }: Type): Type =>
  secret ? { shape, dtype: dtype === 'bool' ? 'bit' : 'ring', secret } : { shape, dtype, secret };

/** A program that only takes in private inputs, numbered in order: how PYU objects become SPU objects. */
export const inputGraph = (
  inputs: readonly { owner: number; type: Type }[],
  options: CircuitOptions,
): Graph => {
  const c = new GraphCircuit(options);
  const outs = inputs.map(({ owner, type }, name) =>
    privateInput(c, owner, name, type.shape, type.dtype === 'bool' ? 'bit' : 'ring'),
  );
  return c.graph(
    [],
    outs.map((w: Wire) => w.id),
  );
};

/** A program that reveals its inputs to the given ranks. Public inputs pass through. */
export const revealGraph = (
  types: readonly Type[],
  to: readonly number[],
  options: CircuitOptions,
): Graph => {
  const c = new GraphCircuit(options);
  const ins = types.map((t) => c.value(loweredType(t)));
  const outs = ins.map((id) => (c.types[id]!.secret ? revealTo(c, c.wire(id), to).id : id));
  return c.graph(ins, outs);
};

/**
 * The program that takes exported objects in: each secret one is the sum of private inputs of all parties (in one
 * round), which are numbered by `objects` of secret ones; a public one is a constant.
 */
export const importGraph = (
  types: readonly Type[],
  publics: ReadonlyMap<number, Tensor>,
  parties: number,
  options: CircuitOptions,
): Graph => {
  const watcher = options.rangeGuard ? new Watcher(options.field) : undefined;
  const c = new GraphCircuit(options, watcher);
  watcher?.at({ op: 'load', ins: [], outs: [], attrs: {} }, true);
  const outs = types.map((type, name) => {
    const known = publics.get(name);
    if (known) return c.tensor(known);
    const kind = type.dtype === 'bool' ? 'bit' : 'ring';
    const inputs = Array.from({ length: parties }, (_, rank) =>
      privateInput(c, rank, name * parties + rank, type.shape, kind),
    );
    const out = { shape: type.shape, kind, secret: true } as const;
    const sum = inputs.reduce((all, x) => c.emit('add', [all, x], {}, [out])[0]!);
    if (type.dtype === 'fxp') c.watched?.result(c, sum);
    return sum.id;
  });
  return watchedGraph(c.graph([], outs), watcher);
};
