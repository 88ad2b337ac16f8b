/** The programs of the README do what it says. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectFile } from '../../examples/lib/project.ts';
import { PATIENCE_MS } from '../patience.ts';

const test = suite('README');
const run = promisify(execFile);
const README = readFileSync(projectFile('README.md'), 'utf8');
const INDEX = import.meta.resolve('#tessera');

test('the first program runs, and prints what the README says', async () => {
  const [, program] = /```js\n([\s\S]*?)```/.exec(README) ?? [];
  assert.ok(program, 'a program in a js block');
  const lines = program
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('import'));
  assert.ok(lines.length <= 10, `${lines.length} lines`);
  const [, expected] = /console\.log\(.*\/\/ (\w+)/.exec(program) ?? [];
  const code = program.replace("'tessera-mpc'", JSON.stringify(INDEX));
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
    timeout: PATIENCE_MS,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  assert.is(stdout.trim(), expected);
});

test('what the README links to is there', () => {
  for (const [, target] of README.matchAll(/\]\(([^)]+)\)/g)) {
    if (target!.startsWith('http')) continue;
    const [file, anchor] = target!.split('#') as [string, string?];
    assert.ok(existsSync(projectFile(file)), target);
    if (anchor === undefined) continue;
    const headings = [...readFileSync(projectFile(file), 'utf8').matchAll(/^#+ (.*)$/gm)];
    assert.ok(
      headings.some(([, heading]) => heading!.toLowerCase().replaceAll(' ', '-') === anchor),
      target,
    );
  }
});

test('the scripts that the README names exist', () => {
  const { scripts } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { scripts: object };
  for (const [, name] of README.matchAll(/npm run (\w+)/g)) assert.ok(name! in scripts, name);
});

test.run();
