/** The command line: help with examples that can be typed, plain words, and no secrets among the arguments. */
import { execFile } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeProgram } from '../../src/cli/program.ts';
import { LONG } from '../long.ts';
import { PATIENCE_MS } from '../patience.ts';
import { start } from './commands.ts';

const test = suite('cli/help');
const built = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = (file: string, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) =>
    execFile(
      process.execPath,
      [resolvePath(built('.'), file), ...args],
      { timeout: PATIENCE_MS },
      (e, out, err) => resolve({ code: e === null ? 0 : typeof e.code === 'number' ? e.code : 1, out, err }),
    ),
  );
const tessera = (...args: string[]) => start(args).ended;

/** Help, as it is printed. */
const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
};
const COMMANDS = makeProgram().commands;
const named = (name: string): Command => COMMANDS.find((command) => command.name() === name)!;

test('every command has examples, whose flags it knows', () => {
  assert.ok(COMMANDS.length >= 14);
  assert.match(helpOf(makeProgram()), /Examples:\n {2}tessera keygen /);
  for (const command of COMMANDS) {
    const name = command.name();
    const [help, examples] = helpOf(command).split('Examples:') as [string, string | undefined];
    assert.ok(examples?.includes(`tessera ${name}`), `${name} has no examples`);
    for (const [, flag] of examples!.matchAll(/ (--[a-z-]+)/g))
      assert.match(help, new RegExp(`${flag!}\\b`), `${name} has no ${flag!}`);
  }
});

test('services: figures, logs, and their flags from the environment', () => {
  for (const name of ['dealer', 'relay', 'start']) {
    const out = helpOf(named(name)).replace(/\s+/g, ' ');
    for (const text of ['--metrics <port>', '--log <form>', 'env: TESSERA_METRICS', 'env: TESSERA_LOG'])
      assert.ok(out.includes(text), `${name}: ${text}`);
  }
  assert.match(helpOf(named('dealer')).replace(/\s+/g, ' '), /env: TESSERA_CONFIG/);
});

test('a secret on a command line is refused, and not repeated', async () => {
  for (const flag of ['--token', '--nats-password']) {
    const { code, err } = await tessera('status', '--address=127.0.0.1:1', `${flag}=s3cret`);
    assert.is(code, 1);
    assert.match(err, new RegExp(`${flag}: everybody on this machine can read command lines`));
    assert.not.match(err, /s3cret/);
    assert.not.match(helpOf(named('status')), new RegExp(`${flag} `));
  }
});

test('an error says where its code is explained', async () => {
  const { err } = await tessera('relay', '--cert', 'x');
  assert.match(err, /CONFIG: see docs\/reference\/errors\.md#config/);
});

test('what the system refuses is said in a line, without a stack', async () => {
  for (const args of [
    ['material-key', '--identity', 'no/such'],
    ['show', 'no/such'],
    ['split', 'no/such'],
    ['relay', '--cert', 'no/such', '--key', 'no/such'],
    ['deal', '--program', 'no/such', '--identity', 'x', '--out', 'x', '--recipient', 'alice=x'],
    ['keygen', '--party', 'alice', '--out', `${built('src/cli/main.js')}/below`],
  ]) {
    const { code, err } = await tessera(...args);
    assert.is(code, 1);
    assert.match(
      err,
      /^tessera: [^\n]*(no\/such: no such file or directory \(ENOENT\)|main\.js.*ENOTDIR\))\n$/,
    );
  }
});

test('figures are for this machine alone', async () => {
  const { code, err } = await tessera('relay', '--listen', '127.0.0.1:0', '--metrics', '0.0.0.0:9464');
  assert.is(code, 1);
  assert.match(err, /--metrics: figures are for this machine alone/);
  const word = await tessera('relay', '--metrics', 'abc');
  assert.match(word.err, /--metrics: a port of this machine is wanted, or 127\.0\.0\.1:port, not "abc"/);
});

test('scripts: each says what it takes, with examples, and ends', async () => {
  const scripts: Readonly<Record<string, string>> = {
    demo: 'examples/breast-cancer.js',
    'demo:cluster': 'examples/cluster/demo.js',
    'demo:production': 'examples/production/demo.js',
    'demo:web': 'examples/web/server.js',
    costs: 'bench/costs.js',
    bench: 'bench/main.js',
    features: 'bench/features.js',
    fuzz: 'test/fuzz/main.js',
    simulate: 'test/simulate/main.js',
    chaos: 'test/chaos/run.js',
    soak: 'test/soak/run.js',
    'bench:web': '../tools/bench-web.mjs',
    mutants: '../tools/mutants.mjs',
    docs: '../tools/docs.mjs',
    test: '../tools/test.mjs',
  };
  for (const [i, [name, file]] of Object.entries(scripts).entries()) {
    const { code, out, err } = await run(file, '--help');
    assert.is(code, 0, `${name}: ${err}`);
    assert.match(out, new RegExp(`^Usage: ${name} `), name);
    const [help, examples] = out.split('Examples:') as [string, string | undefined];
    assert.ok(examples?.includes(`npm run ${name}`), `${name} has no examples`);
    for (const [, flag] of examples!.matchAll(/ (--[a-z-]+)/g))
      assert.match(help, new RegExp(`${flag!}\\b`), `${name} has no ${flag!}`);
    // They all refuse by the same command, so that a short run asks some of them.
    if (!LONG && i % 7 > 0) continue;
    const refused = await run(file, '--pear');
    assert.is(refused.code, 1, name);
    assert.match(refused.err, /unknown option '--pear'/, name);
  }
});

test('demos: plain words', async () => {
  const [web, rich] = await Promise.all([
    run('examples/web/server.js', '--help'),
    run('examples/millionaires.js'),
  ]);
  assert.is(web.code, 0);
  assert.match(web.out, /Usage: demo:web/);
  assert.match(web.out, /npm run demo:web -- --port 9000/);
  assert.is(rich.code, 2);
  assert.is(rich.out, '');
  assert.match(rich.err, /^usage: millionaires\.js alice\|bob WEALTH/);
  const { out } = await run('examples/breast-cancer.js', '--rtt', '0.1', '--epochs', '1');
  assert.match(out, /links of 0\.1 ms$/m);
  assert.not.match(out, /any Mbit/);
});

test.run();
