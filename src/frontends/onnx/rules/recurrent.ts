/** @file Recurrent networks: LSTM, GRU and RNN, one turn after another; what does not depend on the turn before is one product. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, np, type Rule, type Rules, range } from '../call.ts';

type Activation = (x: BaseArray) => BaseArray;

const activationOf = (
  call: Call,
  name: string,
  alpha: number | undefined,
  beta: number | undefined,
): Activation => {
  const known: Readonly<Record<string, Activation>> = {
    sigmoid: np.sigmoid,
    tanh: np.tanh,
    relu: np.nn.relu,
    affine: (x) => np.add(np.multiply(x, alpha ?? 1), beta ?? 0),
    elu: (x) => np.nn.elu(x, alpha ?? 1),
    hardsigmoid: (x) => np.clip(np.add(np.multiply(x, alpha ?? 0.2), beta ?? 0.5), 0, 1),
    leakyrelu: (x) => np.nn.leakyRelu(x, alpha ?? 0.01),
    scaledtanh: (x) => np.multiply(np.tanh(np.multiply(x, beta ?? 1)), alpha ?? 1),
    softplus: np.nn.softplus,
    softsign: np.nn.softSign,
  };
  const key = name.toLowerCase();
  return (Object.hasOwn(known, key) ? known[key] : undefined) ?? call.unsupported(`activation ${name}`);
};

interface Cell {
  /** The next state. `input`: x W + b of all gates; `gates`: their activations. */
  readonly step: (at: Direction, input: BaseArray, state: readonly BaseArray[]) => readonly BaseArray[];
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
}

interface Direction {
  readonly call: Call;
  readonly hidden: number;
  /** [hidden, gates hidden] */
  readonly recurrent: BaseArray;
  readonly recurrentBias: BaseArray | undefined;
  readonly peepholes: BaseArray | undefined;
  readonly act: readonly Activation[];
  readonly clip: (x: BaseArray) => BaseArray;
}

/** Gate i of arrays that hold all of them one behind the other. */
const gate = (x: BaseArray, i: number, hidden: number, count = 1): BaseArray =>
  np.slice(x, '...', [i * hidden, (i + count) * hidden]);

const plus = (x: BaseArray, y: BaseArray | undefined): BaseArray => (y ? np.add(x, y) : x);

const RNN: Cell = {
  gates: 1,
  states: 1,
  activations: ['Tanh'],
  step: ({ recurrent, recurrentBias, act, clip }, input, [h]) => [
    (act[0] as Activation)(clip(plus(np.add(input, np.matmul(h as BaseArray, recurrent)), recurrentBias))),
  ],
};

/** Gates in the order input, output, forget, cell. */
const LSTM: Cell = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  step: ({ call, hidden, recurrent, recurrentBias, peepholes, act, clip }, input, [h, c]) => {
    const [f, g, k] = act as [Activation, Activation, Activation];
    const all = plus(np.add(input, np.matmul(h as BaseArray, recurrent)), recurrentBias);
    const seen = (x: BaseArray, i: number, cell: BaseArray): BaseArray =>
      peepholes ? np.add(x, np.multiply(gate(peepholes, i, hidden), cell)) : x;
    const cell = c as BaseArray;
    // The three that see the old cell or nothing share their rounds.
    const enter = f(clip(seen(gate(all, 0, hidden), 0, cell)));
    const forget = call.flag('input_forget')
      ? np.subtract(1, enter)
      : f(clip(seen(gate(all, 2, hidden), 2, cell)));
    const next = np.add(np.multiply(forget, cell), np.multiply(enter, g(clip(gate(all, 3, hidden)))));
    const leave = f(clip(seen(gate(all, 1, hidden), 1, next)));
    return [np.multiply(leave, k(next)), next];
  },
};

