/** @file `tessera run`: a program of JAX or a model on arrays in files of several parties; results go to files of those who are named. */

import { writeFileSync } from 'node:fs';
import { fail } from '../errors.ts';
import { written } from '../frontends/arrays.ts';
import { signatures } from '../frontends/operations.ts';
import * as sf from '../index.ts';
import { counted, suggestion } from '../names.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { fieldOption } from './flags.ts';
import { type Parties, together } from './parties.ts';
import { readPartyConfig } from './party-config.ts';
import { checkWritable } from './table-file.ts';

interface Flags {
  party?: string;
  config: string;
  in?: string[];
  out?: string[];
  field: string;
}

/** A file of this party's, or another party: `0=w.npy`, `1=@bob`. */
interface Place {
  readonly name: string;
  readonly file?: string;
  readonly party?: string;
}

const placesOf = (texts: readonly string[] | undefined, flag: string): Place[] =>
  (texts ?? []).map((text) => {
    const at = text.indexOf('=');
    if (at < 1 || at === text.length - 1)
      return fail(
        'INVALID_ARGUMENT',
        `${flag} ${text}: write place=file for this party's, place=@party for another's`,
      );
    const [name, target] = [text.slice(0, at), text.slice(at + 1)];
    return target.startsWith('@') ? { name, party: target.slice(1) } : { name, file: target };
  });

/** A program as the command calls it: by the names of its arguments and results. */
interface Callable {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Is the argument one array, arrays by name, or a tree of them? */
  readonly formOf: (name: string) => 'array' | 'names' | 'tree';
  /** What stands for an argument that nobody gives. */
  readonly public: Readonly<Record<string, unknown>>;
  readonly call: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

const WEIGHTS = 'weights';

const modelOf = async (path: string): Promise<Callable> => {
  const model = await sf.onnx(path);
  const inputs = model.inputs.map(({ name }) => name);
  const hasWeights = model.parameters.length > 0;
  const known = Object.keys(model.weights).length === model.parameters.length;
  return {
    inputs: hasWeights ? [WEIGHTS, ...inputs] : inputs,
    outputs: model.outputs.map(({ name }) => name),
    formOf: (name) => (name === WEIGHTS ? 'names' : 'array'),
    public: hasWeights && known ? { [WEIGHTS]: model.weights } : {},
    call: ({ [WEIGHTS]: weights = {}, ...rest }) => model(weights as never, rest) as Record<string, unknown>,
  };
};

const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i));

const programOf = async (path: string): Promise<Callable> => {
  const program = await sf.program<unknown>(path);
  const { arguments: arrays, results } = signatures.get(program)!;
  const inputs = numbered(arrays.length);
  return {
    inputs,
    outputs: numbered(results),
    formOf: (name) => (arrays[Number(name)] ? 'array' : 'tree'),
    public: {},
    call: (given) => {
      const found = program(...inputs.map((name) => given[name]));
      return Object.fromEntries((Array.isArray(found) ? found : [found]).map((x, i) => [String(i), x]));
    },
  };
};

/** Names with dots as objects in objects, and objects of 0, 1, 2, ... as lists: the trees of JAX from flat files. */
const treeOf = (named: sf.NamedArrays): unknown => {
  const root: Record<string, unknown> = {};
  for (const [path, x] of Object.entries(named)) {
    const names = path.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[names.at(-1)!] = x;
  }
  const listed = (x: unknown): unknown => {
    if (typeof x !== 'object' || x === null || Object.getPrototypeOf(x) !== Object.prototype) return x;
    const entries = Object.entries(x).map(([name, item]) => [name, listed(item)] as const);
    return entries.every(([name], i) => name === String(i))
      ? entries.map(([, item]) => item)
      : Object.fromEntries(entries);
  };
  return listed(root);
};

/** Columns of a table side by side, [rows, columns]. */
const matrixOf = (named: sf.NamedArrays): sf.BaseArray =>
  sf.np.stack(
    Object.values(named).map((x) => sf.np.astype(x, 'float64')),
    1,
  );

const loaded = async (path: string, form: ReturnType<Callable['formOf']>): Promise<unknown> => {
  const x = await sf.load(path);
  if (x instanceof sf.NDArray) return x;
  if (form !== 'array') return form === 'tree' ? treeOf(x) : x;
  if (/\.csv$/i.test(path)) return matrixOf(x);
  const [only, ...more] = Object.values(x);
  return only !== undefined && more.length === 0
    ? only
    : fail('INVALID_ARGUMENT', `${path} holds ${Object.keys(x).join(', ')}, where one array is wanted`);
};

/** A tree of arrays as arrays by name, with dots. */
const flatOf = (x: unknown, path = ''): [string, sf.ArrayInput][] => {
  if (x instanceof sf.NDArray || typeof x !== 'object' || x === null) return [[path, x as sf.ArrayInput]];
  return Object.entries(x).flatMap(([name, item]) => flatOf(item, path === '' ? name : `${path}.${name}`));
};

const save = (path: string, value: unknown): void => {
  const isOne = value instanceof sf.NDArray || typeof value !== 'object' || value === null;
  const bytes = written(
    path,
    isOne && path.endsWith('.npy') ? value : isOne ? { result: value } : Object.fromEntries(flatOf(value)),
  );
  writeFileSync(path, bytes, { mode: 0o600 });
};

