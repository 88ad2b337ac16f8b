/** @file `tessera train`: a model over the columns of several parties' tables, fitted and judged on secrets. */
import { writeFileSync } from 'node:fs';
import { integer, number } from '../config/schema.ts';
import { fail } from '../errors.ts';
import { type Frame, framed } from '../frame/index.ts';
import * as sf from '../index.ts';
import { FIELDS, type FieldName } from '../ring/field.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { type FeatureFlags, type Label, type Prepared, positiveOf, prepared } from './features.ts';
import { fieldOption, numberFlag } from './flags.ts';
import { type Fitted, type Known, knownModel, MODELS, modelOf } from './known-models.ts';
import { keep } from './model-file.ts';
import { type Parties, together } from './parties.ts';
import { checkWritable, pairsOf, TableFile, type TableFlags, withTable } from './table-file.ts';
import { curvesOf, lossesOf, numbers, trainReport } from './train-report.ts';

interface Flags extends TableFlags, FeatureFlags {
  config: string;
  model: string;
  label: string;
  positive?: string;
  set?: string[];
  split: string;
  seed: string;
  field: FieldName;
  save?: string;
  coefficients?: string;
  importance?: string;
  report?: string;
  json?: boolean;
}

/** `C=10` as { C: 10 }: JSON where it is, else text. */
const optionsOf = (set: readonly string[] | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(pairsOf(set, '--set')).map(([name, text]) => {
      try {
        return [name, JSON.parse(text) as unknown];
      } catch {
        return [name, text];
      }
    }),
  );

/** Columns of each party in bins that its training rows give, at that party, and where these lie. */
const inBins = async (
  parts: readonly (readonly sf.PYUObject<sf.NDArray>[])[],
  maxBins: number | undefined,
) => {
  const { fit, transform } = (await sf.models()).binning(maxBins === undefined ? undefined : { maxBins });
  const [train] = parts;
  const thresholds = train!.map((x) => x.device(fit)(x));
  const all = parts.map((part) =>
    part.map((x, i) => x.device(transform)(thresholds[i]! as never, x) as never),
  );
  return { all: all as sf.PYUObject<sf.NDArray>[][], thresholds };
};

/** What the predictions for the test rows are worth: revealed to all. */
const judge = async (
  { session }: Parties,
  spu: sf.SPU,
  kind: Label['kind'],
  y: sf.DeviceObject,
  p: sf.DeviceObject,
): Promise<Record<string, number>> => {
  const { auc, accuracy, ks, logLoss, mse, r2 } = await sf.metrics();
  const judged =
    kind === 'labels'
      ? spu((t, q) => ({ auc: auc(t, q), accuracy: accuracy(t, q), ks: ks(t, q), logLoss: logLoss(t, q) }))(
          y,
          p,
        )
      : spu((t, q) => ({ r2: r2(t, q), mse: mse(t, q) }))(y, p);
  const values = (await session.reveal(judged)) as unknown as Record<string, sf.NDArray>;
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Number(v.item())]));
};

interface Task {
  readonly model: Fitted;
  readonly options: Readonly<Record<string, unknown>>;
  readonly own: Prepared;
  readonly known: Known;
  readonly label: Label;
  readonly share: number;
  readonly seed: number;
}

const fitted = async (parties: Parties, frame: Frame, task: Task, flags: Flags) => {
  const { model, known, label, share, seed } = task;
  const column = frame.columns.find((c) => c.name === label.name);
  if (!column)
    return fail('INVALID_ARGUMENT', `no party has a column ${JSON.stringify(label.name)}`, {
      column: label.name,
    });
  const names = frame.columns.map((c) => c.name).filter((name) => name !== label.name);
  const parts = frame.split(share, seed);
  const spu = parties.spu(flags.field);
  const y = parts.map((part) =>
    label.kind === 'labels'
      ? part.labels(label.name, { positive: positiveOf(column, label.positive) })
      : part.features([label.name])[0]!,
  );
  const plain = parts.map((part) => part.features(names));
  const bins = known.bins && (await inBins(plain, task.options.maxBins as number | undefined));
  const [x, asked] = bins ? bins.all : plain;
  const state = spu(model.fit)(x as never, y[0] as never) as unknown as sf.SPUObject;
  const p = spu(model.predictProba ?? model.predict)(
    state as never,
    asked as never,
  ) as unknown as sf.SPUObject;
  const losses =
    flags.report !== undefined && known.losses ? await lossesOf(parties.session, spu, state) : undefined;
  const figures = await judge(parties, spu, label.kind, y[1]!, p);
  const curves =
    flags.report !== undefined && label.kind === 'labels'
      ? await curvesOf(parties.session, spu, y[1]!, p)
      : undefined;
  if (flags.save !== undefined)
    await keep(parties, spu, flags.save, {
      state,
      model: flags.model,
      options: task.options,
      field: flags.field,
      label,
      own: task.own,
      thresholds: bins ? bins.thresholds : [],
    });
  const weights = await toOne(parties, spu, model.coefficients, state, flags.coefficients, (v) => {
    const { coef, intercept } = v as { coef: sf.NDArray; intercept: sf.NDArray };
    return { columns: names, coef: numbers(coef), intercept: Number(intercept.item()) };
  });
  const importances = await toOne(parties, spu, model.featureImportances, state, flags.importance, (v) =>
    numbers(v as sf.NDArray).map((share, i) => [names[i]!, share] as const),
  );
  const { rounds, bytes, dealerBytes } = spu.stats();
  const all = {
    rows: frame.shape[0],
    trained: parts[0].shape[0],
    tested: parts[1].shape[0],
    ...figures,
    rounds,
    bytes: bytes[parties.self] ?? 0,
    dealerBytes,
  };
  return { figures: all, curves, losses, weights, importances };
};

