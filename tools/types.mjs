/**
 * Builds dist/types: the declarations that users of the package can reach from its two entries, and no others. What differs between
 * platforms is declared once: all implementations are held to one interface. And dist/jsr, the entries of the package on JSR with the same
 * declarations: Deno, which loads modules from where they stand, takes the build of pages there; Node's is beside it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const from = join(root, 'dist', 'src');
const out = join(root, 'dist', 'types');
const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const reached = new Map();
const reach = (file) => {
  if (reached.has(file)) return;
  if (!existsSync(file)) throw new Error(`${relative(root, file)} is declared nowhere`);
  const folder = dirname(file);
  const text = readFileSync(file, 'utf8').replace(/((?:from |import\()['"])(#[^'"]+)/g, (_, before, name) => {
    const path = relative(folder, join(root, imports[name].node)).replaceAll('\\', '/');
    return `${before}${path.startsWith('.') ? '' : './'}${path}`;
  });
  reached.set(file, text);
  for (const [, path] of text.matchAll(/(?:from |import\(|import )['"](\.[^'"]+)['"]/g))
    reach(resolve(folder, path.replace(/\.[jt]s$/, '.d.ts')));
};
for (const entry of ['index.d.ts', 'browser/index.d.ts']) reach(join(from, entry));

/** Names of platforms: users whose compiler knows none of them (no DOM, no types of Node) have what stands here. */
const PLATFORM = {
  URL: '{ readonly href: string }',
  AbortSignal: '{ readonly aborted: boolean }',
  CryptoKey: '{ readonly type: string }',
};
const platform = `type Of<Name extends string, Else> = typeof globalThis extends { readonly [N in Name]: { prototype: infer T } } ? T : Else;
${Object.entries(PLATFORM)
  .map(([name, otherwise]) => `export type ${name} = Of<'${name}', ${otherwise}>;\n`)
  .join('')}export type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
type OfWasm<Name extends string> = typeof globalThis extends { WebAssembly: { readonly [N in Name]: { prototype: infer T } } } ? T : object;
export declare namespace WebAssembly {
  type Memory = OfWasm<'Memory'>;
  type Module = OfWasm<'Module'>;
}
`;
const USED = /(?<![\w.'"`{]|\* .*)\b(URL|AbortSignal|CryptoKey|BufferSource|WebAssembly)\b(?=[\s|;,)>.\[])/g;
const withPlatform = (file, text) => {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
  const names = [...new Set([...code.matchAll(USED)].map(([, name]) => name))];
  if (names.length === 0) return text;
  const path = relative(dirname(file), join(from, 'platform.ts')).replaceAll('\\', '/');
  return `import type { ${names.join(', ')} } from '${path.startsWith('.') ? '' : './'}${path}';\n${text}`;
};

reached.set(join(from, 'platform.d.ts'), platform);
const texts = [...reached].map(([file, plain]) => [
  relative(from, file),
  file.endsWith('platform.d.ts') ? plain : withPlatform(file, plain),
]);
const write = (folder, change) => {
  rmSync(folder, { recursive: true, force: true });
  for (const [file, text] of texts) {
    const to = join(folder, file);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, change(text));
  }
};
/** Without what no editor shows: what a file is about, and half of the space before lines. */
const short = (text) =>
  text
    .replace(/^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n(?=import |\/\*\*)/, '')
    .replace(/^( {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));
write(out, short);

/** Deno looks for declarations by the names of their files alone, which tsc takes nowhere but there. */
const jsr = join(root, 'dist', 'jsr');
const byFile = (text) => text.replaceAll(/((?:from |import\(|import )['"]\.[^'"]+)\.[jt]s(?=['"])/g, '$1.d.ts');
write(join(jsr, 'types'), (text) => byFile(short(text)));
for (const [entry, types, module] of [
  ['index', 'browser/index', '../browser/tessera.js'],
  ['node', 'index', '../node/lib/tessera.js'],
])
  writeFileSync(
    join(jsr, `${entry}.js`),
    `/* @ts-self-types="./types/${types}.d.ts" */\nexport * from '${module}';\n`,
  );