/** Each argument by who gives it; each result by who learns it. */
const termsOf = (self: string, ins: readonly Place[], outs: readonly Place[]) => {
  const by = (places: readonly Place[]): Record<string, string> => {
    const found = new Map<string, Set<string>>();
    for (const { name, party = self } of places) found.set(name, (found.get(name) ?? new Set()).add(party));
    return Object.fromEntries([...found].sort().map(([name, who]) => [name, [...who].sort().join(', ')]));
  };
  return { arguments: by(ins), results: by(outs) };
};

const checkNames = (flag: string, names: readonly string[], known: readonly string[]): void => {
  const alien = names.find((name) => !known.includes(name));
  if (alien !== undefined) fail('INVALID_ARGUMENT', `${flag} ${alien}: ${suggestion(alien, known)}`);
};

const perform = async (
  { session, self, names, spu }: Parties,
  program: Callable,
  given: ReadonlyMap<string, unknown>,
  ins: readonly Place[],
  outs: readonly Place[],
  field: string,
): Promise<void> => {
  const device = spu(field);
  const inOrder = program.inputs.flatMap((name) => ins.filter((p) => p.name === name));
  const secret = Object.fromEntries(
    inOrder.map(({ name, party = self }) => [name, session.PYU(party)(() => given.get(name))()]),
  );
  const run = (secrets: Readonly<Record<string, unknown>>) => program.call({ ...program.public, ...secrets });
  const results = device(run as never)(secret as never) as unknown as sf.SPUObject;
  await results.ready();
  const wanted = outs.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const pick = (name: string) => (all: Readonly<Record<string, unknown>>) => all[name];
  const tasks: sf.DeviceObject[] = [];
  for (const name of new Set(wanted.map((p) => p.name))) {
    const one = device(pick(name) as never)(results as never) as unknown as sf.SPUObject;
    const files = wanted.filter((p) => p.name === name);
    const to = names.filter((party) => files.some((p) => (p.party ?? self) === party));
    for (const party of to) {
      const pyu = session.PYU(party);
      const keep = (value: unknown): void => {
        for (const { file } of files) if (file !== undefined) save(file, value);
      };
      tasks.push(pyu(keep)(one.to(pyu) as never) as sf.DeviceObject);
    }
  }
  await session.wait(tasks);
  const { rounds, bytes } = device.stats();
  console.error(`${counted(rounds, 'round')}, ${bytes[self] ?? 0} bytes sent`);
};

const run = async (path: string, flags: Flags): Promise<void> => {
  const [ins, outs] = [placesOf(flags.in, '--in'), placesOf(flags.out, '--out')];
  const program = await (/\.onnx$/i.test(path) ? modelOf(path) : programOf(path));
  checkNames(
    '--in',
    ins.map(({ name }) => name),
    program.inputs,
  );
  checkNames(
    '--out',
    outs.map(({ name }) => name),
    program.outputs,
  );
  const missing = program.inputs.find(
    (name) => !(name in program.public) && !ins.some((p) => p.name === name),
  );
  if (missing !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `who gives argument ${missing}? --in ${missing}=file, or --in ${missing}=@party`,
    );
  const twice = ins.find(({ name }, i) => ins.findIndex((p) => p.name === name) !== i);
  if (twice) fail('INVALID_ARGUMENT', `--in ${twice.name} is given twice`);
  if (outs.length === 0) fail('INVALID_ARGUMENT', 'who learns a result? --out 0=file, or --out 0=@party');
  for (const { file } of outs) checkWritable(file);
  const given = new Map<string, unknown>();
  for (const { name, file } of ins)
    if (file !== undefined) given.set(name, await loaded(file, program.formOf(name)));
  const { self } = readPartyConfig(flags.config);
  if (flags.party !== undefined && flags.party !== self)
    fail('CONFIG', `${flags.config} is the configuration of ${self}, not of ${flags.party}`);
  const terms = { command: 'run', ...termsOf(self, ins, outs), field: flags.field };
  await together(flags.config, terms, (parties) => perform(parties, program, given, ins, outs, flags.field));
};

export const runCommand: CliCommand = {
  register(program) {
    withExamples(
      program.command('run'),
      'tessera run step.jax --config party.json --in 0=weights.npz 1=@bob --out 0=result.npy',
      'tessera run model.onnx --config party.json --in weights=@alice x=rows.csv --out y=answers.npy',
    )
      .description(
        "run a program of JAX or a model (.onnx) on secrets, from the parties' files to files; each party starts it with its own",
      )
      .argument('<file>', 'an export, StableHLO in bytecode or text, or ONNX: the same at all parties')
      .requiredOption('--config <file>', "this party's configuration, as for sf.init")
      .option('--party <name>', 'who this party is; what the configuration says')
      .option(
        '--in <place=file...>',
        "an argument by place (of .onnx by name, and `weights`): a file of this party's, or @party",
      )
      .option(
        '--out <place=file...>',
        'a result by place or name: a file here, or @party; who is not named learns nothing',
      )
      .addOption(fieldOption())
      .action(run);
  },
};
