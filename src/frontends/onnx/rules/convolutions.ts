/** @file Convolutions, and those that turn them round. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { spaced } from '../../spacing.ts';
import { type Call, np, type Rule, type Rules, range } from '../call.ts';
import { byChannel } from './norms.ts';
import { windowsOf } from './windows.ts';

const withBias = (call: Call, y: BaseArray): BaseArray => {
  const bias = call.optional(2);
  return bias ? np.add(y, byChannel(bias, y)) : y;
};

export const convolved = (call: Call, x: BaseArray, kernel: BaseArray): BaseArray => {
  const w = windowsOf(call, x.shape.slice(2), kernel.shape.slice(2));
  return np.nn.conv(x, kernel, {
    stride: w.stride,
    padding: w.pads,
    dilation: w.dilation,
    groups: call.int('group', 1),
  });
};

/** Zeros between the elements of x, and the kernel backwards. */
const transposed: Rule = (call) => {
  const [x, kernel] = [call.input(0), call.input(1)];
  const n = x.ndim - 2;
  const window = kernel.shape.slice(2);
  const ones = new Array<number>(n).fill(1);
  const stride = call.ints('strides') ?? ones;
  const dilation = call.ints('dilations') ?? ones;
  const extra = call.ints('output_padding') ?? ones.map(() => 0);
  const wanted = call.ints('output_shape');
  const auto = call.text('auto_pad', 'NOTSET');
  const given = call.ints('pads') ?? new Array<number>(2 * n).fill(0);
  const groups = call.int('group', 1);
  if ([stride, dilation, extra].some((list) => list.length !== n) || window.some((w) => w < 1))
    return call.malformed('lists of other lengths than the axes of its input');
  const around = range(n).map((i): [number, number] => {
    const reach = ((window[i] as number) - 1) * (dilation[i] as number) + 1;
    const step = stride[i] as number;
    const full = step * ((x.shape[i + 2] as number) - 1) + (extra[i] as number) + reach;
    const target =
      wanted?.at(i - n) ?? (auto.startsWith('SAME') ? (x.shape[i + 2] as number) * step : undefined);
    let [low, high] = [given[i] as number, given[n + i] as number];
    if (target !== undefined) {
      const total = full - target;
      const half = Math.floor(total / 2);
      [low, high] = auto === 'SAME_UPPER' ? [half, total - half] : [total - half, half];
    }
    return [reach - 1 - low, reach - 1 - high + (extra[i] as number)];
  });
  const [inner, outer] = kernel.shape as [number, number];
  const parts = np.reshape(kernel, [groups, inner / groups, outer, ...window]);
  const turned = np.reshape(np.swapaxes(parts, 1, 2), [groups * outer, inner / groups, ...window]);
  const backwards = np.flip(
    turned,
    range(n).map((i) => i + 2),
  );
  const wide = spaced(x, stride, around);
  return withBias(call, np.nn.conv(wide, backwards, { dilation: [...dilation], groups }));
};

/** Columns of windows are added up where they lie. */
const columnsToImage: Rule = (call) => {
  const x = call.input(0);
  const image = call.places(1, 'its shape') ?? [];
  const block = call.places(2, 'its window') ?? [];
  const w = windowsOf(call, image, block);
  const n = image.length;
  const batch = x.shape[0] as number;
  const entries = block.reduce((a, b) => a * b, 1);
  const channels = (x.shape[1] as number) / entries;
  const lists = (sizes: readonly number[]): number[][] =>
    sizes.reduce<number[][]>((all, k) => all.flatMap((l) => range(k).map((i) => [...l, i])), [[]]);
  const total = image.reduce((a, b) => a * b, 1);
  const at = lists(block).flatMap((entry) =>
    lists(w.out).map((out) =>
      range(n).reduce((flat, i) => {
        const p =
          (out[i] as number) * (w.stride[i] as number) +
          (entry[i] as number) * (w.dilation[i] as number) -
          (w.pads[i] as [number, number])[0];
        return flat < 0 || p < 0 || p >= (image[i] as number) ? -1 : flat * (image[i] as number) + p;
      }, 0),
    ),
  );
  const rows = np.transpose(np.reshape(x, [batch * channels, at.length]), [1, 0]);
  const sum = np.scatterAdd(
    np.zeros([total + 1, batch * channels]),
    at.map((p) => (p < 0 ? total : p)),
    rows,
  );
  return np.reshape(np.transpose(np.slice(sum, [0, total]), [1, 0]), [batch, channels, ...image]);
};

export const convolutions: Rules = {
  Col2Im: columnsToImage,
  Conv: (call) => withBias(call, convolved(call, call.input(0), call.input(1))),
  ConvTranspose: transposed,
};
