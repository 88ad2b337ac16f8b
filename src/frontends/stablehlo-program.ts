/** @file `sf.program`: a program of JAX, or of anything else that writes StableHLO, as a function over `np`. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { describe } from '../names.ts';
import * as np from '../numpy/index.ts';
import { optionsOf } from '../numpy/options.ts';
import { counted, flatForms, type Operations, signatures } from './operations.ts';
import { COMPLEX, isComplex, type ProgramArray, partsOf, portText, taken } from './ports.ts';
import { bytesOf, type ProgramSource } from './program-source.ts';
import { isBytecode, readBytecode } from './stablehlo/bytecode.ts';
import { partOf } from './stablehlo/complex/builder.ts';
import { withPairs } from './stablehlo/complex/pairs.ts';
import { recognised } from './stablehlo/decompositions.ts';
import { isExported, leavesOf, readExported, type Tree } from './stablehlo/exported.ts';
import { operationsOf, runModule } from './stablehlo/interpret.ts';
import {
  type Block,
  type Dense,
  elementsOf,
  type FunctionDefinition,
  type Module,
  type Operation,
  type TensorType,
  type Type,
} from './stablehlo/module.ts';
import { dtypeOf, type RunOptions } from './stablehlo/rules/rule.ts';
import { flattenBy, treeOfPaths, unflattenBy } from './stablehlo/signature.ts';
import { readText } from './stablehlo/text.ts';

export interface ProgramOptions {
  /** 'conditions': a loop whose condition is secret reveals it before each turn; all learn how often it turns. */
  readonly reveal?: 'conditions' | undefined;
  /** Turns of a loop whose condition is secret: it runs so many always, and keeps what it had when the condition ended; with `reveal`, the most. */
  readonly maxIterations?: number | undefined;
  /** Float constants that are smaller than this, and not 0, become it: 1e-8 is below what 26 fraction bits hold. */
  readonly epsilon?: number | undefined;
  /** Float constants with more numbers than this become a last argument, a list of arrays in the order of `lifted`. */
  readonly lift?: number | undefined;
  /** Hears of what a program makes public. Unless given, a line is printed. */
  readonly onEvent?: ((event: ProgramEvent) => void) | undefined;
}

/** A program holds constants of more than 64 numbers, which everybody and the dealer know. */
export interface ProgramEvent {
  readonly kind: 'public-constants';
  readonly count: number;
  readonly message: string;
}

/** A function over `np` with the results R (arrays in lists and objects, as the program was written), for `spu(f)`, `np.grad`, `np.vmap`, or a call in the clear. */
export interface Program<R = BaseArray> extends Operations {
  (...args: readonly unknown[]): R;
  /** The arrays that it takes, one after another, and those that it gives. */
  readonly inputs: readonly ProgramArray[];
  readonly outputs: readonly ProgramArray[];
  /** Float constants that `lift` has made arguments, in their order. */
  readonly lifted: readonly np.NDArray[];
  toString(): string;
}

const NOTHING = {
  reveal: undefined,
  maxIterations: undefined,
  epsilon: undefined,
  lift: undefined,
  onEvent: undefined,
};

/** Constants up to this size are not worth a word. */
const SMALL = 64;

const isText = (source: string): boolean => /\bfunc\.func\b/.test(source);

interface Loaded {
  readonly module: Module;
  readonly name: string;
  /** Of the positional arguments and of the named ones, where the file says so. */
  readonly positional: Tree | undefined;
  readonly named: Tree | undefined;
  readonly results: Tree;
  readonly kept: readonly number[] | undefined;
  readonly platforms: number;
}

const mainOf = (module: Module): FunctionDefinition =>
  module.functions.get('main') ?? fail('SERIALIZATION', 'the program has no function @main');

const resultTree = (main: FunctionDefinition): Tree =>
  treeOfPaths(
    main.results.map((_, i) => {
      const info = main.resultAttributes[i]?.entries.get('jax.result_info');
      return typeof info === 'string' ? info : undefined;
    }),
  );

const load = (content: Uint8Array | string): Loaded => {
  const plain = (module: Module): Loaded => ({
    module,
    name: 'program',
    positional: undefined,
    named: undefined,
    results: resultTree(mainOf(module)),
    kept: undefined,
    platforms: 1,
  });
  if (typeof content === 'string') return plain(readText(content));
  if (isBytecode(content)) return plain(readBytecode(content));
  if (isExported(content)) {
    const { module, name, arguments: tree, results, kept, platforms } = readExported(content);
    const [positional, named] = tree.kind === 'list' ? tree.children : [];
    return { module: readBytecode(module), name, positional, named, results, kept, platforms };
  }
  const text = new TextDecoder().decode(content);
  return isText(text)
    ? plain(readText(text))
    : fail(
        'SERIALIZATION',
        'this is no program: jax.export.export(jax.jit(f))(*args).serialize() writes one, and portable StableHLO bytecode and text are read too',
      );
};

