/**
 * @file `tessera serve`: a saved model answers questions, and stays secret. Each party that has a share of it starts the command; those who may ask get a
 * port of their own machine. Whoever asks puts rows in as secrets and learns what is predicted for them, nobody else does. The first
 * party says whose question is next, so that all do the same.
 */
import { integer } from '../config/schema.ts';
import { fail, TesseraError } from '../errors.ts';
import * as sf from '../index.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';
import { type Fitted, knownModel, modelOf } from './known-models.ts';
import { loadState, type ModelFile, type Plan, readPlan } from './model-file.ts';
import { type Parties, together } from './parties.ts';
import { readPartyConfig } from './party-config.ts';
import { type Asked, PredictServer } from './predict-server.ts';
import { dtypesOf, Lookup, matrixOf, readQuestion } from './rows.ts';
import { listOf, TableFile, type TableFlags, tableFlags } from './table-file.ts';

interface Flags extends Partial<TableFlags> {
  config: string;
  model?: string;
  askers: string;
  port: string;
}

/** What each party says of itself at the start. */
interface Offer {
  readonly plan: Plan | null;
  /** Columns of identifiers of its table, if it has one. */
  readonly key: readonly string[] | null;
}

/** What all hear of a question. */
interface Told {
  readonly rows: number;
  /** Parties whose columns are among the rows. */
  readonly given: readonly string[];
}

interface Service {
  readonly parties: Parties;
  readonly plan: Plan;
  readonly model: Fitted;
  readonly spu: sf.SPU;
  readonly state: sf.SPUObject;
  readonly own: ModelFile['own'] | undefined;
  readonly lookup: Lookup | undefined;
}

const INFINITE = Number.POSITIVE_INFINITY;

/** Bins of columns that their owner's thresholds are not told with, where a value is not above one that is there. */
const binned = (x: sf.BaseArray, t: sf.BaseArray, isEnd: sf.BaseArray): sf.BaseArray => {
  const { np } = sf;
  const below = np.lessEqual(np.expandDims(x, 2), t);
  return np.astype(np.reshape(np.logicalOr(below, isEnd), [x.shape[0]!, -1]), 'int8');
};

/** The columns of one party, of whom asks or of its table: as the model takes them. */
const columnsOf = async (s: Service, party: string, told: Told, asker: sf.PYU, asked: Asked | undefined) => {
  const { parties, plan, own, lookup } = s;
  const { session } = parties;
  const owner = session.PYU(party);
  const features = plan.columns[party]!;
  const { bins } = knownModel(plan.model);
  const thresholds = (): number[][] => own!.thresholds.map((column) => column.map((t) => t ?? INFINITE));
  const { transform } = (await sf.models()).binning(
    plan.options.maxBins === undefined ? undefined : { maxBins: plan.options.maxBins as number },
  );
  const inBins = (x: sf.NDArray): sf.NDArray => (bins ? transform(thresholds(), x) : x);
  if (!told.given.includes(party)) {
    const ids = asker(() => asked!.question.ids)();
    const found = owner((all: string[][]) => lookup!.find(all))(ids.to(owner) as never);
    const missing = (await session.reveal(owner((f: { missing: number[] }) => f.missing)(found))) as number[];
    if (missing.length > 0)
      fail('INVALID_ARGUMENT', `row ${missing[0]}: ${party} has no row of that identifier`, {
        row: missing[0],
        party,
      });
    return owner((f: { matrix: sf.NDArray | null }) => inBins(f.matrix!))(found);
  }
  const filling = (): Readonly<Record<string, number>> => (party === asker.party ? own!.filling : {});
  const x = asker(() => matrixOf(asked!.question.given.get(party)!, features, filling()))();
  if (!bins) return x;
  if (party === asker.party) return asker(inBins)(x as never);
  const t = owner(() => thresholds().map((column) => column.map((v) => (v === INFINITE ? 0 : v))))();
  const isEnd = owner(() => thresholds().map((column) => column.map((v) => v === INFINITE)))();
  return s.spu(binned)(x as never, t as never, isEnd as never);
};

/** One question, at all parties. `asked`: at who asks. */
const answer = async (s: Service, told: Told, name: string, asked: Asked | undefined): Promise<void> => {
  const { parties, plan, model, spu, state } = s;
  const asker = parties.session.PYU(name);
  const x: unknown[] = [];
  for (const party of Object.keys(plan.columns)) x.push(await columnsOf(s, party, told, asker, asked));
  const p = spu(model.predictProba ?? model.predict)(state as never, x as never) as unknown as sf.SPUObject;
  const tell = (values: sf.NDArray): void => asked!.answer(Array.from(values.data, Number));
  await parties.session.wait(asker(tell)(p.to(asker) as never));
};

/** Answers until the session ends, which it does with an error. */
const serveAll = async (
  s: Service,
  askers: readonly string[],
  server: PredictServer | undefined,
): Promise<never> => {
  const { session, self, names } = s.parties;
  const leader = session.PYU(names[0]!);
  let asked: Asked | undefined;
  const next = async (): Promise<Told> => {
    asked = await server!.next();
    const { rows, given } = asked.question;
    return { rows, given: [...given.keys()] };
  };
  /** At the leader: who has asked, in the order in which it has heard of it. */
  const came: string[] = [];
  let oneMore: () => void = () => {};
  const wait = (name: string): Promise<Told> => {
    const told = session.reveal(session.PYU(name)(next)()) as unknown as Promise<Told>;
    told.then(
      () => {
        came.push(name);
        oneMore();
      },
      // The turn that waits for it says so.
      () => {},
    );
    return told;
  };
  const waiting = new Map(askers.map((name) => [name, wait(name)]));
  const choose = async (): Promise<string> => {
    while (came.length === 0)
      await new Promise<void>((resolve) => {
        oneMore = resolve;
      });
    return came.shift()!;
  };
  for (;;) {
    const name = (await session.reveal(leader(choose)())) as string;
    const told = await waiting.get(name)!;
    const own = name === self ? asked : undefined;
    try {
      await answer(s, told, name, own);
    } catch (e) {
      own?.refuse(e);
    }
    waiting.set(name, wait(name));
  }
};

