/**
 * Every program on the site runs as it stands there, and what its comments state is true. Blocks of `js` are programs, or parts of one
 * that know sf, np, alice, bob and spu. Blocks of `ts` are held to their types. Configurations in `json` are read as sf.init reads them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readInitOptions } from '../../src/device/init-options.ts';
import * as sf from '../../src/index.ts';
import { PATIENCE_MS } from '../patience.ts';
import { run } from './run-example.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const site = join(root, 'docs');

/** Written by hand: what is generated has tests of its own. */
const PAGES = readdirSync(site, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !/node_modules|reference\/api|^project/.test(file))
  .sort();

interface Block {
  readonly where: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = PAGES.flatMap((file) =>
  [...readFileSync(join(site, file), 'utf8').matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map(
    ([, language, text], i) => ({ where: `${file} #${i + 1}`, language: language!, text: text! }),
  ),
);
const of = (language: string): readonly Block[] => blocks.filter((b) => b.language === language);
const isProgram = ({ text }: Block): boolean => text.includes("from 'tessera-mpc'");

/** What `console.log(...); // text` lines state, in their order. */
const stated = (text: string): string[] =>
  [...text.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map(([, value]) => value!);

const snippets = suite('snippets');

snippets('programs print what they state', async () => {
  const folder = mkdtempSync(join(root, 'dist/snippets-'));
  try {
    const programs = of('js').filter((b) => isProgram(b) && b.text.includes("address: 'local'"));
    assert.ok(programs.length > 0);
    for (const [i, { where, text }] of programs.entries()) {
      const file = join(folder, `${i}.js`);
      writeFileSync(file, text);
      const out = execFileSync(process.execPath, [file], {
        encoding: 'utf8',
        cwd: folder,
        timeout: PATIENCE_MS,
      });
      for (const line of stated(text))
        assert.ok(out.split('\n').includes(line), `${where}: ${line}\nin\n${out}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

snippets('parts of programs do what they state', async () => {
  const wrong: string[] = [];
  await sf.init(['alice', 'bob'], { address: 'local', loggingLevel: 'error' });
  try {
    const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const parts = of('js').filter((b) => !isProgram(b));
    assert.ok(parts.length > 4);
    for (const { where, text } of parts)
      try {
        await run(text, { sf, np: sf.np, alice, bob, spu });
      } catch (error) {
        wrong.push(`${where}: ${(error as Error).message}`);
      }
  } finally {
    await sf.shutdown();
  }
  assert.equal(wrong, []);
});

snippets('typed ones have no type errors', () => {
  const folder = mkdtempSync(join(root, 'dist/snippets-'));
  const given =
    "import * as sf from 'tessera-mpc';\nimport { np } from 'tessera-mpc';\ndeclare const alice: sf.PYU, bob: sf.PYU, spu: sf.SPU;\n" +
    'declare const weights: sf.PYUObject, token: string, readRows: (path: string) => number[][];\n' +
    'declare const hers: sf.PYUObject<number[][]>, his: sf.PYUObject, labels: sf.PYUObject, image: sf.PYUObject, skeleton: Uint8Array, idsOfAlice: sf.PYUObject<string[]>, idsOfBob: sf.PYUObject<string[]>, idsOfCarol: sf.PYUObject<string[]>, debts: sf.PYUObject, incomes: sf.PYUObject, ages: sf.PYUObject, idsOf: (path: string) => string[];\n' +
    'export { alice, bob, np, sf, spu, weights, token, readRows, hers, his, labels, image, skeleton, idsOf, idsOfAlice, idsOfBob, idsOfCarol, debts, incomes, ages };\n';
  const vitest =
    "declare module 'vitest' {\n  export const test: (name: string, body: () => unknown) => void;\n" +
    '  export const beforeAll: (body: () => unknown) => void;\n  export const afterAll: typeof beforeAll;\n' +
    '  export const expect: { (x: unknown): { toEqual(y: unknown): void }; closeTo(x: number, digits: number): unknown };\n}\n';
  try {
    writeFileSync(join(folder, 'vitest.d.ts'), vitest);
    const typed = of('ts');
    assert.ok(typed.length > 2);
    for (const [i, block] of typed.entries())
      writeFileSync(join(folder, `${i}.ts`), isProgram(block) ? block.text : `${given}\n${block.text}`);
    const options = '--noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node'.split(
      ' ',
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const files = [...typed.keys()].map((i) => join(folder, `${i}.ts`));
    execFileSync(
      process.execPath,
      [tsc, '--ignoreConfig', ...options, join(folder, 'vitest.d.ts'), ...files],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
  } catch (error) {
    assert.unreachable(String((error as { stdout?: string }).stdout ?? error));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

snippets('configurations are those that sf.init takes', () => {
  const configurations = of('json').filter((b) => b.text.includes('cluster_config'));
  assert.is(configurations.length, 5);
  for (const { text } of configurations) {
    const { self, dealer } = readInitOptions(JSON.parse(text)) as {
      readonly self?: string;
      readonly dealer?: string;
    };
    assert.ok(['alice', 'bob', 'dealer'].includes(self!));
    assert.is(dealer, text.includes('stored_material') ? undefined : 'dealer');
  }
});

snippets('each error code has its place', () => {
  const errors = readFileSync(join(site, 'reference/errors.md'), 'utf8');
  const source = readFileSync(join(root, 'src/errors.ts'), 'utf8');
  const codes = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code!);
  assert.ok(codes.length > 10);
  assert.equal(
    [...errors.matchAll(/^## (\w+)$/gm)].map(([, code]) => code),
    codes,
  );
});

snippets('the gallery shows each of its programs', () => {
  const page = readFileSync(join(site, 'tutorials/gallery.md'), 'utf8');
  const shown = [...page.matchAll(/gallery\/([\w-]+)\.ts$/gm)].map(([, name]) => `${name}.ts`);
  assert.equal(shown.sort(), readdirSync(join(root, 'examples/gallery')).sort());
});

snippets.run();
