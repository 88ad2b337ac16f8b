/** @file `tessera make`: material for a recorded program, made ahead by two parties without a dealer. Each starts it with its own configuration. */
import { readFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { configError, integer } from '../config/schema.ts';
import { openLinks } from '../device/production/open-links.ts';
import { withOwnIdentity } from '../device/production/own-identity.ts';
import { readProduction } from '../device/production/production-options.ts';
import { type MakeProgress, makeStored } from '../device/production/stored/make-stored.ts';
import { readProgram } from '../device/recording.ts';
import type { CliCommand } from './command.ts';
import { expiryOf } from './deal.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';
import { readOptions } from './options-file.ts';

interface Flags {
  config: string;
  program: string;
  out: string;
  runs: string;
  deployment?: string;
  expires: string;
  memoryLimitMb?: string;
}

const MIB = 1 << 20;

/** A bar on the terminal, where somebody looks. */
const progress = (out = process.stderr): { hear(p: MakeProgress): void; end(): void } => {
  if (!out.isTTY) return { hear: () => {}, end: () => {} };
  const bar = new SingleBar({
    stream: out,
    format: '{bar} run {run} of {runs}, {sent} MB sent',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
  });
  bar.start(1, 0, { run: 1, runs: 1, sent: '0.0' });
  return {
    hear: ({ run, runs, gates, gatesInAll, bytes }) =>
      bar.update((run - 1 + Math.min(1, gates / Math.max(1, gatesInAll))) / runs, {
        run,
        runs,
        sent: (bytes / 1e6).toFixed(1),
      }),
    end: () => bar.stop(),
  };
};

const make = async (flags: Flags): Promise<void> => {
  const given = withOwnIdentity(readProduction(readOptions(flags.config)));
  const { identity, job } = given;
  if (identity === undefined)
    return configError('identity', 'what is made is sealed to the identity of its party: give it');
  const options = {
    program: readProgram(readFileSync(flags.program), flags.program),
    runs: Number(flags.runs),
    out: flags.out,
    job,
    deployment: flags.deployment,
    expires: expiryOf(flags.expires),
    identity,
    memoryLimit:
      flags.memoryLimitMb === undefined
        ? undefined
        : numberFlag(integer(16, 4095), flags.memoryLimitMb, '--memory-limit-mb') * MIB,
  };
  // A program that uses the same configuration never meets with this by mistake.
  const links = await openLinks({ ...given, job: `${job}, made ahead`, storedMaterial: undefined });
  const bar = progress();
  try {
    let sent = 0;
    const set = await makeStored(
      {
        ...options,
        onProgress: (p) => {
          sent = p.bytes;
          bar.hear(p);
        },
      },
      links,
    );
    bar.end();
    console.log(`set ${set}: ${flags.runs} runs, in ${flags.out}; ${(sent / 1e6).toFixed(1)} MB sent`);
    console.log('use no copy of the folder: each portion serves one run');
  } finally {
    bar.end();
    await links.close();
  }
};

export const makeCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('make')
        .description(
          'make material for a program ahead of its runs with the other of two parties, without a dealer; both start it',
        ),
      'tessera make --config alice/party.json --program compare.program --out alice/material --runs 20',
    )
      .requiredOption('--config <file>', "this party's configuration, as for sf.init")
      .requiredOption('--program <file>', 'what spu.record() recorded')
      .requiredOption('--out <folder>', "gets this party's portions")
      .option('--runs <number>', 'how many times the program may run', '1')
      .option(
        '--deployment <name>',
        'the deployment that it is for, as its parties name it in storedMaterial.deployment',
      )
      .option('--expires <time>', 'how long it may be used: 30d, 12h, 2w, or never', '90d')
      .option('--memory-limit-mb <number>', 'what it may use for arrays, 16 to 4095')
      .action(make);
  },
};
