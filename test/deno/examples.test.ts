/** Every example run by Deno, with the permissions that the site lists and no more. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createRoom, roomLink } from '../../src/index.ts';
import { onlyDemo } from '../demo-ports.ts';
import { freePort } from '../link/helpers.ts';
import { deno, denoSuite, good, node, ROOT, type Started } from './deno.ts';

/** The site's table: file -> permissions. */
const PERMISSIONS: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...readFileSync(join(ROOT, 'docs/how-to/deno.md'), 'utf8').matchAll(
      /^\| `(dist\/\S+\.js)[^|]*\| `(--allow[^`|]*)` \|/gm,
    ),
  ].map(([, file, flags]) => [file!, flags!.split(' ')]),
);

const flagsOf = (file: string): readonly string[] => {
  const flags = PERMISSIONS.get(file);
  if (flags === undefined) throw new Error(`how-to/deno.md has no permissions for ${file}`);
  return flags;
};

const moved = (text: string, ports: Readonly<Record<string, number>>): string =>
  Object.entries(ports).reduce((t, [port, instead]) => t.replaceAll(`:${port}`, `:${instead}`), text);

/** As listed, with other ports in place of those. */
const listed = (
  file: string,
  args: readonly string[],
  ports: Readonly<Record<string, number>> = {},
): Started => {
  const flags = flagsOf(file).map((flag) => moved(flag, ports));
  return deno(flags, file, ...args);
};

const test = denoSuite('Deno: examples');

const DEMO = 'dist/examples/breast-cancer.js';
const lastLine = (text: string): string => text.trim().split('\n').at(-1)!;

test('the main demo: parties in threads', async () => {
  const args = ['--epochs', '1', '--json', '--dealer', 'third-party'];
  const text = await good(listed(DEMO, args));
  const { accuracy, bytes } = JSON.parse(text.split('\n').find((line) => line.startsWith('{'))!) as {
    accuracy: number;
    bytes: number;
  };
  assert.ok(accuracy > 0.94 && bytes > 100_000, lastLine(text));
});

test("import * as sf from 'tessera-mpc' in a project of one's own: README's first program", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-project-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'tessera-mpc'));
    writeFileSync(join(folder, 'package.json'), '{}');
    const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
    const file = join(folder, 'program.js');
    writeFileSync(file, program!);
    const permissions = [`--allow-read=${folder},${ROOT}`, '--allow-env=WS_NO_BUFFER_UTIL'];
    const text = await good(deno(permissions, file));
    assert.match(text, /^true$/m, text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the main demo with any one permission less is refused by Deno', async () => {
  const all = flagsOf(DEMO);
  const fewer: string[][] = [];
  for (const [i, flag] of all.entries()) {
    const [name, list] = flag.split('=') as [string, string];
    for (const value of list.split(',')) {
      const rest = list.split(',').filter((v) => v !== value);
      fewer.push(
        all.flatMap((f, j) => (i !== j ? [f] : rest.length === 0 ? [] : [`${name}=${rest.join(',')}`])),
      );
    }
  }
  assert.ok(fewer.length >= 6);
  for (const flags of fewer) {
    const { code, text } = await deno(flags, DEMO, '--epochs', '1').ended;
    assert.is.not(code, 0, `${flags.join(' ')} is enough`);
    assert.match(text, /Requires (read|write|env) access/);
  }
});

test('the millionaires: one in Deno, one in Node', async () => {
  const file = 'dist/examples/millionaires.js';
  const texts = [listed(file, ['alice', '5200000']), node(file, 'bob', '6100000')].map(good);
  for (const text of await Promise.all(texts)) assert.match(text, /bob is richer/);
});

const TRAIN = 'dist/examples/production/train.js';
const CLI = 'dist/src/cli/main.js';
/** The example's configurations with ports that are free: port there -> port here. */
const elsewhere = async (): Promise<Readonly<Record<string, number>>> => {
  const ports: Record<string, number> = {};
  for (const port of [19471, 19472, 19473]) ports[port] = await freePort();
  for (const party of ['alice', 'bob', 'dealer'])
    writeFileSync(
      join(ROOT, config(party)),
      moved(readFileSync(join(ROOT, 'examples/production', `${party}.json`), 'utf8'), ports),
    );
  return ports;
};

