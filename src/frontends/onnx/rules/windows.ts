/** @file Where windows lie, as ONNX says it: pads, or by name, strides, dilations, sizes rounded up. */
import { type Call, range } from '../call.ts';

export interface Windows {
  readonly stride: number[];
  readonly dilation: number[];
  /** What stands around each axis; behind it more, where sizes are rounded up. */
  readonly pads: [number, number][];
  /** Of the pads, what the model asked for. */
  readonly asked: [number, number][];
  readonly out: number[];
}

const whole = (
  call: Call,
  list: readonly number[] | undefined,
  n: number,
  name: string,
  least: number,
): number[] => {
  const full = list ?? new Array<number>(n).fill(least);
  if (full.length !== n || full.some((v) => !Number.isInteger(v) || v < least))
    call.malformed(`its ${name} are [${full.join(', ')}]`);
  return [...full];
};

export const windowsOf = (call: Call, space: readonly number[], window: readonly number[]): Windows => {
  const n = space.length;
  if (window.length !== n || window.some((w) => !(w >= 1)))
    call.malformed(`a window of [${window.join(', ')}] over ${n} axes`);
  const stride = whole(call, call.ints('strides'), n, 'strides', 1);
  const dilation = whole(call, call.ints('dilations'), n, 'dilations', 1);
  const given = whole(call, call.ints('pads') ?? new Array<number>(2 * n).fill(0), 2 * n, 'pads', 0);
  const auto = call.text('auto_pad', 'NOTSET');
  const ceil = call.flag('ceil_mode');
  const reach = window.map((w, i) => (w - 1) * (dilation[i] as number) + 1);
  const asked = range(n).map((i): [number, number] => {
    if (auto === 'NOTSET') return [given[i] as number, given[n + i] as number];
    if (auto === 'VALID') return [0, 0];
    const step = stride[i] as number;
    const total = Math.max(
      0,
      (Math.ceil((space[i] as number) / step) - 1) * step + (reach[i] as number) - (space[i] as number),
    );
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return auto === 'SAME_LOWER' ? [more, less] : [less, more];
  });
  const pads: [number, number][] = [];
  const out = range(n).map((i) => {
    const [low, high] = asked[i] as [number, number];
    const [size, step, over] = [space[i] as number, stride[i] as number, reach[i] as number];
    const free = size + low + high - over;
    let count = (ceil ? Math.ceil(free / step) : Math.floor(free / step)) + 1;
    // The last window begins inside, or in the padding before.
    if (ceil && (count - 1) * step >= size + low) count--;
    pads.push([low, Math.max(high, (count - 1) * step + over - size - low)]);
    return count;
  });
  if (out.some((count) => !(count >= 1))) call.malformed('its window is larger than what it lies on');
  return { stride, dilation, pads, asked, out };
};

/** How many elements of each window lie inside, or in the padding that was asked for. */
export const countsOf = (
  space: readonly number[],
  window: readonly number[],
  { stride, dilation, asked, out }: Windows,
  withPadding: boolean,
): number[] => {
  const perAxis = space.map((size, i) => {
    const [low, high] = asked[i] as [number, number];
    const [from, to] = withPadding ? [-low, size + high] : [0, size];
    return range(out[i] as number).map(
      (o) =>
        range(window[i] as number).filter((w) => {
          const at = o * (stride[i] as number) + w * (dilation[i] as number) - low;
          return at >= from && at < to;
        }).length,
    );
  });
  return perAxis.reduce((all, list) => all.flatMap((a) => list.map((b) => a * b)), [1]);
};
