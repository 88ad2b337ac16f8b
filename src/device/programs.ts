/**
 * @file Programs of an SPU in the making: a function is recorded at every call (so that what it captures is up to
 * date), and lowered once for each different recording.
 */
import { fail } from '../errors.ts';
import { type Coarse, coarseText } from '../ir/coarse.ts';
import { type Exposed, expose } from '../ir/exposed.ts';
import type { Graph, Tensor, Type } from '../ir/graph.ts';
import { isTensor } from '../ir/ndarray.ts';
import type { LinkMeasure } from '../ir/plan.ts';
import { importGraph, inputGraph, revealGraph } from '../ir/ports.ts';
import { print } from '../ir/print.ts';
import { flatten, type TreeDef } from '../ir/pytree.ts';
import { isType, trace } from '../ir/tracer.ts';
import { FIELDS } from '../ring/field.ts';
import type { LoweredProgram, LoweringOptions } from './lowering.ts';
import { describe } from './read.ts';
import { lowerProgram } from './runtime.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { arrayOf, checkRange } from './trees.ts';

const KEPT = 256;

/** Keeps the results of `make` for the last KEPT keys. */
class Cache<T> {
  readonly #kept = new Map<string, T>();

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
  /** Lowered. */
  readonly graph: Graph;
  /** The inputs, as they stood in the arguments. */
  readonly ins: readonly Type[];
  readonly outs: readonly Type[];
  readonly def: TreeDef;
  /** The program as it was recorded, for comparing it with the other parties'. */
  readonly text: string;
  /** As it was recorded, before it was lowered. */
  readonly source: Graph;
}

/** A program that gives out all its values; `graph` is lowered. */
export interface ExposedProgram {
  readonly exposed: Exposed;
  readonly graph: Graph;
}

/** An argument as a program is given it; types stand for what the SPU holds. Throws for what is no number. */
const argument = (value: unknown, index: number): unknown => {
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
  if (isLeaf(x)) return arrayOf(x);
  if (Array.isArray(x)) return x.map((item: unknown) => withArrays(item, isLeaf));
  if (typeof x !== 'object' || x === null) return x;
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, withArrays(v, isLeaf)]));
};

const isTypeLeaf = (x: unknown): boolean => isType(x) || isTensor(x) || ArrayBuffer.isView(x);

export class Programs {
  #options: LoweringOptions & { readonly fraction: number };
  readonly #lowered = new Cache<Promise<Graph>>();
  readonly #inputs = new Cache<Graph>();
  readonly #reveals = new Cache<Graph>();
  readonly #exposed = new Cache<Promise<ExposedProgram>>();

  readonly #strict: boolean;
  readonly #tell: (found: Coarse) => void;

  /** `tell` hears of public numbers that the fraction bits cannot hold, unless they are errors. */
  constructor(config: RuntimeConfig, parties: number, tell: (found: Coarse) => void) {
    this.#strict = config.strict;
    this.#tell = tell;
    const { field, fraction, truncAllowMsbError, sigmoidMode, costMode, link, memoryLimit } = config;
    this.#options = {
      field: FIELDS[field],
      fraction,
      truncAllowMsbError,
      sigmoidMode,
      parties,
      costMode,
      link,
      memoryLimit,
    };
  }

  /** What cost mode `auto` reckons with, where it is measured: before the first program. */
  over(link: LinkMeasure): void {
    this.#options = { ...this.#options, link };
  }

  /**
   * Records `fn` on `args`, in which a Type stands for each leaf that the SPU holds. Arguments in `fixed` are handed
   * over as they are. The recording is done when this returns; the promise is of the lowered program.
   */
  async record(
    fn: (...args: never[]) => unknown,
    args: readonly unknown[],
    fixed: ReadonlySet<number>,
  ): Promise<Recorded> {
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
    const text = print(graph);
    return {
      text,
      source: graph,
      graph: await this.#lower(text, graph),
      ins: flatten(
        moving.map(({ arg }) => arg),
        isTypeLeaf,
      ).leaves.filter(isType),
      outs: graph.outs.map((id) => graph.types[id]!),
      def: outTree,
    };
  }

  /** What cannot be lowered is tried anew at the next call, which has another line to name. */
  async #lower(text: string, graph: Graph): Promise<Graph> {
    try {
      return await this.#lowered.get(text, async () => this.#held(await lowerProgram(graph, this.#options)));
    } catch (e) {
      this.#lowered.forget(text);
      throw e;
    }
  }

  /** Says which public numbers are lost. Throws RANGE if nothing may be. */
  #held({ graph, coarse }: LoweredProgram): Graph {
    const [first] = coarse;
    if (first && this.#strict) fail('RANGE', coarseText(first), { site: first.site, value: first.value });
    for (const found of coarse) this.#tell(found);
    return graph;
  }

  /** For checks in simulation. */
  expose({ text, source }: Recorded): Promise<ExposedProgram> {
    return this.#exposed.get(text, async () => {
      const exposed = expose(source);
      const { graph } = await lowerProgram(exposed.graph, this.#options);
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

  check(t: Tensor, what: string): void {
    checkRange(t, this.#options.field, this.#options.fraction, what);
  }

  /** Public constants are encoded by all parties: what cannot be is found here, before anything is sent. */
  #checkConstants(graph: Graph): void {
    for (const node of graph.nodes) {
      const { value } = node.attrs;
      if (node.op === 'const' && isTensor(value))
        this.check(value, `a public constant${node.site === undefined ? '' : ` (${node.site})`}`);
      if (node.body !== undefined) this.#checkConstants(node.body);
    }
  }
}
