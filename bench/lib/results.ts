/**
 * @file bench/results.json: the rows of the runs that bench/RESULTS.md shows. A run writes its own rows over those of
 * the same name, so that a whole can be measured in parts; what another machine measured is dropped.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { projectFile } from '../../examples/lib/project.ts';
import type { Row } from './row.ts';

export interface Part {
  readonly command: string;
  /** UTC, to the minute. */
  readonly when: string;
}

export interface Results {
  readonly machine: string;
  readonly parts: readonly Part[];
  /** `part`: place in `parts`. */
  readonly rows: readonly (Row & { readonly part: number })[];
}

const FILE = projectFile('bench', 'results.json');

const machine = (): string => {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
};

const earlier = (): Results => {
  const none = { machine: machine(), parts: [], rows: [] };
  if (!existsSync(FILE)) return none;
  const kept = JSON.parse(readFileSync(FILE, 'utf8')) as Results;
  return kept.machine === none.machine ? kept : none;
};

/** The earlier results with the rows of this run in their places; parts of which no row is left are gone. */
export const merged = (before: Results, rows: readonly Row[], part: Part): Results => {
  const fresh = new Map(rows.map((row) => [row.name, { ...row, part: before.parts.length }]));
  const all = before.rows.map((row) => {
    const own = fresh.get(row.name);
    fresh.delete(row.name);
    return own ?? row;
  });
  all.push(...fresh.values());
  const parts = [...before.parts, part];
  const used = parts.flatMap((_, i) => (all.some((row) => row.part === i) ? [i] : []));
  return {
    machine: before.machine,
    parts: used.map((i) => parts[i]!),
    rows: all.map((row) => ({ ...row, part: used.indexOf(row.part) })),
  };
};

/** Keeps the rows of this run; returns all that are kept. */
export const keep = (rows: readonly Row[], command: string): Results => {
  const when = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const all = merged(earlier(), rows, { command, when });
  const lines = all.rows.map((row) => JSON.stringify(row)).join(',\n');
  const head = JSON.stringify({ machine: all.machine, parts: all.parts }).slice(1, -1);
  writeFileSync(FILE, `{${head},"rows":[\n${lines}\n]}\n`);
  return all;
};
