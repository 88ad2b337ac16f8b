/** @file All planted faults, and how they are planted. */
import { assembly } from './assembly.ts';
import { cluster } from './cluster.ts';
import { dealer } from './dealer.ts';
import { device } from './device.ts';
import { fixed } from './fixed.ts';
import { moreFixed } from './fixed-more.ts';
import { gateFaults } from './gates.ts';
import { bitFaults } from './gates-bits.ts';
import { fssFaults } from './gates-fss.ts';
import { moreGateFaults } from './gates-more.ts';
import { handshake } from './handshake.ts';
import { ir } from './ir.ts';
import { latticeFaults } from './lattice.ts';
import { link } from './link.ts';
import { making } from './making.ts';
import { moreMaking } from './making-more.ts';
import type { Mutant } from './mutant.ts';
import { numpy } from './numpy.ts';
import { psi } from './psi.ts';
import { reused } from './reused.ts';
import { runFaults } from './run.ts';

export const mutants: readonly Mutant[] = [
  ...gateFaults,
  ...bitFaults,
  ...fssFaults,
  ...moreGateFaults,
  ...dealer,
  ...fixed,
  ...moreFixed,
  ...ir,
  ...runFaults,
  ...reused,
  ...numpy,
  ...handshake,
  ...link,
  ...device,
  ...making,
  ...moreMaking,
  ...latticeFaults,
  ...psi,
  ...cluster,
  ...assembly,
];

/** Where the text of a source stands that is changed. */
export const textOf = (file: string): string =>
  file.startsWith('src/') ? `dist/${file.replace(/ts$/, 'js')}` : file;

/** The text as a pattern: how it is broken into lines does not matter. */
const pattern = (text: string): RegExp =>
  new RegExp(
    text
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\s+/g, '\\s+'),
    'g',
  );

/** The changed texts by file; and why the fault does not apply, if it does not. */
export const applied = (
  { name, edits }: Mutant,
  read: (file: string) => string,
): { readonly texts: ReadonlyMap<string, string>; readonly problems: readonly string[] } => {
  const texts = new Map<string, string>();
  const problems: string[] = [];
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? read(file);
    const found = [...text.matchAll(pattern(find))];
    if (found.length !== 1)
      problems.push(`${name}: found ${found.length} times in ${file}, not once: ${find}`);
    texts.set(
      file,
      text.replace(pattern(find), () => replace),
    );
  }
  return { texts, problems };
};
