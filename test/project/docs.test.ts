/** Every public name has a docstring with an example, and every example does what it states: in its types, in the clear, on secrets. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import { declared } from './declarations.ts';
import { results, run, runSecretly } from './run-example.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const names = declared();
/** Each text once: a name and its other spellings have the same. */
const examples = new Map(names.flatMap(({ name, examples: texts }) => texts.map((text) => [text, name])));

const docs = suite('docs');

docs('every public name says what it does, and shows it', () => {
  assert.ok(names.length > 700);
  assert.equal(
    names.filter(({ doc }) => doc.trim().length < 10).map(({ name }) => name),
    [],
    'without a docstring',
  );
  assert.equal(
    names.filter(({ examples: texts }) => texts.length === 0).map(({ name }) => name),
    [],
    'without an example',
  );
});

docs('examples state results', () => {
  for (const [text, name] of examples) assert.ok(results(text) > 0, `${name}: no result in\n${text}`);
});

docs('examples are typed', () => {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/examples-'));
  try {
    const bodies = [...examples].map(([text, name]) => `// ${name}\nawait (async () => {\n${text}\n})();`);
    const head =
      "import * as sf from '../src/index.js';\nimport { np } from '../src/index.js';\n" +
      'declare const alice: sf.PYU, bob: sf.PYU, spu: sf.SPU;\n';
    writeFileSync(
      join(folder, 'all.ts'),
      `${head}${bodies.join('\n')}\nexport { alice, bob, np, sf, spu };\n`,
    );
    const options = '--noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node'.split(
      ' ',
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '--ignoreConfig', ...options, join(folder, 'all.ts')], {
      cwd: root,
      encoding: 'utf8',
    });
  } catch (error) {
    assert.unreachable(String((error as { stdout?: string }).stdout ?? error));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Sessions of their own, and what needs none. */
const ALONE = /sf\.(init|session|shutdown)\(/;

docs('examples do what they state', async () => {
  const wrong: string[] = [];
  const trying = async (name: string, work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      wrong.push(`${name}: ${(error as Error).message}`);
    }
  };
  const all = [...examples];
  const ofNumbers = all.filter(([text]) => !/\b(sf|spu|alice|bob)\b/.test(text));
  for (const [text, name] of ofNumbers) {
    await trying(name, () => run(text, { np: sf.np }));
    await trying(name, () => runSecretly(text));
  }
  for (const [text, name] of all.filter(([text]) => ALONE.test(text)))
    await trying(name, () => run(text, { sf, np: sf.np }));
  await sf.init(['alice', 'bob'], { address: 'local', loggingLevel: 'error' });
  try {
    const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const rest = all.filter(([text]) => /\b(sf|spu|alice|bob)\b/.test(text) && !ALONE.test(text));
    for (const [text, name] of rest) await trying(name, () => run(text, { sf, np: sf.np, alice, bob, spu }));
  } finally {
    await sf.shutdown();
  }
  assert.is(wrong.length, 0, `\n${wrong.join('\n')}`);
});

docs('a wrong result is found, in the clear and on secrets', async () => {
  const found = async (text: string): Promise<string> => {
    try {
      await run(text, { np: sf.np });
    } catch (error) {
      return `clear: ${(error as Error).message}`;
    }
    try {
      runSecretly(text);
    } catch (error) {
      return `secretly: ${(error as Error).message}`;
    }
    return 'nothing';
  };
  assert.match(await found('np.add(np.array([1]), 2) // [4]'), /^clear: .*\n {2}is \[3\]/);
  assert.match(await found('np.add([1], [1, 2]) // throws DTYPE'), /^clear: .*DTYPE/);
  assert.match(await found('np.add([1], 2) // throws SHAPE'), /^clear: .*no error/s);
  assert.match(await found('const x = np.array([1e-9]);\nnp.less(0, x) // [true]'), /^secretly: /);
  assert.is(await found('np.add(np.array([1]), 2) // [3]'), 'nothing');
});

/** "On secrets: 5 rounds", by itself at the end of what comes before it. */
const ROUNDS = /On secrets: (\d+) rounds?\b/;

docs('rounds are as stated', () => {
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const { name, doc, examples: texts } of names) {
    const stated = ROUNDS.exec(doc)?.[1];
    const [text] = texts;
    if (stated === undefined || text === undefined || seen.has(text)) continue;
    seen.add(text);
    const lines = text.split('\n');
    const rounds = lines.every((line) => /^np\./.test(line))
      ? lines.filter((line) => !line.includes('// throws')).map((line) => runSecretly(line)?.rounds)
      : [runSecretly(text)?.rounds];
    if (!rounds.includes(Number(stated)))
      wrong.push(`${name}: ${stated} rounds stated, ${rounds.join(', ')} taken`);
  }
  assert.ok(seen.size > 25);
  assert.equal(wrong, []);
});

docs.run();
