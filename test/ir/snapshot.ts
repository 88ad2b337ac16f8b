/** @file Inline snapshots: text compared after its common indentation is taken off. */
import * as assert from 'uvu/assert';
import type { DType, Graph, Type } from '../../src/ir/ops/graph.ts';
import { print } from '../../src/ir/ops/print.ts';
import type { OpGraph } from '../../src/ir/ops/program.ts';
import { trace } from '../../src/ir/trace/tracer.ts';

const dedent = (text: string): string => {
  const lines = text.replace(/^\n|\n\s*$/g, '').split('\n');
  const indent = Math.min(
    ...lines.filter((l) => l.trim() !== '').map((l) => l.length - l.trimStart().length),
  );
  return lines.map((l) => l.slice(indent)).join('\n');
};

export const snapshot = (graph: Graph, text: string): void => assert.is(print(graph), dedent(text));

export const secret = (shape: readonly number[], dtype: DType = 'fxp'): Type => ({
  shape,
  dtype,
  secret: true,
});
export const open = (shape: readonly number[], dtype: DType = 'fxp'): Type => ({
  shape,
  dtype,
  secret: false,
});

/** The graph of a function of these arguments. */
export const graphOf = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): OpGraph =>
  trace(fn, args).graph;