/** Gates in the order update, reset, hidden. */
const GRU: Cell = {
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  step: ({ call, hidden, recurrent, recurrentBias, act, clip }, input, [h]) => {
    const [f, g] = act as [Activation, Activation];
    const old = h as BaseArray;
    const two = plus(
      np.matmul(old, gate(recurrent, 0, hidden, 2)),
      recurrentBias && gate(recurrentBias, 0, hidden, 2),
    );
    const both = f(clip(np.add(gate(input, 0, hidden, 2), two)));
    const [update, reset] = [gate(both, 0, hidden), gate(both, 1, hidden)];
    const own = recurrentBias && gate(recurrentBias, 2, hidden);
    const weights = gate(recurrent, 2, hidden);
    const after = call.flag('linear_before_reset')
      ? np.multiply(reset, plus(np.matmul(old, weights), own))
      : plus(np.matmul(np.multiply(reset, old), weights), own);
    const fresh = g(clip(np.add(gate(input, 2, hidden), after)));
    return [np.add(fresh, np.multiply(update, np.subtract(old, fresh)))];
  },
};

const recurrence =
  (cell: Cell): Rule =>
  (call) => {
    const isBatchFirst = call.flag('layout');
    const x = isBatchFirst ? np.swapaxes(call.input(0), 0, 1) : call.input(0);
    const [w, r] = [call.input(1), call.input(2)];
    const [turns, batch] = x.shape as [number, number];
    const hidden = call.int('hidden_size', r.shape.at(-1) as number);
    const way = call.text('direction', 'forward');
    const directions = way === 'bidirectional' ? 2 : 1;
    const names = call.texts('activations') ?? range(directions).flatMap(() => cell.activations);
    const [alphas, betas] = [call.floats('activation_alpha'), call.floats('activation_beta')];
    const limit = call.attribute('clip') ? call.float('clip') : undefined;
    const clip = (y: BaseArray): BaseArray => (limit === undefined ? y : np.clip(y, -limit, limit));
    const lengths = call.places(4, 'how long its sequences are');
    if (names.length < directions * cell.activations.length || turns < 1)
      return call.malformed('its activations or turns are missing');
    const finals: BaseArray[][] = [];
    const outputs: BaseArray[] = [];
    for (const d of range(directions)) {
      const backwards = way === 'reverse' || d === 1;
      const own = (i: number): BaseArray | undefined => {
        const all = call.optional(i);
        return all && np.slice(all, d);
      };
      const bias = own(3);
      const at: Direction = {
        call,
        hidden,
        recurrent: np.transpose(own(2) as BaseArray, [1, 0]),
        recurrentBias: bias && np.slice(bias, [cell.gates * hidden, 2 * cell.gates * hidden]),
        peepholes: own(7),
        act: range(cell.activations.length).map((i) => {
          const k = d * cell.activations.length + i;
          return activationOf(call, names[k] as string, alphas?.[k], betas?.[k]);
        }),
        clip,
      };
      const inputs = plus(
        np.matmul(x, np.transpose(np.slice(w, d), [1, 0])),
        bias && np.slice(bias, [0, cell.gates * hidden]),
      );
      let state: readonly BaseArray[] = range(cell.states).map((i) => {
        const all = call.optional(5 + i);
        if (!all) return np.zeros([batch, hidden]);
        return np.slice(isBatchFirst ? np.swapaxes(all, 0, 1) : all, d);
      });
      const told = new Array<BaseArray>(turns);
      for (const turn of backwards ? range(turns).reverse() : range(turns)) {
        const next = cell.step(at, np.slice(inputs, turn), state);
        const runs = lengths?.map((length) => turn < length);
        const mask =
          runs && !runs.every(Boolean)
            ? np.reshape(np.astype(np.asarray(runs.map(Number)), 'bool'), [batch, 1])
            : undefined;
        const before = state;
        state = mask ? next.map((y, i) => np.where(mask, y, before[i] as BaseArray)) : next;
        told[turn] = mask ? np.where(mask, next[0] as BaseArray, 0) : (next[0] as BaseArray);
      }
      outputs.push(np.stack(told));
      finals.push([...state]);
    }
    const y = np.stack(outputs, isBatchFirst ? 2 : 1);
    const all = isBatchFirst ? np.swapaxes(y, 0, 1) : y;
    const last = range(cell.states).map((i) =>
      np.stack(
        finals.map((state) => state[i] as BaseArray),
        isBatchFirst ? 1 : 0,
      ),
    );
    return [all, ...last];
  };

export const recurrent: Rules = { GRU: recurrence(GRU), LSTM: recurrence(LSTM), RNN: recurrence(RNN) };