const arrayOf = (type: Type, what: string): ProgramArray => {
  if (type.kind !== 'tensor') return fail('UNSUPPORTED', `${what} is a ${type.name}, not an array`);
  const op = { name: what, place: 'its signature' } as Operation;
  const part = partOf(type);
  return part && dtypeOf(part, op) === 'float64'
    ? { shape: type.shape, dtype: COMPLEX }
    : { shape: type.shape, dtype: dtypeOf(type, op) };
};

interface Constant {
  readonly op: Operation;
  readonly value: Dense;
}

/** Constants in the order of the file. */
const constantsOf = (module: Module): Constant[] => {
  const found: Constant[] = [];
  const walk = ({ operations }: Block): void => {
    for (const op of operations) {
      const value = op.name === 'constant' ? op.attributes.get('value') : undefined;
      if (typeof value === 'object' && 'kind' in value && value.kind === 'dense') found.push({ op, value });
      op.regions.forEach(walk);
    }
  };
  for (const { body } of module.functions.values()) walk(body);
  return found;
};

const isFloat = ({ element }: TensorType): boolean => /^b?f\d+$/.test(element);

/**
 * Reads a program that JAX has exported, or any StableHLO in portable bytecode or text, as a function over `np`. Its arguments and results
 * keep the trees and names of the export (named arguments are a last object); of bytecode and text alone, arguments are a list, and results
 * have the form that JAX notes beside them. A complex array is { real, imag }, and is given as that or as a real one. Arrays of floats are fixed-point numbers of the SPU's field. Constants of the file are public:
 * everybody and the dealer know them. Throws SERIALIZATION with the place in the file for what cannot be read, UNSUPPORTED with operation and place
 * when the function is called and something in it has no meaning on secrets.
 *
 * @example
 * const step = await sf.program<[sf.BaseArray, sf.BaseArray]>('step.jax'); // open('step.jax', 'wb').write(jax.export.export(jax.jit(f))(*args).serialize())
 * const [weights, loss] = spu(step, { numReturns: 2 })(w, x);
 */
