/** @file What the package declares for users: every name of `sf`, of `np` and its parts, and every member of its classes. */
import { fileURLToPath } from 'node:url';
import { API, type Checker, SymbolFlags, type Symbol as TsSymbol } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A public name with what an editor shows of it. */
export interface Declared {
  readonly name: string;
  readonly doc: string;
  readonly examples: readonly string[];
}

/** What every Error of JavaScript has. */
const OF_ERRORS = ['name', 'message', 'stack', 'cause'];

/** What only classes of ours see. */
const PROTECTED = ['reported'];

/** Functions and arrays of JavaScript have members too; those are no names of ours. */
const ours = ({ name }: TsSymbol): boolean =>
  !/^[_#]/.test(name) && ![...OF_ERRORS, ...PROTECTED].includes(name);

const MODULES = ['np', 'np.nn', 'np.linalg', 'np.random', 'spu', 'utils', 'utils.testing'];
const CLASSES = ['Session', 'PYUObject', 'SPUObject', 'PYU', 'SPU', 'Frame', 'NDArray', 'TesseraError'];

/** Modules that `sf` loads when they are asked for, by what their names begin with. */
const LATER: Readonly<Record<string, string>> = {
  'src/models/index.ts': '(await sf.models()).',
  'src/models/metrics.ts': '(await sf.metrics()).',
  'src/models/statistics.ts': '(await sf.statistics()).',
};

const read = (checker: Checker, index: TsSymbol, begins = ''): Declared[] => {
  const found: Declared[] = [];
  const add = (name: string, symbol: TsSymbol): void => {
    found.push({
      name,
      doc: checker.getDocumentationCommentOfSymbol(symbol),
      examples: checker
        .getJsDocTagsOfSymbol(symbol)
        .filter((tag) => tag.name === 'example')
        .map((tag) => tag.text ?? ''),
    });
  };
  const behind = (symbol: TsSymbol): TsSymbol =>
    (symbol.flags & SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const members = (prefix: string, symbols: readonly TsSymbol[]): void => {
    for (const symbol of symbols) {
      const target = behind(symbol);
      const name = `${prefix}${symbol.name}`;
      if (!ours(symbol)) continue;
      if (!MODULES.includes(name) && (target.flags & SymbolFlags.Value) !== 0) add(name, target);
      if (MODULES.includes(name)) {
        const type = checker.getTypeOfSymbol(target);
        if (type) members(`${name}.`, checker.getPropertiesOfType(type));
      }
    }
  };
  const exported = checker.getExportsOfModule(index);
  members(begins, exported);
  for (const symbol of exported)
    if (CLASSES.includes(symbol.name)) {
      const type = checker.getDeclaredTypeOfSymbol(behind(symbol));
      members(`${symbol.name}#`, checker.getPropertiesOfType(type));
    }
  return found;
};

/** All public names, each once. */
export const declared = (): Declared[] => {
  const api = new API({ cwd: root });
  try {
    const config = `${root}tsconfig.json`;
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)!;
    const moduleIn = (path: string): TsSymbol =>
      project.checker.getSymbolAtLocation(project.program.getSourceFile(`${root}${path}`)!)!;
    const later = Object.entries(LATER).flatMap(([path, prefix]) =>
      read(project.checker, moduleIn(path), prefix),
    );
    return [...read(project.checker, moduleIn('src/index.ts')), ...later];
  } finally {
    api.close();
  }
};
