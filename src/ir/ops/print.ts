/**
 * @file Graphs as text, for people, for snapshot tests, and for the hash by which parties agree that they run one
 * program. Values are numbered as they appear; call sites are left out, since they differ from machine to machine.
 */
import type { Attr, Attrs, Graph, Tensor, ValueId } from './graph.ts';
import { typeText } from './infer.ts';

const LONG = 8;

/** 64 bits over the bytes (two FNV-1a lanes with different primes), as 16 hex digits. */
export const digest = (bytes: Uint8Array): string => {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
    b ^= b >>> 13;
  }
  const hex = (x: number): string => (x >>> 0).toString(16).padStart(8, '0');
  return hex(a ^ (a >>> 15)) + hex(b ^ (a >>> 7));
};

const tensorDigest = ({ data }: Tensor): string =>
  digest(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

const scalarText = (t: Tensor): string => {
  const x = t.data[0]!;
  if (t.dtype === 'bool') return x === 0 ? 'false' : 'true';
  return Object.is(x, -0) ? '-0' : String(x);
};

const listText = (list: readonly number[]): string =>
  list.length <= LONG
    ? `[${list.join(',')}]`
    : `[${list.slice(0, 3).join(',')},.. ${list.length} #${digest(new Uint8Array(Float64Array.from(list).buffer))}]`;

const attrText = (x: Attr): string => {
  if (Array.isArray(x)) return listText(x as readonly number[]);
  if (x instanceof Float64Array) return `#${digest(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))}`;
  if (typeof x !== 'object') return String(x);
  const t = x as Tensor;
  return t.shape.length === 0 ? scalarText(t) : `#${tensorDigest(t)}`;
};

/** ` axes=[0] keep=true`, sorted by name. */
const attrsText = (attrs: Attrs): string =>
  Object.keys(attrs)
    .sort()
    .map((k) => ` ${k}=${attrText(attrs[k]!)}`)
    .join('');

/**
 * The graph as text. Same text, same program: numbering, attributes and constants (by digest) are all in it.
 *
 *     graph(%0: fxp[2,3] secret) {
 *       %1: fxp = const value=0.5
 *       %2: fxp[3] secret = sum %0 axes=[0]
 *       return %2
 *     }
 */
export const print = (graph: Graph): string => {
  let next = 0;
  // Pieces of text, joined at the end: a program may have a hundred thousand lines.
  const out: string[] = [];
  const block = (g: Graph, indent: string, head: string): void => {
    const names = new Array<string>(g.types.length).fill('%?');
    const define = (ids: readonly ValueId[]): void => {
      for (const [i, id] of ids.entries()) {
        names[id] = `%${next++}`;
        out.push(i ? ', ' : '', names[id], ': ', typeText(g.types[id]!));
      }
    };
    const use = (ids: readonly ValueId[]): void => {
      for (const id of ids) out.push(' ', names[id]!);
    };
    const inner = `\n${indent}  `;
    out.push(indent, head, '(');
    define(g.ins);
    out.push(') {');
    for (const { op, ins, outs, attrs, body } of g.nodes) {
      out.push(inner);
      define(outs);
      out.push(' = ', op);
      use(ins);
      out.push(attrsText(attrs));
      if (!body) continue;
      out.push(' {\n');
      block(body, `${indent}    `, 'body');
      out.push(inner, '}');
    }
    out.push(inner, 'return');
    use(g.outs);
    out.push('\n', indent, '}');
  };
  block(graph, '', 'graph');
  return out.join('');
};