/** Beside the keys, which are as far from here as from the example's folder. */
const config = (party: string): string => `out/production/${party}.deno.json`;

test('certificates for the production example', async () => {
  await onlyDemo();
  assert.match(await good(listed('dist/examples/production/certificates.js', [])), /out\/production/);
});

// Between them both runtimes are server and client: whoever stands later in the alphabet dials.
for (const [alice, bob, dealer] of [
  ['deno', 'deno', 'deno'],
  ['deno', 'node', 'node'],
  ['node', 'deno', 'node'],
  ['node', 'node', 'deno'],
] as const)
  test(`production over mutual TLS: alice in ${alice}, bob in ${bob}, the dealer in ${dealer}`, async () => {
    const ports = await elsewhere();
    const party = (runtime: 'deno' | 'node', self: string): Started => {
      const args = ['--config', config(self), '--epochs', '1'];
      return runtime === 'deno' ? listed(TRAIN, args, ports) : node(TRAIN, ...args);
    };
    const serve = ['dealer', '--config', config('dealer')];
    const [dealt, ...texts] = await Promise.all(
      [
        dealer === 'deno'
          ? deno(
              flagsOf(TRAIN).map((flag) => moved(flag, ports)),
              CLI,
              ...serve,
            )
          : node(CLI, ...serve),
        party(alice, 'alice'),
        party(bob, 'bob'),
      ].map(good),
    );
    assert.is(typeof dealt, 'string');
    for (const [i, text] of texts.entries())
      assert.match(text, new RegExp(`${['alice', 'bob'][i]}: accuracy 0\\.9[4-9]`));
  });

test('the production demo: it starts three processes of Deno', async () => {
  const file = 'dist/examples/production/demo.js';
  const text = await good(listed(file, ['--epochs', '1', '--json']));
  const { accuracy, rounds } = JSON.parse(lastLine(text)) as { accuracy: number; rounds: number };
  assert.ok(accuracy > 0.94 && rounds > 50, lastLine(text));
});

for (const [one, other] of [
  ['deno', 'deno'],
  ['deno', 'node'],
  ['node', 'deno'],
] as const)
  test(`two parties meet at a relay in Deno: alice in ${one}, bob in ${other}`, async () => {
    const port = await freePort();
    const relay = listed(CLI, ['relay', '--listen', `127.0.0.1:${port}`], { 8790: port });
    try {
      await relay.said(/relay at/);
      const room = createRoom({ parties: ['alice', 'bob'], relay: `ws://127.0.0.1:${port}` });
      const link = roomLink('http://127.0.0.1/salaries.html', room);
      const join = 'dist/examples/web/join.js';
      const play = (runtime: 'deno' | 'node', self: string): Started =>
        runtime === 'deno'
          ? listed(join, [link, 'salaries', self], { 8790: port })
          : node(join, link, 'salaries', self);
      for (const text of await Promise.all([play(one, 'alice'), play(other, 'bob')].map(good)))
        assert.match(text, /"mean":5\d{4}/);
    } finally {
      relay.child.kill();
    }
  });

test('the demo server: serves the pages, and keeps the room of a page company', async () => {
  const [port, relayPort] = [await freePort(), await freePort()];
  const args = ['--port', String(port), '--relay-port', String(relayPort)];
  const server = listed('dist/examples/web/server.js', args, { 8780: port, 8790: relayPort });
  try {
    const [, url, relay] = await server.said(/demos at (\S+) +relay at (\S+)/);
    const page = await fetch(`${url}/salaries.html`);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.match(await page.text(), /Who earns more/);
    const room = createRoom({ parties: ['alice', 'bob'], relay: relay!, dealer: 'dealer' });
    const link = roomLink(`${url}/salaries.html`, room);
    for (const role of ['dealer', 'party']) {
      const body = JSON.stringify({ link, what: 'salaries' });
      const answer = await fetch(`${url}/api/${role}`, { method: 'POST', headers: { origin: url! }, body });
      assert.is(answer.status, 202);
    }
    assert.match(await good(node('dist/examples/web/join.js', link, 'salaries', 'alice')), /"mean":5\d{4}/);
  } finally {
    server.child.kill();
  }
});

test.run();
