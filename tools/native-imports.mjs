/** Comments by which bundlers of users' programs leave an import alone that a variable names: esbuild drops them with the spaces. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Marks `import(name)` in each file of a folder. Nothing else is changed. */
export const markImports = (folder) => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const marked = text.replaceAll(
      /(?<![.\w$])import\((?=[\w$]+\))/g,
      'import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ ',
    );
    if (marked !== text) writeFileSync(join(folder, name), marked);
  }
};
