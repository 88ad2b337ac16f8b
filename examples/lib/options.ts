/** @file The flags that the demos share. Unknown flags and values are errors that say what is known. */
import { Option } from 'commander';
import { scriptCommand, within } from './command.ts';

export interface DemoOptions {
  readonly parties: number;
  readonly field: 'FM64' | 'FM128';
  readonly dealer: 'first-party' | 'third-party' | 'none';
  readonly rtt: number;
  readonly bandwidth: number | undefined;
  readonly epochs: number;
  readonly revealLoss: boolean;
  readonly json: boolean;
}

const DEMO_EXAMPLES = [
  '--parties 3 --field FM64',
  '--dealer third-party --rtt 40 --bandwidth 100',
  '--dealer none',
];

const PARTIES = ['2', '3', '5'];

/** Reads the command line. Ends the process with a message where it makes no sense. */
export const readFlags = (name: string, description: string, argv: readonly string[]): DemoOptions => {
  const command = scriptCommand(name, description, DEMO_EXAMPLES)
    .addOption(new Option('--parties <n>', 'parties of the SPU').choices(PARTIES).default('2'))
    .addOption(new Option('--field <name>', 'the ring').choices(['FM64', 'FM128']).default('FM128'))
    .addOption(
      new Option('--dealer <who>', 'who makes the correlated randomness; none: two parties between them')
        .choices(['first-party', 'third-party', 'none'])
        .default('first-party'),
    )
    .option('--rtt <ms>', 'round-trip time of the links, in milliseconds', within(0, 10_000), 0)
    .option('--bandwidth <mbit>', 'bandwidth of the links, in megabits a second', within(0.1, 100_000))
    .option('--epochs <n>', 'passes over the training rows', within(1, 1000, true), 10)
    .option('--reveal-loss', 'reveal the loss after every epoch', false)
    .option('--json', 'print the figures as one JSON object, on the last line', false);
  const flags = command
    .parse(argv, { from: 'user' })
    .opts<Omit<DemoOptions, 'parties'> & { parties: string }>();
  return { ...flags, bandwidth: flags.bandwidth, parties: Number(flags.parties) };
};
