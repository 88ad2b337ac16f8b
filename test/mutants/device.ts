/** @file Faults of what parties keep on their disks, and of what is dealt before. */
import { inFile, type Mutant } from './mutant.ts';

const disk = ['production/randomness.test.ts'] as const;
const parts = ['device/checkpoint-parts.test.ts'] as const;

export const device: readonly Mutant[] = [
  ...inFile('src/device/production/vault.ts', disk, [
    [
      'the salt of a vault is a constant',
      'leak',
      'crypto.getRandomValues(new Uint8Array(32))',
      'new Uint8Array(32)',
    ],
    ["a record's number is not in its nonce", 'leak', 'view.setFloat64(0, record, true);', ''],
    ['the last record looks like any other', 'check', 'view.setUint32(8, last ? 1 : 0, true);', ''],
    [
      'the key of a file does not depend on its header',
      'check',
      "update('tessera vault').update(header).digest()",
      "update('tessera vault').digest()",
    ],
    [
      'what was changed is read',
      'check',
      'try { cipher.final(); } catch { return undefined; } return Uint8Array.from(body);',
      'return Uint8Array.from(body);',
    ],
    [
      'a file that was cut is read to its end',
      'check',
      "if (bytesRead === 0) throw refuse(path, 'ends too early: it was cut short');",
      'if (bytesRead === 0) return out;',
    ],
    ['files of any kind are read', 'check', 'if (!MAGIC.every((b, i) => magic[i] === b))', 'if (false)'],
    [
      'records are written as they are',
      'leak',
      'const sealed = cipher.update(record);',
      'cipher.update(record); const sealed = record;',
      'const body = cipher.update(sealed.subarray(0, sealed.length - TAG)); try { cipher.final(); } catch { return undefined; } return Uint8Array.from(body);',
      'cipher.update(sealed.subarray(0, sealed.length - TAG)); return sealed.length === TAG ? undefined : Uint8Array.from(sealed.subarray(0, sealed.length - TAG));',
    ],
  ]),
  ...inFile('src/device/production/party-keys.ts', disk, [
    [
      "a file's key is a constant",
      'leak',
      'const key = nacl.randomBytes(32);',
      'const key = new Uint8Array(32).fill(1);',
    ],
    [
      'the pair that seals a key serves again',
      'leak',
      'const once = nacl.box.keyPair();',
      'const once = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(1));',
    ],
    [
      "the key of checkpoints is the identity's",
      'leak',
      "return derive(parseSecretSeed(o.identity), 'storage');",
      'return parseSecretSeed(o.identity);',
    ],
    [
      'material is sealed with the key of checkpoints',
      'leak',
      "derive(parseSecretSeed(identity), 'material')",
      "derive(parseSecretSeed(identity), 'storage')",
    ],
    ['a storage key of any length is taken', 'check', 'if (key.length !== 32)', 'if (key.length === 0)'],
  ]),
  ...inFile('src/device/production/stored/deal-stored.ts', disk, [
    [
      'seeds that are dealt are a constant',
      'leak',
      'const seeds = parties.map(() => randomBytes(32));',
      'const seeds = parties.map((_, i) => new Uint8Array(32).fill(i + 1));',
    ],
    [
      'all parties are dealt one seed',
      'leak',
      'const seeds = parties.map(() => randomBytes(32));',
      'const one = randomBytes(32); const seeds = parties.map(() => one.slice());',
    ],
    [
      'all runs are dealt the same seeds',
      'leak',
      'for (let run = 1; run <= runs; run++) { const seeds = parties.map(() => randomBytes(32));',
      'const all = parties.map(() => randomBytes(32)); for (let run = 1; run <= runs; run++) { const seeds = all.map((s) => s.slice());',
    ],
    [
      'sets have one name',
      'check',
      "const set = Buffer.from(randomBytes(8)).toString('hex');",
      "const set = '0123456789abcdef';",
    ],
  ]),
  ...inFile('src/device/production/stored/portion.ts', disk, [
    [
      'a portion before one that was used is taken',
      'check',
      'stock.next = Math.max(stock.next, Number(run) + 1);',
      'stock.next = Math.max(stock.next, 1);',
    ],
    ['any signature of a dealer will do', 'check', "'base64')), dealer);", "'base64')), dealer) || true;"],
    ['the signature leaves the rest of the header out', 'check', 'JSON.stringify(header)', 'header.set'],
  ]),
  ...inFile(
    'src/device/production/stored/stored-source.ts',
    [...disk, 'production/stored-source.test.ts'],
    [
      [
        'a portion of another kind of run is taken',
        'check',
        'if (found !== JSON.stringify(value))',
        'if (false)',
      ],
      ['a portion of another job is taken', 'check', 'job: o.job,', ''],
      ['a portion of another party is taken', 'check', 'party: o.self, rank: parties.indexOf(o.self),', ''],
      [
        'a portion of other parties is taken',
        'check',
        'fraction: runtime.fraction, parties,',
        'fraction: runtime.fraction,',
      ],
      ['a portion of another field is taken', 'check', 'field: runtime.field,', ''],
      ['a portion of other fraction bits is taken', 'check', 'fraction: runtime.fraction,', ''],
      ['a portion of another run is taken', 'check', 'set, run, job: o.job,', 'set, job: o.job,'],
      ['a portion of any dealer is taken', 'check', 'if (!isSignedBy(header, signerOf(o)))', 'if (false)'],
      [
        'parties use the run that the first has not used',
        'check',
        'const run = Math.max(...all.map((s) => s.next));',
        'const run = own.next;',
      ],
      ['material of another set is taken', 'check', 'if (set !== own.set)', 'if (false)'],
      [
        'material that is used up goes on',
        'check',
        'if (!(run <= Math.min(...all.map((s) => s.last))))',
        'if (false)',
      ],
      ["a portion is used before the others' marks", 'check', 'await allMarked(run, o.channel);', ''],
      ['a party that marks another portion is believed', 'check', 'if (theirs !== run)', 'if (false)'],
      [
        'a seed of any length is taken',
        'check',
        'if (seed?.length !== (made ? 64 : 32))',
        'if (seed === undefined)',
      ],
      [
        'material of another program is used',
        'check',
        'if (jobs[number] === digestOf(job)) return;',
        'return;',
      ],
      [
        'material of another job of the program is used',
        'check',
        'if (jobs[number] === digestOf(job)) return;',
        'if (jobs.includes(digestOf(job))) return;',
      ],
    ],
  ),
  ...inFile('src/device/checkpoint.ts', parts, [
    ['a file of another kind is a checkpoint', 'check', "if (header.kind !== 'checkpoint')", 'if (false)'],
    ['a checkpoint of another version is read', 'check', 'if (header.version !== VERSION)', 'if (false)'],
    [
      'the part of another party is read',
      'check',
      'if (header.party !== party || header.rank !== rank)',
      'if (header.rank !== rank)',
    ],
    [
      'the part of another rank is read',
      'check',
      'if (header.party !== party || header.rank !== rank)',
      'if (header.party !== party)',
    ],
    ['the part of another SPU is read', 'check', 'if (here !== there)', 'if (false)'],
    [
      'parts of different dumps are put together',
      'check',
      'a.sequence === b.sequence && a.id === b.id',
      'a.sequence === b.sequence',
    ],
    [
      'contents of different dumps are put together',
      'check',
      'commons.some((c) => text(c) !== text(common) || c.id !== newest.id)',
      'false',
    ],
    ['contents that agree are not those of the headers', 'check', '|| c.id !== newest.id', ''],
    [
      'trees of parts are not compared',
      'check',
      'JSON.stringify([c.id, c.tree, c.objects])',
      'JSON.stringify([c.id])',
    ],
    [
      'the first dump is loaded, not the last',
      'wrong',
      'a && a.sequence > f.sequence ? a : f',
      'a && a.sequence < f.sequence ? a : f',
    ],
  ]),
  ...inFile(
    'src/device/production/signals.ts',
    ['production/crashes.test.ts'],
    [
      [
        'an error that nobody catches ends the process before the others have heard of it',
        'check',
        "process.on('uncaughtException', crash);",
        '{}',
      ],
    ],
  ),
];
