/**
 * @file Programs of an SPU in the making: a function is recorded at every call (so that what it captures is up to
 * date), and lowered once for each different recording.
 */

import { lowerProgram } from '#device-runtime';
import { fail } from '../errors.ts';
import { type Coarse, coarseText } from '../ir/compile/coarse.ts';
import { type Exposed, expose } from '../ir/compile/expose.ts';
import { inputBits } from '../ir/compile/guard-range.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import { importGraph, inputGraph, revealGraph } from '../ir/compile/ports.ts';
import type { Length } from '../ir/compile/rounds.ts';
import type { Graph, Tensor, Type } from '../ir/ops/graph.ts';
import { print } from '../ir/ops/print.ts';
import type { OpGraph } from '../ir/ops/program.ts';
import { isTensor } from '../ir/trace/ndarray.ts';
import { flatten, type TreeDef, unflatten } from '../ir/trace/pytree.ts';
import { isType, trace } from '../ir/trace/tracer.ts';
import { describe } from '../names.ts';
import { FIELDS } from '../ring/field.ts';
import { arrayOf, checkGaps, checkRange } from './argument-trees.ts';
import type { LoweredProgram, LoweringOptions } from './lower-program.ts';
import type { RuntimeConfig } from './runtime-config.ts';

const KEPT = 256;

/** Keeps the results of `make` for the last KEPT keys. */
class Cache<T> {
  readonly #kept = new Map<string, T>();

  peek(key: string): T | undefined {
    return this.#kept.get(key);
  }

  get(key: string, make: () => T): T {
    const value = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(old);
    }
    return value;
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}

export interface Recorded {
  /** The inputs, as they stood in the arguments. */
  readonly ins: readonly Type[];
  readonly outs: readonly Type[];
  readonly def: TreeDef;
  /** The program as it was recorded, for comparing it with the other parties'. */
  readonly text: string;
  readonly source: OpGraph;
}

/** A program that gives out all its values; `graph` is lowered. */
export interface ExposedProgram {
  readonly exposed: Exposed;
  readonly graph: Graph;
}

/** An argument as a program is given it; types stand for what the SPU holds. Throws for what is no number. */
const argument = (value: unknown, index: number): unknown => {
  checkGaps(value, '', (path) => `argument ${index}${path}`);
  const isLeaf = (x: unknown) => isType(x) || isTensor(x) || ArrayBuffer.isView(x) || arrayOf(x) !== x;
  const { leaves, paths } = flatten(value, isLeaf);
  leaves.forEach((x, i) => {
    if (typeof x === 'object' ? isLeaf(x) : ['number', 'boolean', 'bigint'].includes(typeof x)) return;
    fail(
      'INVALID_ARGUMENT',
      `argument ${index}${paths[i]!} is ${describe(x)}: an SPU takes its objects, numbers and arrays; for anything ` +
        `else use spu(fn, { static: [${index}] })`,
      { argument: index, path: paths[i] },
    );
  });
  return withArrays(value, isLeaf);
};

/** The tree with its lists of numbers as arrays. */
const withArrays = (x: unknown, isLeaf: (x: unknown) => boolean): unknown => {
  const { leaves, def } = flatten(x, (item) => item === null || item === undefined || isLeaf(item));
  return unflatten(def, leaves.map(arrayOf));
};

const sitesOf = ({ nodes }: OpGraph): unknown[] =>
  nodes.map(({ site, body }) => (body ? [site, sitesOf(body)] : site));

const isTypeLeaf = (x: unknown): boolean => isType(x) || isTensor(x) || ArrayBuffer.isView(x);

export class Programs {
  #options: LoweringOptions & { readonly fraction: number };
  readonly #lowered = new Cache<{ readonly graph: Promise<Graph>; known?: Graph }>();
  readonly #inputs = new Cache<Graph>();
  readonly #reveals = new Cache<Graph>();
  readonly #exposed = new Cache<Promise<ExposedProgram>>();

  readonly #lengths = new WeakMap<Graph, Length>();
  readonly #strict: boolean;
  readonly #emit: (found: Coarse) => void;

