/** @file `tessera show`: what a program or a model takes and gives, asks for and costs, before anybody is asked to join. */
import { readFileSync } from 'node:fs';
import { integer } from '../config/schema.ts';
import { TesseraError } from '../errors.ts';
import { onnx } from '../frontends/onnx-model.ts';
import { flatForms, type Operations } from '../frontends/operations.ts';
import { isComplex, type ProgramArray } from '../frontends/ports.ts';
import { program as readProgram } from '../frontends/stablehlo-program.ts';
import { simulate } from '../ir/run/simulate.ts';
import { simulateMade } from '../ir/run/simulate-made.ts';
import { counted } from '../names.ts';
import type { NDArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { FIELDS, type Field, type FieldName } from '../ring/field.ts';
import { Ring } from '../ring/ring.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { fieldOption, numberFlag } from './flags.ts';

export interface ShowOptions {
  readonly field: FieldName;
  readonly parties: number;
  /** What open axes are. */
  readonly rows: number;
  /** Arguments that are not secret, by place: weights of a model come first. */
  readonly open: readonly number[];
  readonly rttMs: number;
  readonly mbit: number;
}

const SHOW: ShowOptions = { field: 'FM128', parties: 2, rows: 1, open: [], rttMs: 40, mbit: 100 };

interface Loaded extends Operations {
  readonly text: string;
  readonly arguments: readonly ProgramArray[];
  readonly constants: readonly string[];
  readonly fn: object;
}

const loaded = async (path: string): Promise<Loaded> => {
  const bytes = new Uint8Array(readFileSync(path));
  if (/\.onnx$/i.test(path)) {
    const model = await onnx(bytes);
    const { operations, unsupported, parameters, inputs } = model;
    return {
      text: String(model),
      arguments: [...parameters, ...inputs],
      constants: [],
      operations,
      unsupported,
      fn: model,
    };
  }
  const constants: string[] = [];
  const own = await readProgram(bytes, { onEvent: ({ message }) => constants.push(message) });
  const { operations, unsupported, inputs } = own;
  return { text: String(own), arguments: inputs, constants, operations, unsupported, fn: own };
};

/** Numbers that every operation is defined for; costs do not depend on them. */
/** Both parts of a complex array, or any other one. */
const sample = (port: ProgramArray, rows: number): NDArray[] => {
  const shape = port.shape.map((n) => (n < 0 ? rows : n));
  if (!isComplex(port)) return [np.ones(shape, port.dtype) as NDArray];
  return [np.ones(shape) as NDArray, np.ones(shape) as NDArray];
};

const size = (bytes: number): string =>
  bytes >= 1e6
    ? `${(bytes / 1e6).toFixed(1)} MB`
    : bytes >= 1e3
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${bytes} B`;

/** What it costs two parties that have no dealer. */
const undealt = async (
  run: (...given: readonly unknown[]) => unknown,
  given: readonly NDArray[],
  field: Field,
): Promise<string> => {
  const { transfers, aheadBytes, rounds, bytes } = await simulateMade(run, given, field);
  return (
    `without a dealer: ${counted(transfers, 'transfer')} and ${size(aheadBytes)} sent by a party ahead, then ` +
    `${counted(rounds, 'round')} and ${size(bytes)}`
  );
};

/** Lines of text. What cannot run is said in them, and why. */
export const show = async (path: string, options: Partial<ShowOptions> = {}): Promise<string[]> => {
  const { field, parties, rows, open, rttMs, mbit } = { ...SHOW, ...options };
  const file = await loaded(path);
  const lines = [file.text, ...file.constants];
  const counts = Object.entries(file.operations).map(([op, n]) => (n === 1 ? op : `${n} ${op}`));
  lines.push(`operations: ${counts.join(', ') || 'none'}`);
  for (const { op, place } of file.unsupported) lines.push(`unsupported: ${op} at ${place}`);
  if (file.unsupported.length > 0) return lines;
  const flat = flatForms.get(file.fn);
  const samples = file.arguments.map((a, i) => ({ parts: sample(a, rows), isSecret: !open.includes(i) }));
  const inputs = samples.flatMap(({ parts }) => parts);
  const secrets = samples
    .flatMap(({ parts, isSecret }) => parts.map(() => isSecret))
    .flatMap((isSecret, i) => (isSecret ? [i] : []));
  const run = (...given: readonly unknown[]): unknown => {
    const all: unknown[] = [...inputs];
    for (const [k, i] of secrets.entries()) all[i] = given[k];
    return flat?.(all);
  };
  const ring = await Ring.create();
  try {
    const given = secrets.map((i) => inputs[i] as NDArray);
    const { stats } = simulate(run, given, { ring, field: FIELDS[field], parties });
    const sent = Math.max(...stats.sent.map((to) => to.reduce((a, b) => a + b, 0)));
    lines.push(
      `${field}, ${parties} parties, ${samples.filter(({ isSecret }) => isSecret).length} of ${samples.length} arguments secret: ${counted(stats.rounds, 'round')}, ${size(sent)} sent by a party, ${size(stats.dealerBytes)} dealt`,
    );
    const seconds = (stats.rounds * rttMs) / 2000 + (sent * 8) / (mbit * 1e6);
    lines.push(
      `on a link of ${rttMs} ms and ${mbit} Mbit/s: ${seconds.toFixed(2)} s for rounds and bytes, and computing`,
    );
    if (parties === 2 && secrets.length > 0) lines.push(await undealt(run, given, FIELDS[field]));
  } catch (e) {
    if (!(e instanceof TesseraError)) throw e;
    lines.push(`it does not run as it is: ${e.code}: ${e.message}`);
  }
  return lines;
};

interface Flags {
  field: string;
  parties: string;
  rows: string;
  public?: string;
  rtt: string;
  mbit: string;
}

const whole = (least: number) => integer(least, 1e6);

export const showCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('show')
        .description(
          'what a program of JAX or a model (.onnx) takes and gives, asks for and costs; opens no connection',
        ),
      'tessera show step.jax',
      'tessera show model.onnx --rows 100 --public 0,1 --rtt 20 --mbit 1000',
    )
      .argument('<file>', 'an export, StableHLO in bytecode or text, or ONNX')
      .addOption(fieldOption())
      .option('--parties <number>', 'how many parties compute', String(SHOW.parties))
      .option('--rows <number>', 'the size of axes that are open', String(SHOW.rows))
      .option('--public <places>', 'arguments that are not secret: 0,2')
      .option('--rtt <ms>', 'round trip of the link', String(SHOW.rttMs))
      .option('--mbit <number>', 'bandwidth of the link, Mbit/s', String(SHOW.mbit))
      .action(async (path: string, flags: Flags) => {
        const lines = await show(path, {
          field: flags.field as FieldName,
          parties: numberFlag(whole(2), flags.parties, '--parties'),
          rows: numberFlag(whole(1), flags.rows, '--rows'),
          open: (flags.public ?? '').split(',').filter(Boolean).map(Number),
          rttMs: numberFlag(whole(0), flags.rtt, '--rtt'),
          mbit: numberFlag(whole(1), flags.mbit, '--mbit'),
        });
        for (const line of lines) console.log(line);
      });
  },
};
