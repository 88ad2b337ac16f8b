/** Runs a small circuit on all parties in one process, and gives back plain numbers and what the link would carry. */
import type { Wire } from '../../src/fixed/circuit.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/circuit.ts';
import { decodeTensor } from '../../src/ir/encode.ts';
import type { DType, Tensor } from '../../src/ir/graph.ts';
import { Lockstep, type LockstepStats } from '../../src/ir/lockstep.ts';
import type { Value } from '../../src/gates/gate.ts';
import { type Field, FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { randomBytes } from '../../src/ring/prg.ts';

export const ring = await Ring.create();

export interface Case {
  readonly field: FieldName;
  readonly parties: number;
  readonly inputs: readonly Tensor[];
  readonly dtype?: DType;
  readonly build: (c: GraphCircuit, ...ins: Wire[]) => Wire | readonly Wire[];
  readonly allowMsbError?: boolean;
  readonly fraction?: Field["fraction"];
}

export interface Result {
  readonly values: Tensor[];
  /** Of the gates alone: inputs and the reveal are measured on a run of their own and taken off. */
  readonly rounds: number;
  /** Bytes that party 0 sent to party 1 for the gates. */
  readonly bytes: number;
  readonly dealerBytes: number;
  readonly stats: LockstepStats;
}

export const fxp = (...x: number[]): Tensor => ({ shape: [x.length], dtype: 'fxp', data: Float64Array.from(x) });
export const int = (...x: (number | bigint)[]): Tensor => ({ shape: [x.length], dtype: 'int64', data: BigInt64Array.from(x, BigInt) });
export const bool = (...x: (number | boolean)[]): Tensor => ({ shape: [x.length], dtype: 'bool', data: Uint8Array.from(x, Number) });

export const runCase = (k: Case): Result => {
  const field = FIELDS[k.field];
  const make = () =>
    new GraphCircuit({ field, ...(k.allowMsbError && { truncAllowMsbError: true }), ...(k.fraction !== undefined && { fraction: k.fraction }) });
  const world = new Lockstep(ring, field, k.parties, Array.from({ length: k.parties }, () => randomBytes(32)));
  const fraction = k.fraction ?? field.fraction;
  const privates = k.inputs.map((tensor, i) => ({ owner: i % k.parties, tensor }));
  // 1: the inputs become masked values.
  const a = make();
  const wires = k.inputs.map((t, i) => privateInput(a, i % k.parties, i, t.shape, t.dtype === 'bool' ? 'bit' : 'ring'));
  const first = world.run(a.graph([], wires.map((w) => w.id)), privates, fraction);
  // 2: the gates alone.
  const b = make();
  const ins = wires.map((w) => b.value({ shape: w.shape, dtype: w.kind, secret: true }));
  const outs = [k.build(b, ...ins.map((id) => b.wire(id)))].flat();
  const second = world.run(b.graph(ins, outs.map((w) => w.id)), [], fraction, first.outs, first.masks);
  // 3: reveal to everybody.
  const everybody = Array.from({ length: k.parties }, (_, i) => i);
  const d = make();
  const shown = outs.map((w) => d.value({ shape: w.shape, dtype: w.kind, secret: w.secret }));
  const open = shown.map((id) => (d.types[id]!.secret ? revealTo(d, d.wire(id), everybody) : d.wire(id)));
  const third = world.run(d.graph(shown, open.map((w) => w.id)), [], fraction, second.outs, second.masks);
  const decoded = third.outs.map((own) =>
    own.map((e, i) => decodeTensor(ring, (e as Value).c!, outs[i]!.shape, k.dtype ?? 'fxp', fraction)),
  );
  for (const other of decoded) {
    other.forEach((t, i) => {
      if (!Buffer.from(t.data.buffer).equals(Buffer.from(decoded[0]![i]!.data.buffer))) throw new Error('parties differ');
    });
  }
  for (const r of [first, second, third]) world.free(r);
  if (world.held !== 0) throw new Error(`${world.held} arrays leak`);
  const { stats } = second;
  return { values: decoded[0]!, rounds: stats.rounds, bytes: stats.sent[0]![1]!, dealerBytes: stats.dealerBytes, stats };
};