/** The plan of all that have shares. Throws CONFIG at all parties where they differ. */
const common = (names: readonly string[], offers: readonly Offer[]): Plan => {
  const plans = names.flatMap((name, i) => (offers[i]!.plan ? [[name, offers[i]!.plan!] as const] : []));
  const [first] = plans;
  if (first === undefined) throw new TesseraError('CONFIG', 'no party has a share of a model: --model');
  const other = plans.find(([, plan]) => JSON.stringify(plan) !== JSON.stringify(first[1]));
  if (other)
    throw new TesseraError('CONFIG', `${first[0]} and ${other[0]} have shares of two trainings`, {
      parties: [first[0], other[0]],
    });
  return first[1];
};

/** What a party's own programs are told of the model. */
const aboutOf = ({ model, label, columns }: Plan, key: readonly string[], tables: readonly string[]) => ({
  model,
  label: label.name,
  predicts: label.kind === 'labels' ? `probability of ${label.positive ?? '1'}` : 'number',
  columns: Object.fromEntries(
    Object.entries(columns).map(([party, all]) => [
      party,
      Object.entries(dtypesOf(all)).map(([name, dtype]) => ({
        name,
        dtype,
        values: all.flatMap((f) => (f.from === name ? (f.value ?? []) : [])),
      })),
    ]),
  ),
  key,
  tables,
});

const serve = async (flags: Flags): Promise<void> => {
  const port = numberFlag(integer(0, 65_535), flags.port, '--port');
  const askers = listOf(flags.askers);
  const { self } = readPartyConfig(flags.config);
  const file = flags.model === undefined ? undefined : readPlan(flags.model, self);
  let lookup: Lookup | undefined;
  let key: readonly string[] | null = null;
  if (flags.table !== undefined) {
    const features = file?.plan.columns[self];
    if (!features) return fail('INVALID_ARGUMENT', `--table: the model has no columns of ${self}`);
    const own = Object.entries(dtypesOf(features)).map(([name, dtype]) => `${name}=${dtype}`);
    const given = { ...flags, table: flags.table, dtype: [...own, ...(flags.dtype ?? [])] };
    const table = await TableFile.open(given);
    if (table.key.length === 0)
      fail('INVALID_ARGUMENT', '--table: which column has the identifiers? --key id');
    lookup = new Lookup(table, features, file!.own.filling);
    key = table.key;
  }
  await together(flags.config, { command: 'serve', askers }, async (parties) => {
    const { session, names } = parties;
    const alien = askers.find((name) => !names.includes(name));
    if (alien !== undefined) fail('INVALID_ARGUMENT', `--askers: no party ${JSON.stringify(alien)}`);
    const offer: Offer = { plan: file?.plan ?? null, key };
    const offers = (await session.reveal(
      names.map((name) => session.PYU(name)(() => offer)()),
    )) as unknown as Offer[];
    const plan = common(names, offers);
    const members = names.filter((_, i) => offers[i]!.plan !== null);
    const spu = parties.spu(plan.field, members);
    const state = await loadState(session, spu, flags.model ?? 'model', plan);
    const model = await modelOf(knownModel(plan.model), plan.options);
    const tables = names.filter((_, i) => offers[i]!.key !== null);
    const keys = offers.find((o) => o.key !== null)?.key ?? [];
    let server: PredictServer | undefined;
    if (askers.includes(self)) {
      server = new PredictServer(aboutOf(plan, keys, tables), (rows) =>
        readQuestion(rows, plan, keys, tables),
      );
      console.log(`${plan.model} of ${plan.label.name} at ${await server.listen(port)}/predict`);
    } else console.log(`${plan.model} of ${plan.label.name} for ${askers.join(', ')}`);
    try {
      await serveAll({ parties, plan, model, spu, state, own: file?.own, lookup }, askers, server);
    } catch (e) {
      server?.close(e);
      throw e;
    }
  });
};

export const serveCommand: CliCommand = {
  register(program) {
    const command = program.command('serve');
    withExamples(
      command,
      'tessera serve --config party.json --model model --askers alice --port 8700',
      'tessera serve --config party.json --model model --askers alice --table patients.csv --key id',
    )
      .description(
        'answer questions by a model that tessera train has saved, and that stays secret; each party starts it with its own share',
      )
      .requiredOption('--config <file>', "this party's configuration, as for sf.init")
      .option(
        '--model <file>',
        "this party's share, as --save wrote it; whoever has none may ask all the same",
      )
      .requiredOption(
        '--askers <parties>',
        'who may ask, and learns what is predicted for the rows it puts in',
      )
      .option('--port <port>', 'where its own programs ask, on this machine alone', '8700')
      .option('--table <file>', "this party's rows, by identifiers that come with questions");
    tableFlags(command).action(serve);
  },
};
