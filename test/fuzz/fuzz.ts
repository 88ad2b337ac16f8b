/** @file Program after program: made, run, held to its references, shrunk when it is wrong. */
import type { Ring } from '../../src/ring/ring.ts';
import { check, isFinding } from './check.ts';
import { generate } from './generate.ts';
import type { Program } from './program.ts';
import { needed, shrink } from './shrink.ts';

export interface Finding {
  readonly seed: number;
  /** The functions of the smallest program. */
  readonly fn: string;
  readonly text: string;
  readonly program: Program;
}

export interface Fuzzing {
  readonly seed: number;
  readonly minutes?: number;
  readonly programs?: number;
  readonly only?: readonly string[];
  /** Every program has a range guard. */
  readonly guarded?: boolean;
  readonly onFinding?: (f: Finding) => void;
  /** Findings of one function that are shrunk; more of them are not told. */
  readonly most?: number;
}

export interface Report {
  readonly programs: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  /** Typed errors, by code and functions. */
  readonly errors: ReadonlyMap<string, number>;
  /** How often each function was called in a program that ran to its end. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Seeds of neighbouring programs are far apart, so that runs of neighbouring seeds share none. */
const seedOf = (seed: number, i: number): number =>
  (Math.imul(seed, 0x9e3779b1) + Math.imul(i, 0x85ebca6b)) >>> 0;

const namesOf = (p: Program): string => [...new Set(p.steps.map((s) => s.fn))].join(', ');

const MOST = 2;

export const fuzz = (ring: Ring, o: Fuzzing): Report => {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1e3;
  const goesOn = (i: number): boolean =>
    o.programs === undefined ? seconds() < 60 * (o.minutes ?? 1) : i < o.programs;
  const findings: Finding[] = [];
  const told = new Map<string, number>();
  const errors = new Map<string, number>();
  const calls = new Map<string, number>();
  let programs = 0;
  for (let i = 0; goesOn(i); i++) {
    const seed = seedOf(o.seed, i);
    const program = generate(seed, o.only, o.guarded);
    if (!program) continue;
    programs++;
    const verdict = check(ring, program);
    if (verdict.kind === 'error') {
      const key = `${verdict.code} in ${namesOf(program)}: ${verdict.text}`;
      errors.set(key, (errors.get(key) ?? 0) + 1);
    }
    if (verdict.kind === 'right') for (const s of program.steps) calls.set(s.fn, (calls.get(s.fn) ?? 0) + 1);
    if (!isFinding(verdict)) continue;
    const failing = verdict.kind === 'wrong' ? needed({ ...program, outs: [verdict.slot] }) : program;
    const first = check(ring, failing);
    const small = shrink(isFinding(first) ? failing : program, (p) => check(ring, p));
    const fn = namesOf(small.program);
    const times = (told.get(fn) ?? 0) + 1;
    told.set(fn, times);
    if (times > (o.most ?? MOST)) continue;
    const finding: Finding = {
      seed,
      fn,
      text: 'text' in small.verdict ? small.verdict.text : '',
      program: small.program,
    };
    findings.push(finding);
    o.onFinding?.(finding);
  }
  return { programs, seconds: seconds(), findings, errors, calls };
};
