/**
 * @file `npm run costs`: rounds, bytes, dealer bytes and error of every op, measured by running it for 2 and 3
 * parties; for 2 also in latency mode, where that saves rounds, at FM64 and FM32 with trunc_allow_msb_error, where that does, with
 * the probability of a wrong element that it has on the inputs of the given range, and what a range guard adds.
 */

import { Option } from 'commander';
import { scriptCommand } from '../examples/lib/command.ts';
import { FIELDS, type FieldName } from '../src/ring/field.ts';
import { Ring } from '../src/ring/ring.ts';
import { COSTS } from './lib/cost-table.ts';
import { isMadeAhead, type MadeCost, MadeMeter } from './lib/made.ts';
import { type CostRow, guardOf, measure, withGuard } from './lib/measure.ts';
import { measureRange } from './lib/range-table.ts';
import { RANGES } from './lib/ranges.ts';
import { WORKLOADS } from './lib/workloads.ts';

const values = scriptCommand('costs', 'Rounds, bytes and error of every function, measured by running it.', [
  '--filter sqrt --field FM128',
  '--json',
])
  .option('--filter <text>', 'functions whose name contains it', '')
  .addOption(new Option('--field <name>', 'one ring in place of all').choices(Object.keys(FIELDS)))
  .option('--made', 'also what two parties without a dealer need: they make its material for real', false)
  .option('--json', 'print one JSON array', false)
  .parse()
  .opts<{ filter: string; field?: FieldName; made: boolean; json: boolean }>();
const fields = values.field === undefined ? (Object.keys(FIELDS) as FieldName[]) : [values.field];
const chosen = COSTS.filter((k) => k.op.includes(values.filter));

const ring = await Ring.create();
const rows = fields.flatMap((field) => {
  const cases = chosen.filter((k) => k.fields?.includes(field) ?? true);
  return [
    ...cases.flatMap((k): CostRow[] => {
      const table = withGuard(ring, k, measure(ring, k, field, 2));
      const fss = measure(ring, k, field, 2, 'latency');
      const free = field === 'FM128' ? table : measure(ring, k, field, 2, 'msb');
      return [table, ...[fss, free].filter((row) => row.rounds < table.rounds)];
    }),
    ...cases.map((k) => measure(ring, k, field, 3)),
  ];
});

/** Errors over the whole range of each function, beside them. */
const ranges = fields.flatMap((field) =>
  Object.keys(RANGES)
    .filter((op) => op.includes(values.filter))
    .map((op) => measureRange(ring, op, field)),
);

/** Two parties without a dealer: who asks for some functions alone, as it takes longer than all the rest. */
const made: MadeCost[] = [];
if (values.made)
  for (const field of fields) {
    const meter = await MadeMeter.create(field);
    for (const k of chosen)
      if ((k.fields?.includes(field) ?? true) && isMadeAhead(k, field)) made.push(await meter.measure(k));
    await meter.close();
  }

if (values.json) console.log(JSON.stringify([...rows, ...ranges, ...made]));
else {
  console.log(
    "Per element, over a batch of 1,000: bytes that one party sends to each other party, and the dealer's.",
  );
  console.table(
    rows.map(({ guard, ...r }) => ({
      ...r,
      onlineBytes: Number(r.onlineBytes.toFixed(3)),
      dealerBytes: Number(r.dealerBytes.toFixed(1)),
      maxError: r.maxError === 0 ? 0 : Number(r.maxError.toExponential(1)),
      ...(r.wrongRate !== undefined && { wrongRate: Number(r.wrongRate.toExponential(1)) }),
      guardRounds: guard?.rounds ?? '',
      guardDealerBytes: guard === undefined ? '' : Number(guard.dealerBytes.toFixed(1)),
    })),
  );
  console.log('Errors over the whole range, two parties.');
  console.table(
    ranges.map((r) => ({ ...r, maxError: r.maxError === 0 ? 0 : Number(r.maxError.toExponential(1)) })),
  );
  if (made.length > 0) {
    console.log(
      'Two parties without a dealer: transfers and bytes of both ahead, rounds and bytes of one online.',
    );
    console.table(made);
  }
  console.log('What a range guard adds to whole programs of two parties, in all:');
  console.table(
    WORKLOADS.filter(({ heavy, name }) => !heavy && /logistic|k-means|network/.test(name)).flatMap((w) =>
      fields
        .filter((field) => field !== 'FM32')
        .map((field) => ({
          program: `${w.name}, ${w.size}`,
          field,
          ...guardOf(ring, w.program as never, w.inputs(), field, 1),
        })),
    ),
  );
}
