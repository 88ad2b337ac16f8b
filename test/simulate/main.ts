/** @file `npm run simulate -- --seeds 100000`: many schedules; `--seed N --trace` shows one. */
import { parseArgs } from 'node:util';
import { simulateLinks } from './links.ts';
import { planOf } from './plan.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    trace: { type: 'boolean', default: false },
  },
});
if (values.seed !== undefined) {
  const plan = planOf(Number(values.seed));
  console.log(JSON.stringify(plan, undefined, 1));
  const b = await simulateLinks(plan, values.trace ? console.log : undefined);
  console.log(b.join('\n') || 'good');
} else {
  const t = performance.now();
  let bad = 0;
  const n = Number(values.seeds);
  for (let s = Number(values.from); s < Number(values.from) + n; s++) {
    const b = await simulateLinks(planOf(s)).catch((e: Error) => [`threw ${e.stack}`]);
    if (b.length > 0) {
      bad++;
      console.log(s, b.join(' | ').slice(0, 400));
      if (bad > 30) break;
    }
  }
  const ms = performance.now() - t;
  console.log(`${bad} bad, ${(ms / n).toFixed(2)} ms each`);
}
