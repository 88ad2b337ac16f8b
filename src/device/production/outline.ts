/**
 * @file Outlines of recorded programs, by which two that differ are told apart step by step. A step is named by its op and a
 * short hash of its line: what a program holds besides (constants, say) is not shown.
 */
import { digest } from '../../ir/ops/print.ts';

/** Steps that are looked at, and outlines that are kept. */
const MOST_STEPS = 400;
const MOST_KEPT = 256;
const HASH_DIGITS = 4;

const stepOf = (line: string): string => {
  const name = /= (\S+)/.exec(line)?.[1] ?? /\w+/.exec(line)?.[0] ?? 'end';
  return `${name}#${digest(new TextEncoder().encode(line.trim())).slice(0, HASH_DIGITS)}`;
};

/** One word a step. */
export const outlineOf = (program: string): string => program.split('\n', MOST_STEPS).map(stepOf).join(' ');

const nameOf = (step: string | undefined): string =>
  step === undefined ? 'nothing' : step.slice(0, -1 - HASH_DIGITS);

/** Where two programs differ first; empty where that is beyond what the outlines hold. */
export const firstStep = (self: string, own: string, peer: string, theirs: string): string => {
  const [a, b] = [own.split(' '), theirs.split(' ')];
  const at = a.findIndex((step, i) => step !== b[i]);
  const step = at < 0 && b.length > a.length ? a.length : at;
  if (step < 0) return '';
  const [mine, other] = [nameOf(a[step]), nameOf(b[step])];
  if (mine !== other) return `step ${step} of the function is ${mine} at ${self}, ${other} at ${peer}`;
  return step === 0
    ? 'the inputs of the function have other shapes or dtypes'
    : `step ${step} of the function, ${mine}, has other inputs, numbers or options`;
};

/** Outlines by the hash of their program, the newest of them. */
export class Outlines {
  readonly #known = new Map<string, string>();

  get(hash: string): string | undefined {
    return this.#known.get(hash);
  }

  /** Was it new? */
  put(hash: string, outline: () => string): boolean {
    if (this.#known.has(hash)) return false;
    this.#known.set(hash, outline());
    if (this.#known.size > MOST_KEPT) this.#known.delete(this.#known.keys().next().value!);
    return true;
  }
}
