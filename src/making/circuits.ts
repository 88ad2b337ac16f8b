/**
 * @file Circuits on xor-shared bits (GMW: Goldreich, Micali, Wigderson 1987): xor is local; x y = x_0 y_0 + x_1 y_1 and two cross terms,
 * each by transfers whose choices are one party's bits of x, worth the other's bits of y. One x may be multiplied with many y at the
 * price of one. ANDs of one depth travel together.
 */

import type { Bits } from '../ring/array.ts';
import type { PlaneProgram } from '../ring/plane-program.ts';
import type { Transfer } from './chunks.ts';
import type { Maker, Making } from './maker.ts';

/** Most bits that one transfer is worth. */
const WIDEST = 128;

/** x and `width` planes of y for each plane of x. */
interface Product {
  readonly x: Bits;
  readonly y: Bits;
  readonly width: number;
}

/** Shares of the products: for each plane of x, `width` planes. */
export function* ands(m: Maker, products: readonly Product[]): Making<Bits[]> {
  const { ring, rank } = m;
  const transfers: Transfer[] = [];
  const outs = products.map(({ x, y, width }) => {
    const n = x.length;
    const out = m.bits(n, x.planes * width);
    for (let j = 0; j < x.planes; j++)
      for (let i = 0; i < width; i++) ring.and(out.plane(j * width + i), x.plane(j), y.plane(j * width + i));
    const cross = ([0, 1] as const).map((sender) => {
      const share = m.bits(n, x.planes * width);
      const own = sender === rank ? { worth: y } : { choices: x };
      transfers.push({ sender, planes: x.planes, n, payload: { kind: 'bits', width }, ...own, out: share });
      return share;
    });
    return { out, cross };
  });
  yield { transfers, products: [] };
  return outs.map(({ out, cross }) => {
    for (const share of cross) {
      ring.xor(out, out, share);
      m.drop(share);
    }
    return out;
  });
}

export function* and(m: Maker, x: Bits, y: Bits, width = 1): Making<Bits> {
  const [out] = yield* ands(m, [{ x, y, width }]);
  return out!;
}

/** One value of a circuit: an input plane, the xor of two, or their AND. */
interface Wire {
  readonly op: 'in' | 'xor' | 'and';
  readonly a: number;
  readonly b: number;
  /** The layer of ANDs after which it is there. */
  depth: number;
}

interface Circuit {
  readonly wires: readonly Wire[];
  /** By wire of kind `in`: array and plane. */
  readonly inputs: ReadonlyMap<number, readonly [array: number, plane: number]>;
  /** Planes that the program writes, and the wires that stand there at its end. */
  readonly outputs: readonly (readonly [array: number, plane: number, wire: number])[];
  readonly depth: number;
}

const OPS = { copy: 0, xor: 1, and: 2 } as const;
const circuits = new WeakMap<PlaneProgram, Circuit>();

/**
 * Puts each AND as late as it may be, then together with one of an earlier layer with the same first factor where what it takes is
 * there: products with one factor cost what one of them does, if they travel together.
 */
const arrange = (wires: readonly Wire[], depth: number): void => {
  const late = new Int32Array(wires.length).fill(depth);
  for (let i = wires.length - 1; i >= 0; i--) {
    const { op, a, b } = wires[i]!;
    if (op === 'in') continue;
    const before = late[i]! - (op === 'and' ? 1 : 0);
    for (const from of [a, b]) late[from] = Math.min(late[from]!, before);
  }
  const there = ({ op, a, b }: Wire): number =>
    op === 'in' ? 0 : Math.max(wires[a]!.depth, wires[b]!.depth) + (op === 'and' ? 1 : 0);
  /** By first factor: layers in which it has products. */
  const layers = new Map<number, Set<number>>();
  for (const [i, { op, a }] of wires.entries())
    if (op === 'and') layers.set(a, (layers.get(a) ?? new Set()).add(late[i]!));
  wires.forEach((wire, i) => {
    const least = there(wire);
    wire.depth =
      wire.op === 'and'
        ? Math.min(...[...layers.get(wire.a)!].filter((at) => at >= least && at <= late[i]!))
        : least;
  });
};

