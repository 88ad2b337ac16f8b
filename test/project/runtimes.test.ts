/** What differs between platforms: `imports` of package.json names an implementation for each, and all are held to one interface. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BrowserRuntime, Runtime, ServerRuntime } from '../../src/runtime.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Conditions = Readonly<Record<string, string>>;
type Entry = Conditions & { readonly 'tessera-source': Conditions };

const all = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly imports: Readonly<Record<string, Entry>>;
};
/** Without those by which tests name what they test. */
const imports = Object.fromEntries(
  Object.entries(all.imports).filter(([name]) => !name.startsWith('#tessera')),
);

/** The compiler refuses a name that an interface does not have, or that has no implementation. */
const NAMES: Readonly<Record<keyof Runtime & keyof ServerRuntime & keyof BrowserRuntime, true>> = {
  '#kernel-host': true,
  '#curves': true,
  '#sockets': true,
  '#device-runtime': true,
  '#cluster': true,
  '#making': true,
  '#answers': true,
};

const test = suite('runtimes');

test('every part of the interface is imported under its name, and nothing else is', () => {
  assert.equal(Object.keys(imports).sort(), Object.keys(NAMES).sort());
});

for (const [name, entry] of Object.entries(imports))
  test(`${name}: an implementation for each platform, as source and as built`, () => {
    const { 'tessera-source': source, ...built } = entry;
    for (const [files, ending] of [
      [source, '.ts'],
      [built as Conditions, '.js'],
    ] as const) {
      assert.equal(Object.keys(files), ['node', 'deno', 'worker', 'browser', 'default']);
      assert.is(files.deno, files.node);
      assert.is(files.default, files.node);
      assert.is(files.worker, files.browser);
      for (const file of Object.values(files)) {
        assert.ok(file.endsWith(ending), file);
        assert.ok(existsSync(join(root, file)), `${file} is there`);
      }
    }
    for (const condition of ['node', 'browser'] as const)
      assert.is(built[condition], source[condition]?.replace('./src/', './dist/src/').replace('.ts', '.js'));
  });

test.run();