/** What a state says of the model, to one party alone, if to any; there alone it is returned. */
const toOne = async <T>(
  { session, self }: Parties,
  spu: sf.SPU,
  of: ((state: never) => unknown) | undefined,
  state: sf.SPUObject,
  to: string | undefined,
  read: (value: unknown) => T,
): Promise<T | undefined> => {
  if (of === undefined || to === undefined) return undefined;
  const own = spu(of as () => sf.BaseArray)(state as never) as unknown as sf.SPUObject;
  let seen: T | undefined;
  const look = (value: unknown): void => {
    seen = read(value);
  };
  const pyu = session.PYU(to);
  await session.wait(pyu(look)(own.to(pyu) as never));
  return to === self ? seen : undefined;
};

const train = async (flags: Flags): Promise<void> => {
  const known = knownModel(flags.model);
  const label: Label = { name: flags.label, kind: known.kind, positive: flags.positive };
  const options = optionsOf(flags.set);
  const curve = flags.report !== undefined && known.losses ? { lossCurve: true } : {};
  const model = await modelOf(known, { ...options, ...curve });
  for (const [flag, of] of [
    ['coefficients', model.coefficients],
    ['importance', model.featureImportances],
  ] as const)
    if (flags[flag] !== undefined && of === undefined)
      fail('INVALID_ARGUMENT', `--${flag}: a model of ${flags.model} has none`);
  const share = numberFlag(number(0.01, 0.99), flags.split, '--split');
  const seed = numberFlag(integer(0, 2_147_483_647), flags.seed, '--seed');
  const file = await TableFile.open(flags);
  const own = prepared(file, flags, label, FIELDS[flags.field]);
  for (const path of [flags.report, flags.save]) checkWritable(path);
  const { field, positive, save, coefficients, importance } = flags;
  const terms = {
    command: 'train',
    model: flags.model,
    label: flags.label,
    keys: file.key.length,
    options,
    share,
    seed,
    field,
    positive,
    save: save !== undefined,
    report: flags.report !== undefined,
    coefficients,
    importance,
  };
  const start = performance.now();
  const fit = async (parties: Parties) => {
    const { session, names } = parties;
    const tables = names.map((name) => [session.PYU(name), session.PYU(name)(() => own.table)()] as const);
    const frame = await framed(session, tables as never, file.key);
    if (!flags.json) console.error(String(frame));
    return fitted(parties, frame, { model, known, options, own, label, share, seed }, flags);
  };
  const result = await together(flags.config, terms, fit, { coefficients, importance });
  const { weights, curves, losses, importances } = result;
  const figures = { ...result.figures, seconds: (performance.now() - start) / 1000 };
  const told = importances && { importances: Object.fromEntries(importances) };
  const all = { model: flags.model, ...figures, ...(losses && { losses }), ...weights, ...told };
  if (flags.json) console.log(JSON.stringify(all));
  else
    for (const [name, value] of Object.entries(all))
      console.log(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  if (flags.report === undefined) return;
  const text = trainReport({
    model: flags.model,
    label: flags.label,
    figures,
    curves,
    losses,
    weights: weights?.columns.map((name, i) => [name, weights.coef[i]!] as const),
    importances,
    coefficients,
    importance,
    isJoined: file.key.length > 0,
  });
  writeFileSync(flags.report, text, { mode: 0o600 });
};

export const trainCommand: CliCommand = {
  register(program) {
    withExamples(
      withTable(program.command('train')),
      'tessera train --table patients.csv --key id --config party.json --model logistic --label y',
      'tessera train --table patients.csv --key id --config party.json --model logistic --label y --set C=10 --split 0.7 --save model',
    )
      .description(
        "fit a model to the columns of the parties' tables and judge it, all on secrets; each party starts it with its own",
      )
      .requiredOption('--config <file>', "this party's configuration, as for sf.init")
      .requiredOption('--model <name>', Object.keys(MODELS).join(', '))
      .requiredOption('--label <column>', 'the column that is learned, which one of the parties has')
      .option('--positive <value>', 'the value of the label that counts as 1', undefined)
      .option('--features <columns>', "this party's columns that the model takes; all unless given")
      .option('--drop <columns>', "this party's columns that it does not take")
      .option(
        '--onehot <columns>',
        'a column of 0 and 1 for each value of these; everybody learns the values',
      )
      .option(
        '--fillna <value>',
        "what stands for missing cells of this party's: mean, median, mode or a number",
      )
      .option('--set <name=value...>', 'options of the model: C=10 maxIter=20')
      .option('--split <share>', 'the share of rows that train; the rest judge', '0.8')
      .option('--seed <number>', 'of the public order in which rows are parted', '0')
      .addOption(fieldOption())
      .option(
        '--save <file>',
        "where this party's share of the model goes, encrypted, with FILE.json, which tessera serve reads beside it",
      )
      .option('--coefficients <party>', 'who learns the weights: nobody unless given')
      .option('--importance <party>', 'who learns which columns trees ask of: nobody unless given')
      .option(
        '--report <file>',
        'an HTML file with curves and losses, which all learn; given by all parties or by none',
      )
      .option('--json', 'print one JSON object')
      .action(train);
  },
};
