/** @file `tessera deal`: material for a recorded program, made ahead. `tessera material-key`: to whom it is sealed. */
import { existsSync, readFileSync } from 'node:fs';
import { boxText, parseBox } from '../device/production/party-keys.ts';
import { deal } from '../device/production/stored/deal-stored.ts';
import { readProgram } from '../device/recording.ts';
import { fail } from '../errors.ts';
import { parseSecretIdentity } from '../link/identity.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';

interface Flags {
  program: string;
  identity: string;
  out: string;
  runs: string;
  job: string;
  deployment?: string;
  expires: string;
  recipient: string[];
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };
const HOUR_MS = 3_600_000;

/** `30d`, `12h`, `2w` from now, or `never`. */
export const expiryOf = (text: string): Date | undefined => {
  if (text === 'never') return undefined;
  const [, count, unit] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
  if (count === undefined)
    return fail(
      'INVALID_ARGUMENT',
      `--expires ${text}: write how long it may be used, like 30d, 12h or 2w, or never`,
    );
  return new Date(Date.now() + Number(count) * HOURS[unit!]! * HOUR_MS);
};

/** `alice=tessera-box-1:...`, or `alice=file`. */
const recipientsOf = (texts: readonly string[]): Record<string, Uint8Array> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        fail('INVALID_ARGUMENT', `--recipient ${text}: write party=key, or party=file with the key`);
      const [party, key] = [text.slice(0, at), text.slice(at + 1)];
      // A key has a colon; any other text is the name of a file.
      const given = existsSync(key) || !key.includes(':') ? readFileSync(key, 'utf8') : key;
      return [party, parseBox(given, `--recipient ${party}`)];
    }),
  );

export const dealCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('deal')
        .description('make material for a program ahead of its runs; each portion serves one run'),
      'tessera deal --program compare.program --identity dealer.identity --out material --runs 100 \\',
      '  --recipient alice=alice.key bob=bob.key --expires 30d',
    )
      .requiredOption('--program <file>', 'what spu.record() recorded')
      .requiredOption('--identity <file>', "the dealer's secret identity, which signs: see `tessera keygen`")
      .requiredOption('--out <folder>', 'gets a folder for each party, to be sent to it')
      .requiredOption('--recipient <party=key...>', "each party's key, as `tessera material-key` prints it")
      .option('--runs <number>', 'how many times the program may run', '1')
      .option('--job <name>', 'the jobName of the runs', 'tessera')
      .option(
        '--deployment <name>',
        'the deployment that it is for, as its parties name it in storedMaterial.deployment',
      )
      .option('--expires <time>', 'how long it may be used: 30d, 12h, 2w, or never', '90d')
      .action(async (flags: Flags) => {
        const set = await deal({
          program: readProgram(readFileSync(flags.program), flags.program),
          runs: Number(flags.runs),
          out: flags.out,
          job: flags.job,
          deployment: flags.deployment,
          expires: expiryOf(flags.expires),
          dealer: parseSecretIdentity(readFileSync(flags.identity, 'utf8').trim(), flags.identity),
          recipients: recipientsOf(flags.recipient),
        });
        console.log(`set ${set}: ${flags.runs} runs, in ${flags.out}`);
        console.log(
          'move each folder to its party, and use no copy of it; there, once: ' +
            `tessera material --folder <folder> --accept-copied-material ${set}`,
        );
      });
  },
};

export const materialKeyCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('material-key')
        .description(
          'print the key to which a dealer seals stored material for this party; it may be shown to anybody',
        ),
      'tessera material-key --identity alice.identity > alice.key',
    )
      .requiredOption('--identity <file>', "the party's secret identity, as `tessera keygen` wrote it")
      .action(({ identity }: { identity: string }) => {
        console.log(boxText(readFileSync(identity, 'utf8').trim()));
      });
  },
};
