/**
 * @file Tasks: functions and classes that other processes can run, because they can load them. Code reaches a node as the
 * name of a module and of a task in it, never as text to evaluate; the node loads the same module, and compares its hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail, TesseraError } from '../errors.ts';
import { noMore } from '../names.ts';

/** How a node finds a task. */
export interface TaskCode {
  readonly url: string;
  /** The module's path within its package, for nodes that have it elsewhere. */
  readonly path: string;
  readonly hash: string;
  readonly name: string;
}

type AnyFunction = (...args: never[]) => unknown;
type AnyClass = abstract new (...args: never[]) => object;

interface Registry {
  readonly places: WeakMap<object, { readonly url: string; readonly name: string }>;
  readonly tasks: Map<string, AnyFunction | AnyClass>;
}

/** One for the process, also where a module and the node have tessera from two folders. */
const REGISTRY = Symbol.for('tessera.tasks');
const shared = globalThis as unknown as { [REGISTRY]?: Registry };
shared[REGISTRY] ??= { places: new WeakMap(), tasks: new Map() };
const registry: Registry = shared[REGISTRY];

/** In the place of a module's URL, for tasks that come with every node; a node puts its folder behind it. */
export const OWN = 'tessera:';

/** How nodes find a function. */
export const nameTask = (fn: object, url: string, name: string): void =>
  void registry.places.set(fn, { url, name });

const keyOf = (url: string, name: string): string => `${url}#${name}`;

const urlOf = (where: unknown): string => {
  const url =
    typeof where === 'object' && where !== null && 'url' in where
      ? where.url
      : where instanceof URL
        ? where.href
        : typeof where === 'string' && !/^[a-z][a-z+.-]+:/i.test(where)
          ? pathToFileURL(where).href
          : where;
  if (typeof url !== 'string' || !url.startsWith('file:'))
    return fail(
      'INVALID_ARGUMENT',
      'sf.task: the first argument is import.meta, or the path or URL of a module',
    );
  return url.replace(/[?#].*$/, '');
};

/**
 * Names `fn`, a function or a class, so that nodes of a cluster can load it: `sf.task(import.meta, 'train', fn)` in the
 * module where it is defined. With no `fn`, what the module at a path or URL exports under that name: then the module
 * is loaded where the task runs. Elsewhere a task is the plain function that it was.
 * @example
 * const twice = sf.task('./tasks.js', 'twice', (x: number) => 2 * x);
 * twice(21) // 42
 */
export function task<F extends AnyFunction | AnyClass>(
  where: ImportMeta | URL | string,
  name: string,
  fn: F,
): F;
export function task(where: URL | string, name: string): (...args: never[]) => Promise<unknown>;
export function task(
  where: unknown,
  name: string,
  fn?: AnyFunction | AnyClass,
  ...surplus: unknown[]
): AnyFunction | AnyClass {
  noMore('sf.task', surplus);
  const url = urlOf(where);
  if (typeof name !== 'string' || name === '')
    fail(
      'INVALID_ARGUMENT',
      "sf.task: the second argument is the task's name: sf.task(import.meta, 'train', fn)",
    );
  if (fn !== undefined && typeof fn !== 'function')
    fail('INVALID_ARGUMENT', `sf.task ${JSON.stringify(name)}: the third argument is a function or a class`);
  const known = fn ?? Object.defineProperty(load(url, name), 'name', { value: name });
  const key = keyOf(url, name);
  if (fn !== undefined && registry.tasks.has(key) && registry.tasks.get(key) !== fn)
    fail('INVALID_ARGUMENT', `sf.task: there are two tasks ${JSON.stringify(name)} in ${url}`);
  if (fn !== undefined && fn.name === '') Object.defineProperty(fn, 'name', { value: name });
  if (fn !== undefined) registry.tasks.set(key, fn);
  nameTask(known, url, name);
  return known;
}

const load =
  (url: string, name: string): AnyFunction =>
  async (...args: never[]) =>
    ((await taskAt(url, name)) as AnyFunction)(...args);

/** The task itself. Loads its module. Throws CONFIG if there is none of that name. */
export const taskAt = async (url: string, name: string): Promise<AnyFunction | AnyClass> => {
  const key = keyOf(url, name);
  const known = registry.tasks.get(key);
  if (known !== undefined) return known;
  const module = (await import(url)) as Record<string, unknown>;
  const found = registry.tasks.get(key) ?? module[name];
  if (typeof found === 'function') return found as AnyFunction;
  throw new TesseraError(
    'CONFIG',
    `${url} has no task ${JSON.stringify(name)}: write sf.task(import.meta, ${JSON.stringify(name)}, fn) at its top level`,
    { module: url, name },
  );
};

export const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The folder of the nearest package.json. */
const rootOf = (path: string): string => {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return dirname(path);
  }
};

const codes = new Map<string, Omit<TaskCode, 'name'>>();

/** How nodes find `fn`. Throws INVALID_ARGUMENT, with the fix, for what is no task. */
export const codeOf = (fn: unknown, party: string): TaskCode => {
  const name = (fn as AnyFunction).name || 'fn';
  const place = registry.places.get(fn as object);
  if (place === undefined)
    return fail(
      'INVALID_ARGUMENT',
      `${party} runs on other machines, which load code as modules: ${JSON.stringify(name)} is no task. In a module of its ` +
        `own, write:\n  export const ${name} = sf.task(import.meta, '${name}', (...) => ...);\nand import it here`,
      { party, function: name },
    );
  const { url } = place;
  if (url === OWN) return { url, path: place.name, hash: OWN, name: place.name };
  const path = fileURLToPath(url);
  if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === url)
    fail(
      'INVALID_ARGUMENT',
      `task ${JSON.stringify(place.name)} is in ${path}, which is the program itself: a node that loaded it would run the ` +
        'program. Put tasks in a module of their own, and import it',
      { module: url },
    );
  const code = codes.get(url) ?? { url, path: relative(rootOf(path), path), hash: hashOf(path) };
  codes.set(url, code);
  return { ...code, name: place.name };
};

