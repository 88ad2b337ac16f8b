/** @file The example: three processes with the configurations and certificates of examples/production. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { projectFile } from '../../examples/lib/project.ts';
import { certificates } from '../../examples/production/certificates.ts';
import { onlyDemo } from '../demo-ports.ts';
import { folder, suite } from './harness.ts';

const test = suite('production/example');
test.before(onlyDemo);
const run = promisify(execFile);
const CLI = fileURLToPath(import.meta.resolve('#tessera-cli'));
const script = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Figures {
  readonly accuracy: number;
  readonly auc: number;
  readonly rounds: number;
  readonly bytes: number;
}

const figures = async (path: string, ...flags: string[]): Promise<Figures> => {
  const { stdout } = await run(process.execPath, [script(path), '--epochs', '3', '--json', ...flags], {
    cwd: projectFile(),
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
};

test('npm run demo:production trains to the same result as in simulation, in the same rounds and bytes', async () => {
  const simulated = await figures('examples/breast-cancer.js', '--dealer', 'third-party');
  const produced = await figures('examples/production/demo.js');
  assert.ok(Math.abs(simulated.accuracy - produced.accuracy) < 1e-6);
  assert.ok(Math.abs(simulated.auc - produced.auc) < 1e-6);
  assert.is(produced.rounds, simulated.rounds);
  assert.is(produced.bytes, simulated.bytes);
});

test('P8: tessera doctor finds nothing wrong with the configurations of the example, and what is wrong with others', async () => {
  const pems = await certificates();
  for (const party of ['alice', 'bob', 'dealer']) {
    const config = projectFile('examples', 'production', `${party}.json`);
    const { stdout } = await run(process.execPath, [CLI, 'doctor', '--config', config]);
    assert.match(stdout, new RegExp(party));
  }
  const wrong = JSON.parse(readFileSync(projectFile('examples', 'production', 'alice.json'), 'utf8')) as {
    tls_config: { cert: Record<string, string>; client_certs: Record<string, Record<string, string>> };
  };
  wrong.tls_config.cert = { cert: join(pems, 'alice.cert.pem'), key: join(pems, 'bob.key.pem') };
  for (const peer of Object.values(wrong.tls_config.client_certs))
    peer.cert = join(pems, peer.cert!.split('/').at(-1)!);
  const path = join(folder(), 'wrong.json');
  writeFileSync(path, JSON.stringify(wrong));
  assert.ok(existsSync(path));
  const failed = await run(process.execPath, [CLI, 'doctor', '--config', path]).catch(
    (e: { code: number; stdout: string }) => e,
  );
  assert.is((failed as { code: number }).code, 1);
  assert.match(failed.stdout, /key/);
});

test.run();
