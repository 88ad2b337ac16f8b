/**
 * @file Writes src/numpy/parameters.ts: what each function of np, and each method of arrays, may be given, as its types say. `--check`
 * writes nothing and fails where the file is not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API, SignatureKind, SymbolFlags, TypeFlags } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../', import.meta.url));
const file = join(root, 'src/numpy/parameters.ts');

/** Letters of the kinds of a type, by its flags. */
const LETTERS = [
  [TypeFlags.Any | TypeFlags.Unknown, '*'],
  [TypeFlags.Undefined | TypeFlags.Void, 'u'],
  [TypeFlags.Null, 'l'],
  [TypeFlags.String | TypeFlags.StringLiteral | TypeFlags.TemplateLiteral, 's'],
  [TypeFlags.Number | TypeFlags.NumberLiteral, 'n'],
  [TypeFlags.BigInt | TypeFlags.BigIntLiteral, 'i'],
  [TypeFlags.Boolean | TypeFlags.BooleanLiteral, 'b'],
];

/** Members that options never have: arrays of some kind do. */
const OF_ARRAYS = ['shape', 'concat', 'BYTES_PER_ELEMENT'];

const reader = (checker) => {
  const fieldsOf = (members) =>
    members.map((member) => [member.name, kindsOf(checker.getTypeOfSymbol(member)).letters]);
  const kindsOf = (type) => {
    const known = LETTERS.find(([flags]) => (type.flags & flags) !== 0);
    if (known) return { letters: new Set(known[1]), fields: new Map() };
    if ((type.flags & TypeFlags.TypeParameter) !== 0) {
      const bound = checker.getBaseConstraintOfType(type);
      return bound ? kindsOf(bound) : { letters: new Set('*'), fields: new Map() };
    }
    const made = { letters: new Set(), fields: new Map() };
    if ((type.flags & TypeFlags.Union) !== 0) {
      for (const { letters, fields } of type.getTypes().map(kindsOf)) {
        for (const letter of letters) made.letters.add(letter);
        for (const [name, own] of fields) made.fields.set(name, new Set([...(made.fields.get(name) ?? []), ...own]));
      }
      return made;
    }
    const isFunction = checker.getSignaturesOfType(type, SignatureKind.Call).length > 0;
    const members = checker.getPropertiesOfType(type);
    const isArray = members.some(({ name }) => OF_ARRAYS.includes(name));
    made.letters.add(isFunction ? 'f' : isArray ? 'a' : 'o');
    if (!isFunction && !isArray) for (const [name, letters] of fieldsOf(members)) made.fields.set(name, letters);
    return made;
  };
  const textOf = (letters) => (letters.has('*') ? '*' : [...letters].filter((letter) => letter !== 'u').sort().join(''));
  const parameterText = (symbol) => {
    const { dotDotDotToken, questionToken, initializer } = symbol.valueDeclaration.resolve();
    const type = checker.getTypeOfSymbol(symbol);
    if (dotDotDotToken) {
      const element = checker.getIndexInfosOfType(type)[0]?.valueType;
      return `...${symbol.name}:${element ? textOf(kindsOf(element).letters) : '*'}`;
    }
    const { letters, fields } = kindsOf(type);
    const optional = questionToken || initializer || letters.has('u');
    const inside = [...fields].map(([name, own]) => `${name}:${textOf(own)}`).join(',');
    return `${symbol.name}${optional ? '?' : ''}:${textOf(letters)}${inside === '' ? '' : `{${inside}}`}`;
  };
  /** By path: the parameters of all functions of a namespace. */
  const functionsOf = (type, path, is) => {
    const found = [];
    for (const member of checker.getPropertiesOfType(type)) {
      if (!is(member)) continue;
      const of = checker.getTypeOfSymbol(member);
      const [signature, ...more] = checker.getSignaturesOfType(of, SignatureKind.Call);
      const full = `${path}.${member.name}`;
      if (more.length > 0) throw new Error(`${full} has several signatures`);
      if (signature) found.push([full, signature.getParameters().map(parameterText).join(' ')]);
      else if (NAMESPACES.includes(full)) found.push(...functionsOf(of, full, is));
    }
    return found;
  };
  return { functionsOf };
};

const NAMESPACES = ['np.nn', 'np.linalg', 'np.random'];

const read = () => {
  const api = new API({ cwd: root });
  try {
    const config = join(root, 'tsconfig.json');
    const { checker, program } = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    const exported = (path) =>
      checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(root, path))));
    const np = exported('src/np.ts').find(({ name }) => name === 'np');
    const methods = exported('src/ir/trace/array.ts').find(({ name }) => name === 'ArrayMethods');
    const { functionsOf } = reader(checker);
    const isFunction = ({ name }) => !/^(BaseArray|NDArray)$/.test(name);
    const isMethod = ({ flags }) => (flags & (SymbolFlags.Method | SymbolFlags.Property)) !== 0;
    return [
      ...functionsOf(checker.getTypeOfSymbol(np), 'np', isFunction),
      ...functionsOf(checker.getDeclaredTypeOfSymbol(methods), '', isMethod),
    ];
  } finally {
    api.close();
  }
};

/** As src/numpy/arguments.ts has it. */
const camel = (path) => path.replace(/_(.?)/g, (_, c) => c.toUpperCase());

const textOf = (functions) => {
  const groups = new Map();
  const all = new Map(functions);
  for (const [path, parameters] of functions)
    if (camel(path) === path || all.get(camel(path)) !== parameters) groups.set(parameters, [...(groups.get(parameters) ?? []), path]);
  const lines = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([parameters, paths]) => `  [${JSON.stringify(parameters)}, ${JSON.stringify(paths.sort().join(' '))}],`);
  return `/**
 * @file Made by tools/parameters.mjs of the types of np: parameters, and the functions and methods that have them (spellings in
 * camelCase stand for those of NumPy, too). A parameter is its
 * name, with ? where it may be left out, and the letters of what it takes: n a number, i a bigint, b true or false, s a text, l null, f a
 * function, a a list or an array, o options, * anything; then, in braces, what options in its place may hold.
 */
// biome-ignore format: made
export const PARAMETERS: readonly (readonly [parameters: string, functions: string])[] = [
${lines.join('\n')}
];
`;
};

const text = textOf(read());
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('src/numpy/parameters.ts is not up to date: run node tools/parameters.mjs');
  process.exitCode = 1;
}
