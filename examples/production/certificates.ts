/**
 * @file Keys and certificates of the parties of this example, self-signed. (In earnest each organisation makes its own,
 * with `tessera keygen`, and hands only the certificate to the others.)
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keygen } from '../../src/cli/keygen.ts';
import { projectFile } from '../lib/project.ts';

const PARTIES = ['alice', 'bob', 'dealer'] as const;
const OUT = projectFile('out', 'production');

/** Makes what is missing; returns the folder. */
export const certificates = async (): Promise<string> => {
  for (const party of PARTIES) {
    if (existsSync(join(OUT, `${party}.cert.pem`))) continue;
    await keygen({ party, out: OUT, host: ['localhost', '127.0.0.1'], force: true });
  }
  return OUT;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await certificates());
