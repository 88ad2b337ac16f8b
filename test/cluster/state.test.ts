/** @file What this machine keeps of what was started on it: for its user alone, and of those processes alone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { beganAt, remember, startedHere, tokenHere } from '../../src/cluster/state.ts';
import { suite } from '../link/helpers.ts';

const test = suite('cluster/state');

/** With a folder of state of its own. */
const within = (work: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-state-'));
  const before = process.env.TESSERA_STATE;
  process.env.TESSERA_STATE = folder;
  try {
    work(folder);
  } finally {
    if (before === undefined) delete process.env.TESSERA_STATE;
    else process.env.TESSERA_STATE = before;
    rmSync(folder, { recursive: true, force: true });
  }
};

const HEAD = {
  pid: process.pid,
  kind: 'nats-server',
  address: '127.0.0.1:6379',
  cluster: 'default',
  token: 'quite secret',
} as const;

test('what was started here is read by its user alone, who finds the token of a head by its address', () =>
  within((folder) => {
    remember(HEAD);
    const [name] = readdirSync(folder);
    assert.is((statSync(join(folder, name!)).mode & 0o777).toString(8), '600');
    assert.is(startedHere().length, 1);
    assert.is(tokenHere('localhost:6379'), 'quite secret');
    assert.is(tokenHere('localhost:6380'), undefined);
    assert.is(tokenHere('10.0.0.1:6379'), undefined);
  }));

test('another process that has the number of one that was started here is not taken for it', () =>
  within((folder) => {
    remember(HEAD);
    const path = join(folder, readdirSync(folder)[0]!);
    const known = JSON.parse(readFileSync(path, 'utf8')) as { began: string };
    assert.is(known.began, beganAt(process.pid));
    writeFileSync(path, JSON.stringify({ ...known, began: 'before' }));
    assert.equal(startedHere(), []);
    assert.equal(readdirSync(folder), [], 'and forgotten');
  }));

test.run();
