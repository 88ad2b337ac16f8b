/** @file Products of matrices. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { like, np, type Rule, type Rules, two } from '../call.ts';

const gemm: Rule = (call) => {
  const turned = (i: number, name: string): BaseArray =>
    call.flag(name) ? np.transpose(call.input(i), [1, 0]) : call.input(i);
  const times = (x: BaseArray, factor: number): BaseArray =>
    factor === 1 ? x : like(np.multiply(x, factor), x);
  const y = times(np.matmul(turned(0, 'transA'), turned(1, 'transB')), call.float('alpha', 1));
  const c = call.optional(2);
  return c ? np.add(y, times(c, call.float('beta', 1))) : y;
};

/** '...' stands for axes that all operands share: letters of their own take its place. */
const einsum: Rule = (call) => {
  const arrays = call.all();
  const equation = call.text('equation').replaceAll(' ', '');
  const [left, right] = equation.split('->') as [string, string | undefined];
  const used = new Set(equation);
  const free = [...'ZYXWVUTSRQPONMLKJIHGFEDCBA'].filter((c) => !used.has(c));
  const terms = left.split(',');
  const spread = terms.map((term, i) =>
    term.includes('...') ? (arrays[i]?.ndim ?? 0) - term.replace('...', '').length : 0,
  );
  const most = Math.max(0, ...spread);
  if (most > free.length) return call.unsupported('more axes than letters');
  const letters = (n: number): string => free.slice(most - n, most).join('');
  const full = terms.map((term, i) => term.replace('...', letters(spread[i] as number)));
  const counted = [...full.join('')];
  const once = [...new Set(counted)].filter((c) => counted.indexOf(c) === counted.lastIndexOf(c)).sort();
  const shared = letters(most);
  const out = right?.replace('...', shared) ?? shared + once.filter((c) => !shared.includes(c)).join('');
  return np.einsum(`${full.join(',')}->${out}`, ...arrays);
};

export const products: Rules = {
  Det: (call) => {
    const x = call.input(0);
    if (x.ndim === 2) return np.linalg.det(x);
    const all = np.reshape(x, [-1, ...x.shape.slice(-2)]);
    return np.reshape(np.vmap((m: BaseArray) => np.linalg.det(m))(all) as BaseArray, x.shape.slice(0, -2));
  },
  Einsum: einsum,
  Gemm: gemm,
  MatMul: two(np.matmul),
};
