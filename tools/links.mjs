/**
 * @file Links of all pages, of the repository and of the site: files and pictures that are there, headings that are there, programs that
 * are shown. Prints the dead ones, and ends with 1 if there are any. What is made by `npm run docs` is checked as that is built.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const MADE = /^docs\/(node_modules|public|project|reference\/api)\//;
/** What the site has at its root: pictures of the repository, and the playground. */
const AT_ROOT = /^\/(playground\/|[\w-]+\.(svg|png)$)/;

const markdown = (folder) =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => normalize(join(folder, file)));

const withoutCode = (text) => text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** A heading's place, as GitHub and VitePress name it. */
const placeOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const places = (file) =>
  new Set(
    [...readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => placeOf(heading)),
  );

const deadIn = (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const links = [...withoutCode(text).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].map(([, target]) => target);
  const shown = [...text.matchAll(/^<<< (\S+)$/gm)].map(([, target]) => target);
  return [...links, ...shown].filter((target) => {
    const [path, place] = target.split('#');
    if (AT_ROOT.test(path)) {
      const picture = path.slice(1);
      return /\.(svg|png)$/.test(path) && !existsSync(join(root, 'docs', picture)) && !existsSync(join(root, 'bench', picture));
    }
    if (path.startsWith('/')) return !existsSync(join(root, 'docs', path, 'index.md'));
    const found = path === '' ? file : normalize(join(dirname(file), path));
    if (MADE.test(found)) return false;
    if (!existsSync(join(root, found))) return true;
    return place !== undefined && place !== '' && found.endsWith('.md') && !places(found).has(place);
  });
};

const pages = ['.', 'docs', 'bench', 'wasm-build'].flatMap(markdown).filter((file) => !MADE.test(file));
const dead = pages.flatMap((file) => deadIn(file).map((target) => `${file}: ${target}`));
if (dead.length > 0) {
  console.error(`links that lead nowhere:\n  ${dead.join('\n  ')}`);
  process.exitCode = 1;
}
