/** The list of planted faults: each still applies to what was built, names the tests that are to see it, and there are enough. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applied, mutants, textOf } from '../mutants/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${textOf(file)}`, 'utf8');

test('each applies once, and changes something', () => {
  const texts = new Map<string, string>();
  const kept = (file: string): string => {
    const text = texts.get(file) ?? read(file);
    texts.set(file, text);
    return text;
  };
  const problems = mutants.flatMap((m) => {
    const { texts: changed, problems: found } = applied(m, kept);
    const same = [...changed]
      .filter(([file, text]) => text === kept(file))
      .map(([file]) => `${m.name}: changes nothing in ${file}`);
    return [...found, ...same];
  });
  assert.equal(problems, []);
});

test('names are unique, and tests are there', () => {
  assert.is(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  for (const { name, tests } of mutants) {
    assert.ok(tests.length > 0, name);
    for (const file of tests) assert.ok(existsSync(`${root}test/${file}`), `${name}: ${file}`);
  }
});

test('there are 120 at least in all layers, half of them leaks and removed checks, and few that nothing sees', () => {
  const of = (what: (m: (typeof mutants)[number]) => boolean): number => mutants.filter(what).length;
  assert.ok(mutants.length >= 120);
  assert.ok(of(({ kind }) => kind !== 'wrong') >= mutants.length / 2);
  for (const part of [
    'src/gates',
    'src/fixed',
    'src/dealer',
    'src/ir',
    'src/link',
    'src/device',
    'src/numpy',
    'assembly',
  ])
    assert.ok(of(({ edits }) => edits[0]!.file.startsWith(part)) >= 5, part);
  assert.ok(of(({ survives }) => survives !== undefined) <= 0.03 * mutants.length);
});

test('a text that is gone, or stands there twice, is a problem', () => {
  const fault = {
    name: 'x',
    kind: 'leak',
    tests: [],
    edits: [{ file: 'a', find: 'one  two', replace: 'y' }],
  } as const;
  assert.equal(applied(fault, () => 'one\n  two').problems, []);
  for (const text of ['', 'one two one two', 'onetwo'])
    assert.is(applied(fault, () => text).problems.length, 1);
});

test.run();
