/** @file Branches and loops. Loops are recorded turn by turn, since what they carry may change its shape. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { choose, stacked } from '../../finite.ts';
import { axisIn, type Call, int64s, isPublic, np, type Rule, type Rules, range } from '../call.ts';
import type { Graph } from '../model.ts';

const MOST_TURNS = 10_000;

const holds = (x: BaseArray | undefined): boolean | undefined =>
  x === undefined ? true : isPublic(x) ? Number(x.data[0]) !== 0 : undefined;

/** A secret condition runs both branches. */
const branch: Rule = (call) => {
  const asked = call.input(0);
  const known = holds(asked);
  const [yes, no] = [call.graph('then_branch'), call.graph('else_branch')];
  if (known !== undefined) return call.run.graph(known ? yes : no, []);
  const [a, b] = [call.run.graph(yes, []), call.run.graph(no, [])];
  return a.map((x, i) => {
    const y = b[i] as BaseArray;
    if (x.shape.join() !== y.shape.join())
      return call.unsupported(
        `its branches have results of (${x.shape.join(', ')}) and (${y.shape.join(', ')}), and its condition is secret`,
      );
    return choose(np.reshape(asked, []), x, y);
  });
};

const loop: Rule = (call) => {
  const body = call.graph('body');
  const most = call.places(0, 'how often it turns')?.[0] ?? MOST_TURNS;
  let goes = call.optional(1);
  let state = call.inputs.slice(2) as BaseArray[];
  const kept = state.length;
  const told: BaseArray[][] = body.outputs.slice(kept + 1).map(() => []);
  for (let turn = 0; turn < most; turn++) {
    const known = holds(goes);
    if (known === undefined) return call.unsupported('whether it goes on depends on secrets');
    if (!known) break;
    if (turn >= MOST_TURNS) return call.unsupported(`it turns more than ${MOST_TURNS} times`);
    const [next, ...rest] = call.run.graph(body, [int64s([turn], []), np.asarray(true), ...state]);
    goes = next;
    state = rest.slice(0, kept);
    for (const [i, list] of told.entries()) list.push(rest[kept + i] as BaseArray);
  }
  return [...state, ...told.map((list, i) => collected(call, list, body, kept + 1 + i))];
};

/** Results of all turns, one after another along a new axis. */
const collected = (call: Call, list: readonly BaseArray[], body: Graph, output: number): BaseArray => {
  if (list.length > 0) return stacked(list);
  const shape = body.outputs[output]?.shape;
  return shape
    ? np.zeros([0, ...shape.map((n) => Math.max(0, n))])
    : call.unsupported('it does not turn, and tells nothing');
};

/** The states, then the arrays that are read, one row a turn. */
const scan: Rule = (call) => {
  const body = call.graph('body');
  const rows = call.int('num_scan_inputs');
  // Before opset 9 the first input was how long sequences are.
  const kept = call.inputs.length - rows;
  let state = range(kept).map((i) => call.input(i));
  const read = range(rows).map((i) => {
    const x = call.input(kept + i);
    const axis = axisIn(call, call.ints('scan_input_axes')?.[i] ?? 0, x.ndim);
    const moved = np.moveaxis(x, axis, 0);
    return call.ints('scan_input_directions')?.[i] === 1 ? np.flip(moved, 0) : moved;
  });
  const turns = read[0]?.shape[0] ?? call.malformed('it reads nothing');
  if (turns > MOST_TURNS) return call.unsupported(`it turns more than ${MOST_TURNS} times`);
  const told: BaseArray[][] = body.outputs.slice(kept).map(() => []);
  for (const turn of range(turns)) {
    const out = call.run.graph(body, [...state, ...read.map((x) => np.slice(x, turn))]);
    state = out.slice(0, kept);
    for (const [i, list] of told.entries()) list.push(out[kept + i] as BaseArray);
  }
  const results = told.map((list, i) => {
    const backwards = call.ints('scan_output_directions')?.[i] === 1;
    const all = collected(call, backwards ? [...list].reverse() : list, body, kept + i);
    return np.moveaxis(all, 0, axisIn(call, call.ints('scan_output_axes')?.[i] ?? 0, all.ndim));
  });
  return [...state, ...results];
};

export const control: Rules = { If: branch, Loop: loop, Scan: scan };