const checked = new Map<string, string>();

/** Where a module may be, as a path; undefined for what is no URL of a file of this machine. */
const pathOf = (url: string): string | undefined => {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
};

/** The file itself, if it is below `root`: by way of whatever names and links. Undefined where it is not there. */
const fileBelow = (root: string, path: string): string | undefined => {
  try {
    const file = realpathSync(path);
    return file.startsWith(root + sep) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
};

/** The URL of a task's module below `root`. Throws CONFIG if it is not there, or not the same. */
export const locate = (code: TaskCode, root: string, node: string): string => {
  if (code.url === OWN) return `${OWN}${root}`;
  const key = JSON.stringify([root, code.url, code.path, code.hash]);
  const known = checked.get(key);
  if (known !== undefined) return known;
  const named = pathOf(code.url);
  const places = [...(named === undefined ? [] : [named]), join(root, code.path)];
  const files = places.flatMap((path) => fileBelow(root, path) ?? []);
  const same = files.find((path) => hashOf(path) === code.hash);
  if (same !== undefined) {
    const url = pathToFileURL(same).href;
    checked.set(key, url);
    return url;
  }
  const info = { node, module: code.url, path: code.path };
  if (files.length === 0)
    return fail(
      'CONFIG',
      `node ${node} has no module ${code.path} below its folder ${root}, and loads none from elsewhere: install the same ` +
        'program there, and start the node in its folder (or give that with --root)',
      info,
    );
  return fail(
    'CONFIG',
    `node ${node} has another ${code.path} (${files[0]!}: hash ${hashOf(files[0]!).slice(0, 12)}, the program has ` +
      `${code.hash.slice(0, 12)}): install the same version on all machines`,
    info,
  );
};