export const program = async <R = BaseArray>(
  source: ProgramSource,
  options?: ProgramOptions,
): Promise<Program<R>> => {
  const { reveal, maxIterations, epsilon, lift, onEvent } = optionsOf<ProgramOptions, typeof NOTHING>(
    'sf.program',
    options,
    NOTHING,
  );
  if (reveal !== undefined && reveal !== 'conditions')
    fail('INVALID_ARGUMENT', `sf.program: reveal is 'conditions', not ${describe(reveal)}`);
  for (const [name, value] of Object.entries({ maxIterations, lift }))
    if (value !== undefined && (!Number.isInteger(value) || value < 0))
      fail('INVALID_ARGUMENT', `sf.program: ${name} is a whole number from 0, not ${describe(value)}`);
  if (epsilon !== undefined && !(epsilon > 0 && epsilon < 1))
    fail('INVALID_ARGUMENT', `sf.program: epsilon lies between 0 and 1, not ${describe(epsilon)}`);

  const loaded = load(
    typeof source === 'string' && isText(source) ? source : await bytesOf('sf.program', source),
  );
  const main = mainOf(loaded.module);
  const parameters = main.body.parameters.map(({ type }, i) => arrayOf(type, `argument ${i}`));
  const outputs = main.results.map((type, i) => arrayOf(type, `result ${i}`));
  // A program for several platforms is told which it runs on.
  const leading = loaded.platforms > 1 ? 1 : 0;
  const inputs = parameters.slice(leading);
  if (loaded.kept !== undefined && loaded.kept.length !== inputs.length)
    fail(
      'SERIALIZATION',
      `the program takes ${inputs.length} arrays, and its export names ${loaded.kept.length}`,
    );

  const module = withPairs(recognised(loaded.module));
  const constants = constantsOf(module);
  const large = constants.filter(({ value }) => !value.splat && elementsOf(value.type.shape) > SMALL);
  const isLifted = ({ value }: Constant): boolean =>
    lift !== undefined && !value.splat && isFloat(value.type) && elementsOf(value.type.shape) > lift;
  const liftedConstants = constants.filter(isLifted);
  const open = large.filter((c) => !isLifted(c));
  if (open.length > 0) {
    const message =
      `the program holds ${open.length} constant${open.length > 1 ? 's' : ''} of more than ${SMALL} numbers (the first at ${open[0]?.op.place}): ` +
      'they are public, to everybody and the dealer. { lift: 64 } makes those of floats arguments';
    if (onEvent) onEvent({ kind: 'public-constants', count: open.length, message });
    else console.warn(`tessera: ${message}`);
  }

  const count = (tree: Tree | undefined): number => (tree === undefined ? 0 : leavesOf(tree));
  const positional = loaded.positional?.kind === 'list' ? loaded.positional.children : undefined;
  const named = count(loaded.named) > 0 ? loaded.named : undefined;
  const arity =
    (positional?.length ?? inputs.length) + (named ? 1 : 0) + (liftedConstants.length > 0 ? 1 : 0);

  const leavesFrom = (args: readonly unknown[]): unknown[] => {
    if (!positional) return [...args.slice(0, inputs.length)];
    const all = positional.flatMap((tree, i) => flattenBy(tree, args[i], `argument ${i}`));
    if (named) all.push(...flattenBy(named, args[positional.length], 'the named arguments'));
    return (loaded.kept ?? []).map((i) => all[i]);
  };

  /** The results of the arrays that the program takes, of complex ones both parts, and of lifted constants. */
  const ran = (arrays: readonly BaseArray[], extra: readonly unknown[]): BaseArray[] => {
    const lifted = new Map(
      liftedConstants.map(({ op, value }, i) => [
        op,
        taken(extra[i], { shape: value.type.shape, dtype: 'float64' }, `lifted constant ${i}`, 'program'),
      ]),
    );
    const how: RunOptions = { loops: { reveal: reveal === 'conditions', maxIterations }, epsilon, lifted };
    const platform = leading === 1 ? [np.asarray(new Int32Array(1)).reshape([])] : [];
    return runModule(module, [...platform, ...arrays], how);
  };
  const partsIn = (given: readonly unknown[]): BaseArray[] =>
    given.flatMap((x, i) => partsOf(x, inputs[i] as ProgramArray, `argument ${i}`, 'program'));
  /** Pairs of parts as { real, imag }. */
  function* joined(arrays: readonly BaseArray[]): Generator<unknown> {
    const all = arrays[Symbol.iterator]();
    for (const port of outputs) {
      const real = all.next().value;
      yield isComplex(port) ? { real, imag: all.next().value } : real;
    }
  }

  const run = (...args: readonly unknown[]): R => {
    if (args.length !== arity)
      fail(
        'INVALID_ARGUMENT',
        `${loaded.name} takes ${arity} argument${arity === 1 ? '' : 's'}, not ${args.length}`,
      );
    const extra = liftedConstants.length > 0 ? (args.at(-1) as readonly unknown[]) : [];
    if (liftedConstants.length > 0 && (!Array.isArray(extra) || extra.length !== liftedConstants.length))
      fail(
        'INVALID_ARGUMENT',
        `the last argument is the list of the ${liftedConstants.length} lifted constants`,
      );
    return unflattenBy(loaded.results, joined(ran(partsIn(leavesFrom(args)), extra))) as R;
  };
  const described = {
    inputs,
    outputs,
    ...counted(operationsOf(module)),
    lifted: liftedConstants.map(
      ({ value }) => new np.NDArray([...value.type.shape], 'fxp', value.data as Float64Array),
    ),
    toString: () =>
      `${loaded.name}(${inputs.map(portText).join(', ')}) -> (${outputs.map(portText).join(', ')})`,
  };
  Object.defineProperty(run, 'name', { value: loaded.name });
  const made = Object.assign(run, described);
  const isArray = (i: number): boolean =>
    positional === undefined
      ? !isComplex(inputs[i] as ProgramArray)
      : positional[i]?.kind === 'leaf' && !inputs.some(isComplex);
  signatures.set(made, {
    arguments: Array.from(
      { length: arity },
      (_, i) => i < (positional?.length ?? inputs.length) && isArray(i),
    ),
    results: loaded.results.kind === 'list' ? loaded.results.children.length : 1,
  });
  const parts = inputs.reduce((n, port) => n + (isComplex(port) ? 2 : 1), 0);
  flatForms.set(made, (xs) =>
    ran(
      xs.slice(0, parts).map((x) => np.asarray(x as np.ArrayInput)),
      xs.slice(parts),
    ),
  );
  return made;
};
