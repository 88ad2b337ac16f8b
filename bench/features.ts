/**
 * @file `npm run features` writes FEATURES.md: functions by looking whether `np` has them, costs by measuring them, the
 * guide from a list that tests hold to what runs. `-- --check` fails if the list of functions has changed.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as np from '../src/numpy/index.ts';
import { Ring } from '../src/ring/ring.ts';
import { COSTS } from './lib/cost-table.ts';
import { type Answer, GUIDE, JNP, SPU_COSTS } from './lib/features-data.ts';
import { type CostRow, measure } from './lib/measure.ts';

const file = fileURLToPath(new URL('../../FEATURES.md', import.meta.url));

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Functions of `np`, also one level down (`np.linalg.inv`). */
const has = (name: string): boolean => Object.hasOwn(np, name);

/** The part that depends on names alone: tests compare it with the file. */
export const functionTable = (): string =>
  table(
    ['jax.numpy', 'here', "SPU's own tests"],
    JNP.map(({ name, spu }): [string, Answer, string] => [
      `\`${name}\``,
      has(name) ? 'yes' : 'no',
      spu ? 'pass' : 'fail or unsupported',
    ]),
  );

const guideTable = (): string => table(['feature', 'here', 'note'], GUIDE);

const text = (x: number): string =>
  x === 0 ? '0' : x < 1e-3 ? x.toExponential(1) : String(Number(x.toPrecision(3)));

const costTable = (rows: readonly CostRow[]): string => {
  const of = (op: string, parties: number): CostRow =>
    rows.find((r) => r.op === op && r.parties === parties)!;
  return table(
    [
      'function',
      'rounds / bytes, 2 parties',
      'SPU',
      'rounds / bytes, 3 parties',
      'SPU',
      'dealer bytes',
      'range',
      'largest error',
    ],
    COSTS.map(({ op }) => {
      const [two, three] = [of(op, 2), of(op, 3)];
      const [spu2, spu3] = SPU_COSTS[op] ?? ['', ''];
      const cost = (r: CostRow): string => `${r.rounds} / ${text(r.onlineBytes)}`;
      return [
        `\`${op}\``,
        cost(two),
        spu2,
        cost(three),
        spu3,
        text(two.dealerBytes),
        two.range,
        text(two.maxError),
      ];
    }),
  );
};

const write = async (): Promise<void> => {
  const ring = await Ring.create();
  const rows = [2, 3].flatMap((parties) => COSTS.map((k) => measure(ring, k, 'FM128', parties)));
  const found = JNP.filter(({ name }) => has(name)).length;
  writeFileSync(
    file,
    `# Features

Written by \`npm run features\`: functions are looked up in \`np\`, costs are measured by running each function on secrets.

## The deployment guide

${guideTable()}

## Costs and accuracy, FM128

Bytes are those that one party sends to each other party, per element, over a batch of 1,000; SPU's are sent by a party in
all (read from its source). Errors are absolute below 1 and relative above, against float64 on the same inputs; SPU's own
tests accept 1e-1 to 1e-2.

${costTable(rows)}

## jax.numpy

The functions that SPU's tests name: ${found} of ${JNP.length} are here (\`np\` has more; complex numbers and NaN have no
meaning in a ring).

${functionTable()}
`,
  );
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    if (!readFileSync(file, 'utf8').includes(functionTable())) {
      console.error('FEATURES.md is not up to date: run npm run features');
      process.exitCode = 1;
    }
  } else await write();
}
