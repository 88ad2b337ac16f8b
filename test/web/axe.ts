/** @file Faults of accessibility, as axe finds them. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { projectFile } from '../../examples/lib/project.ts';
import { LONG } from '../long.ts';

const axe = readFileSync(projectFile('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What is wrong with the page as it is now; empty if nothing. */
export const faults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document)')) as Found;
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
};

/** A phone and a desk, light and dark; each in one of them unless the run is a long one. */
export const VIEWS = [390, 1280].flatMap((width, i) =>
  (['light', 'dark'] as const)
    .filter((_, j) => LONG || i === j)
    .map((colorScheme) => ({ width, colorScheme })),
);