/** A straight-line program, each value of it once. */
const circuitOf = (program: PlaneProgram): Circuit => {
  const known = circuits.get(program);
  if (known) return known;
  const wires: Wire[] = [];
  const inputs = new Map<number, readonly [number, number]>();
  const current = new Map<number, number>();
  const written = new Set<number>();
  const add = (op: Wire['op'], a: number, b: number): number => {
    const depth = op === 'in' ? 0 : Math.max(wires[a]!.depth, wires[b]!.depth) + (op === 'and' ? 1 : 0);
    return wires.push({ op, a, b, depth }) - 1;
  };
  const read = (operand: number): number => {
    const wire = current.get(operand);
    if (wire !== undefined) return wire;
    const made = add('in', 0, 0);
    inputs.set(made, [operand >>> 24, operand & 0xffffff]);
    current.set(operand, made);
    return made;
  };
  const { code } = program;
  for (let at = 0; at < code.length; at += 4) {
    const [op, dst, a, b] = code.subarray(at, at + 4) as unknown as [number, number, number, number];
    let wire: number;
    if (op === OPS.copy) wire = read(a);
    else if (op === OPS.xor) wire = add('xor', read(a), read(b));
    else if (op === OPS.and) wire = add('and', read(a), read(b));
    else {
      const product = add('and', read(a), read(b));
      wire = add('xor', read(dst), product);
    }
    current.set(dst, wire);
    written.add(dst);
  }
  const outputs = [...written].map(
    (operand) => [operand >>> 24, operand & 0xffffff, current.get(operand)!] as const,
  );
  const depth = wires.reduce((most, wire) => Math.max(most, wire.depth), 0);
  arrange(wires, depth);
  const made = { wires, inputs, outputs, depth };
  circuits.set(program, made);
  return made;
};

/** Runs a program on xor-shared planes: what rings do in the clear with `runPlanes`. */
export function* runShared(m: Maker, program: PlaneProgram, arrays: readonly Bits[]): Making<void> {
  const { ring } = m;
  const circuit = circuitOf(program);
  const n = arrays[0]!.length;
  const values = new Array<Bits | undefined>(circuit.wires.length);
  const byDepth: number[][] = Array.from({ length: circuit.depth + 1 }, () => []);
  for (const [i, { depth }] of circuit.wires.entries()) byDepth[depth]!.push(i);
  /** Wires that are no AND, of one depth, in order. */
  const settle = (depth: number): void => {
    for (const i of byDepth[depth]!) {
      const { op, a, b } = circuit.wires[i]!;
      if (op === 'and') continue;
      if (op === 'in') {
        const [array, plane] = circuit.inputs.get(i)!;
        // A copy: the program may write there.
        values[i] = m.bits(n);
        ring.copy(values[i]!, arrays[array]!.plane(plane));
      } else {
        values[i] = m.bits(n);
        ring.xor(values[i]!, values[a]!, values[b]!);
      }
    }
  };
  settle(0);
  for (let depth = 1; depth <= circuit.depth; depth++) {
    yield* layer(
      m,
      circuit.wires,
      byDepth[depth]!.filter((i) => circuit.wires[i]!.op === 'and'),
      values,
      n,
    );
    settle(depth);
  }
  for (const [array, plane, wire] of circuit.outputs) ring.copy(arrays[array]!.plane(plane), values[wire]!);
  for (const value of values) if (value) m.drop(value);
}

/** All ANDs of one depth: those of a common factor are one product. */
function* layer(
  m: Maker,
  wires: readonly Wire[],
  gates: readonly number[],
  values: (Bits | undefined)[],
  n: number,
): Making<void> {
  const { ring } = m;
  const open = new Map<number, number[]>();
  const groups: number[][] = [];
  for (const i of gates) {
    const { a } = wires[i]!;
    let group = open.get(a);
    if (!group || group.length === WIDEST) {
      group = [];
      open.set(a, group);
      groups.push(group);
    }
    group.push(i);
  }
  // Products of one width are one transfer of many planes.
  const byWidth = new Map<number, number[][]>();
  for (const group of groups) {
    const same = byWidth.get(group.length);
    if (same) same.push(group);
    else byWidth.set(group.length, [group]);
  }
  const asked = [...byWidth].map(([width, same]) => {
    const x = m.bits(n, same.length);
    const y = m.bits(n, same.length * width);
    same.forEach((group, j) => {
      ring.copy(x.plane(j), values[wires[group[0]!]!.a]!);
      group.forEach((i, k) => {
        ring.copy(y.plane(j * width + k), values[wires[i]!.b]!);
      });
    });
    return { x, y, width, same };
  });
  const outs = yield* ands(m, asked);
  asked.forEach(({ x, y, width, same }, at) => {
    const out = outs[at]!;
    same.forEach((group, j) => {
      group.forEach((i, k) => {
        values[i] = m.bits(n);
        ring.copy(values[i]!, out.plane(j * width + k));
      });
    });
    m.drop(x, y, out);
  });
}
