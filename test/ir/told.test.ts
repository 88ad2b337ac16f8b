/** What parties tell a dealer of what was revealed: of this gate, of this form, and the same from all. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { packMessage, unpackMessage } from '../../src/ir/run/job.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel } from '../../src/link/link.ts';
import * as np from '../../src/numpy/index.ts';
import { graphOf } from './snapshot.ts';
import { type Fn, field, inputJob, start, typesOf } from './world.ts';

const INPUTS = [NDArray.from(Float64Array.of(3, 40, -7)), NDArray.from(Float64Array.of(0.5, 2, 1.5))];
/** Halves x until all are below y. */
const halve: Fn = (x, y) =>
  np.whileRevealed(
    (v) => np.any(np.greater(v, y!)),
    (v) => (v as BaseArray).mul(0.5),
    x!,
  );

type Told = ReturnType<typeof unpackMessage> & { kind: 'revealed' };
const BAD = /alice does not tell the dealer what job 2 has revealed/;

const CASES: readonly [what: string, liars: readonly number[], change: (m: Told) => Told, text: RegExp][] = [
  [
    'another bit',
    [1],
    (m) => ({ ...m, value: { ...m.value, data: Uint8Array.of(0) } }),
    /alice and bob tell the/,
  ],
  ['of another gate', [0, 1], (m) => ({ ...m, gate: m.gate + 1 }), BAD],
  ['a number for a bit', [0, 1], (m) => ({ ...m, value: { ...m.value, dtype: 'fxp' } }), BAD],
  ['two for one', [0, 1], (m) => ({ ...m, value: { ...m.value, data: Uint8Array.of(1, 1) } }), BAD],
  ['in another shape', [0, 1], (m) => ({ ...m, value: { ...m.value, shape: [1] } }), BAD],
];

for (const [what, liars, change, text] of CASES)
  test(`a dealer that is told ${what} ends the job`, async () => {
    const spy = (rank: number, channel: Channel): Channel => ({
      ...channel,
      peers: channel.peers,
      recv: (from, tag) => channel.recv(from, tag),
      send: (to, tag, bytes) => {
        const m = unpackMessage(bytes);
        const lies = m.kind === 'revealed' && liars.includes(rank);
        return channel.send(to, tag, lies ? packMessage(change(m)) : bytes);
      },
    });
    const w = await start(2, 'third', { spy });
    await w.run(inputJob(2, INPUTS), INPUTS);
    const graph = lower(optimize(graphOf(halve as never, ...typesOf(INPUTS))), { field, parties: 2 });
    const runs = w.engines.map((e) => e.run({ graph, ins: [0, 1], outs: [100] }).catch((e: unknown) => e));
    const error = (await w.dealer!.done.catch((e: unknown) => e)) as TesseraError;
    assert.instance(error, TesseraError);
    assert.is(error.code, 'DIVERGED');
    assert.match(error.message, text);
    await w.net.dealer!.abort(error);
    for (const name of ['alice', 'bob']) await w.net[name]!.abort(error);
    for (const e of await Promise.all(runs)) assert.instance(e, TesseraError);
  });

test.run();
