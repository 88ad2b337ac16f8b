/**
 * @file `npm run docs`: the site, in dist/site. What it shows beside its own pages is made first: pages of the repository, pictures, the
 * reference by TypeDoc, the playground. `--serve` shows it at http://127.0.0.1:8770 afterwards.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptCommand } from '../dist/examples/lib/command.js';

const flags = scriptCommand('docs', 'Builds the site, in dist/site.', ['', '--serve'])
  .option('--serve', 'show it at http://127.0.0.1:8770 afterwards', false)
  .parse()
  .opts();
const root = fileURLToPath(new URL('../', import.meta.url));
const docs = join(root, 'docs');
const run = (command, args, cwd = docs) => execFileSync(command, args, { cwd, stdio: 'inherit' });
const tool = (name, ...args) => run(process.execPath, [join(docs, 'node_modules', name), ...args]);

/** Pages of the repository, by their names on the site. */
const PAGES = {
  'ARCHITECTURE.md': 'architecture',
  'FEATURES.md': 'features',
  'SECURITY.md': 'security',
  'CHANGELOG.md': 'changelog',
  'bench/RESULTS.md': 'results',
};

/** A page whose links lead to other pages of the site, or to its pictures. */
const onSite = (text) =>
  text.replaceAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g, (link, target, place = '') => {
    const page = PAGES[target] ?? PAGES[target.replace(/^\.\.\//, '')];
    if (page) return `](${page}.md${place})`;
    if (/\.(svg|png)$/.test(target)) return `](/${target.split('/').at(-1)})`;
    return target === 'README.md' ? '](../start/index.md)' : link;
  });

/** Links of the reference within its page as the site names its headings, which TypeDoc counts otherwise. */
const toHeadings = (text) =>
  text
    .replaceAll('](#sessionstats-1)', '](#sessionstats)')
    .replaceAll('](#_type)', '](#type)')
    .replaceAll(/\[(`\[\w+\]`)\]\(#\w+\)/g, '$1');

if (!existsSync(join(docs, 'node_modules'))) run('npm', ['ci', '--no-audit', '--no-fund']);

rmSync(join(docs, 'project'), { recursive: true, force: true });
mkdirSync(join(docs, 'project'), { recursive: true });
for (const [file, page] of Object.entries(PAGES))
  writeFileSync(join(docs, 'project', `${page}.md`), onSite(readFileSync(join(root, file), 'utf8')));

const pictures = join(docs, 'public');
const { buildPlayground } = await import('./playground.mjs');
await buildPlayground(pictures);
for (const name of readdirSync(docs)) if (/\.(svg|png)$/.test(name)) cpSync(join(docs, name), join(pictures, name));
cpSync(join(root, 'bench/results.svg'), join(pictures, 'results.svg'));

rmSync(join(docs, 'reference/api'), { recursive: true, force: true });
tool('typedoc/bin/typedoc', '--options', 'typedoc.json');
const index = join(docs, 'reference/api/index/index.md');
writeFileSync(index, toHeadings(readFileSync(index, 'utf8')));
tool('vitepress/bin/vitepress.js', 'build', '.');
if (flags.serve) tool('vitepress/bin/vitepress.js', 'preview', '.', '--port', '8770');