  /** `tell` hears of public numbers that the fraction bits cannot hold, unless they are errors. */
  constructor(config: RuntimeConfig, parties: number, emit: (found: Coarse) => void) {
    this.#strict = config.strict;
    this.#emit = emit;
    const { field, fraction, truncAllowMsbError, sigmoidMode, costMode, link, memoryLimit, rangeGuard } =
      config;
    this.#options = {
      field: FIELDS[field],
      fraction,
      truncAllowMsbError,
      sigmoidMode,
      parties,
      costMode,
      link,
      memoryLimit,
      rangeGuard,
    };
  }

  /** What cost mode `auto` reckons with, where it is measured: before the first program. */
  over(link: LinkMeasure): void {
    this.#options = { ...this.#options, link };
  }

  /**
   * Records `fn` on `args`, in which a Type stands for each leaf that the SPU holds. Arguments in `fixed` are handed
   * over as they are.
   */
  record(fn: (...args: never[]) => unknown, args: readonly unknown[], fixed: ReadonlySet<number>): Recorded {
    const moving = args.flatMap((arg, i) =>
      fixed.has(i) || arg === undefined ? [] : [{ i, arg: argument(arg, i) }],
    );
    const program = trace(
      (...given: unknown[]) => {
        const all = [...args];
        moving.forEach(({ i }, j) => {
          all[i] = given[j];
        });
        return (fn as (...args: unknown[]) => unknown)(...all);
      },
      moving.map(({ arg }) => arg),
    );
    const { graph, outTree } = program;
    this.#checkConstants(graph);
    return {
      text: print(graph),
      source: graph,
      ins: flatten(
        moving.map(({ arg }) => arg),
        isTypeLeaf,
      ).leaves.filter(isType),
      outs: graph.outs.map((id) => graph.types[id]!),
      def: outTree,
    };
  }

  /** By which a program is known: what the range guard finds is named by the lines of the recording. */
  #key({ text, source }: Recorded): string {
    return this.#options.rangeGuard ? JSON.stringify([text, sitesOf(source)]) : text;
  }

  /** The program that parties run. What cannot be lowered is tried anew at the next call, which has another line to name. */
  async lower(recorded: Recorded): Promise<Graph> {
    const key = this.#key(recorded);
    const lowered = async (): Promise<Graph> =>
      this.#held(await lowerProgram(recorded.source, this.#options));
    const entry = this.#lowered.get(key, () => ({ graph: lowered() }));
    try {
      entry.known = await entry.graph;
      return entry.known;
    } catch (e) {
      this.#lowered.forget(key);
      throw e;
    }
  }

  /** The same, where it is known already. */
  lowered(recorded: Recorded): Graph | undefined {
    return this.#lowered.peek(this.#key(recorded))?.known;
  }

  /** Says which public numbers are lost. Throws RANGE if nothing may be. */
  #held({ graph, coarse, length }: LoweredProgram): Graph {
    this.#lengths.set(graph, length);
    const [first] = coarse;
    if (first && this.#strict) fail('RANGE', coarseText(first), { site: first.site, value: first.value });
    for (const found of coarse) this.#emit(found);
    return graph;
  }

  /** How long a program is; what only brings values in and out is of one round. */
  lengthOf(graph: Graph): Length {
    return this.#lengths.get(graph) ?? { rounds: 1, ops: graph.nodes.length };
  }

  /** For checks in simulation. */
  expose({ text, source }: Recorded): Promise<ExposedProgram> {
    return this.#exposed.get(text, async () => {
      const exposed = expose(source);
      // All is held against float64, and nothing has to be guarded.
      const { graph } = await lowerProgram(exposed.graph, { ...this.#options, rangeGuard: false });
      return { exposed, graph };
    });
  }

  get precision(): { readonly field: (typeof FIELDS)['FM128']; readonly fraction: number } {
    return this.#options;
  }

  /** Takes in private inputs, named by their place. */
  input(inputs: readonly { readonly owner: number; readonly type: Type }[]): Graph {
    return this.#inputs.get(JSON.stringify(inputs), () => inputGraph([...inputs], this.#options));
  }

  reveal(types: readonly Type[], to: readonly number[]): Graph {
    return this.#reveals.get(JSON.stringify([types, to]), () => revealGraph(types, to, this.#options));
  }

  /** Takes in what was exported by this many parties. */
  import(types: readonly Type[], publics: ReadonlyMap<number, Tensor>, parties: number): Graph {
    return importGraph(types, publics, parties, this.#options);
  }

  /** Throws RANGE for what may not enter the SPU. */
  checkInput(t: Tensor, what: string): void {
    const { field, fraction, rangeGuard = false } = this.#options;
    checkRange(t, field, fraction, what, inputBits(field, rangeGuard));
  }

  /** Public constants are encoded by all parties: what cannot be is found here, before anything is sent. */
  #checkConstants(graph: OpGraph): void {
    for (const node of graph.nodes) {
      if (node.op === 'const')
        checkRange(
          node.attrs.value,
          this.#options.field,
          this.#options.fraction,
          `a public constant${node.site === undefined ? '' : ` (${node.site})`}`,
        );
      if (node.op === 'loop') this.#checkConstants(node.body);
    }
  }
}
