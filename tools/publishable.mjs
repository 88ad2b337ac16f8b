/**
 * @file What `npm publish` runs first (`prepublishOnly`), in the package's folder: ends with 1, saying why, unless the repository that
 * package.json names answers, is this package's, and has the commit that would be published. So no package points at an address that is
 * somebody else's.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READ_ON = 'CONTRIBUTING.md, "Before the first publication", says what to do';

/** Never asks for a name and a password: an address that wants them does not answer. */
const git = (...args) =>
  execFileSync('git', args, {
    encoding: 'utf8',
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });

/** The name in the package.json of what a repository has first; undefined where there is none. */
const nameAt = (url) => {
  const copy = mkdtempSync(join(tmpdir(), 'tessera-publish-'));
  try {
    git('clone', '--quiet', '--depth', '1', '--no-checkout', url, copy);
    return JSON.parse(git('-C', copy, 'show', 'HEAD:package.json')).name;
  } catch {
    return undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

const reasonNot = ({ name, repository }) => {
  const url = repository.url.replace(/^git\+/, '');
  let commits;
  try {
    commits = git('ls-remote', url);
  } catch ({ stderr }) {
    return `no repository answers at ${url}: ${String(stderr).trim().split('\n').at(-1)}`;
  }
  const found = nameAt(url);
  if (found !== name) return `${url} is not the repository of ${name}: its package.json has ${found ? `the name ${found}` : 'no name'}`;
  if (git('status', '--porcelain') !== '') return 'this folder has changes that are not committed';
  const commit = git('rev-parse', 'HEAD').trim();
  return commits.includes(commit) ? undefined : `no branch or tag of ${url} is at ${commit}: push it first`;
};

const reason = reasonNot(JSON.parse(readFileSync('package.json', 'utf8')));
if (reason !== undefined) {
  console.error(`not published: ${reason}\n${READ_ON}`);
  process.exitCode = 1;
}
