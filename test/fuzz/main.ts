/** @file `npm run fuzz`: random programs over `np` until the time is over. */
import { scriptCommand, within } from '../../examples/lib/command.ts';
import { Ring } from '../../src/ring/ring.ts';
import { fuzz } from './fuzz.ts';
import { programText } from './program.ts';

const values = scriptCommand(
  'fuzz',
  'Random programs over np, on secrets and in the clear, until the time is over.',
  ['--minutes 5 --seed 1', '--programs 200 --only sqrt,divide --guarded'],
)
  .option('--minutes <n>', 'how long', within(0, 100_000), 1)
  .option('--programs <n>', 'so many programs, in place of minutes', within(0, 1e9, true))
  .option('--seed <n>', 'of the first program', within(0, 2 ** 32 - 1, true), 1)
  .option('--only <names>', 'draw of these functions alone, with commas between')
  .option('--guarded', 'every program with a range guard', false)
  .option('--json', 'print findings as lines of JSON', false)
  .parse()
  .opts<{
    minutes: number;
    programs?: number;
    seed: number;
    only?: string;
    guarded: boolean;
    json: boolean;
  }>();

const report = fuzz(await Ring.create(), {
  seed: values.seed,
  ...(values.programs === undefined ? { minutes: values.minutes } : { programs: values.programs }),
  ...(values.only !== undefined && { only: values.only.split(',') }),
  guarded: values.guarded,
  onFinding: (f) => {
    if (values.json) {
      console.log(JSON.stringify({ seed: f.seed, fn: f.fn, text: f.text, source: programText(f.program) }));
      return;
    }
    console.log(`\n// seed ${f.seed}: ${f.fn}: ${f.text}`);
    console.log(programText(f.program));
  },
});

const { programs, seconds, findings, errors, calls } = report;
console.error(
  `\n${programs} programs in ${seconds.toFixed(1)} s (${Math.round((60 * programs) / seconds)} a minute), ` +
    `${calls.size} functions, ${findings.length} findings`,
);
for (const [text, n] of [...errors].sort((a, b) => b[1] - a[1]).slice(0, 20)) console.error(`${n} x ${text}`);
process.exitCode = findings.length > 0 ? 1 : 0;
