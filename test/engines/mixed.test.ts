/** @file Productions whose parties run on different engines: public values are the same at all, and results are right. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as math from '../../src/ring/math/index.ts';
import { cluster, folder } from '../production/harness.ts';
import { type Engine, PARTY_ENGINES, SELF } from './engines.ts';

const PLACE = folder();
let files = 0;
const PATIENCE_MS = 120_000;
const FILE = fileURLToPath(new URL('./party.js', import.meta.url));

type Results = Readonly<Record<string, readonly number[]>>;

const runParty = async ({ name, command, args }: Engine, options: unknown): Promise<Results | undefined> => {
  const file = join(PLACE, `${++files}.json`);
  writeFileSync(file, JSON.stringify(options), { mode: 0o600 });
  const child = spawn(command, [...args, FILE, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (text += String(d)));
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  assert.is(code, 0, `${name}: ${text.slice(-2000)}`);
  assert.not.match(text, /^ERROR/m, `${name}: ${text.slice(-2000)}`);
  const found = /^VALUE (.*)$/m.exec(text)?.[1];
  return found === undefined ? undefined : (JSON.parse(found) as Results);
};

const n = 32;
const A = Array.from({ length: n }, (_, i) => 0.3 + i / 20);
const SUM = A.map((a, i) => a + 1.1 + i / 7);
const SHOWN = A.map((a) => a * 8.4);
const per = (fn: (x: number) => number): number[] => SHOWN.map((x, i) => SUM[i]! * fn(x));
const WANT: Results = {
  exp: per(math.exp),
  log: per((x) => math.log(x + 1)),
  sigmoid: per(math.sigmoid),
  tanh: per(math.tanh),
  sin: per(math.sin),
  cos: per(math.cos),
  arctan: per(math.atan),
  erf: per(math.erf),
  power: per((x) => math.pow(x + 0.1, 1.37)),
  cbrt: per(math.cbrt),
  powers: Array.from(
    { length: 64 },
    (_, i) => SUM.reduce((a, b) => a + b) * math.pow(0.1 + (i * 4.9) / 63, 1.37),
  ),
};

const test = suite('productions of mixed engines');

for (const other of PARTY_ENGINES)
  test(`alice on ${other.name}, bob on ${SELF.name}, the dealer on another`, async () => {
    const options = await cluster(['alice', 'bob', 'dealer']);
    const dealer = PARTY_ENGINES.find((e) => e !== other) ?? SELF;
    const [alice, bob] = await Promise.all([
      runParty(other, options.alice),
      runParty(SELF, options.bob),
      runParty(dealer, options.dealer),
    ]);
    assert.equal(alice, bob);
    assert.equal(Object.keys(bob!).sort(), Object.keys(WANT).sort());
    for (const [name, want] of Object.entries(WANT))
      for (const [i, w] of want.entries()) {
        const got = bob![name]![i]!;
        // What was revealed is off by a unit of 2^-26, and so is what it is multiplied by.
        const bound = 2 ** -20 * Math.max(1, Math.abs(w)) * (name === 'exp' ? 4 : 1);
        assert.ok(Math.abs(got - w) < bound, `${name}[${i}] is ${got}, not ${w}`);
      }
  });

test.run();
