/** @file `tessera dealer`: the third party that makes correlated randomness, on a machine of its own. Sees no data. */
import { startDealer } from '../device/production/dealer-service.ts';
import { onEnd } from '../device/production/signals.ts';
import { TesseraError } from '../errors.ts';
import { log } from '../log.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { readOptions } from './options-file.ts';
import { type ServiceFlags, serviceFlags } from './service-flags.ts';

interface Flags extends ServiceFlags {
  config: string;
  keep?: boolean;
}

const NAME = 'tessera dealer';

const size = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/** Serves one job from its start to its end. */
const serve = async (options: object): Promise<void> => {
  const service = await startDealer(options);
  log('info', 'all parties are there', {}, NAME);
  const { jobs, bytes, ms } = await service.done;
  const programs = `${jobs} program${jobs === 1 ? '' : 's'}`;
  const text = `done: ${programs}, ${size(bytes)}, ${(ms / 1000).toFixed(2)} s of work`;
  log('info', text, { jobs, bytes, ms }, NAME);
};

/** With `--keep`, the parties may come whenever they like. */
const PATIENT = { readyTimeoutMs: 86_400_000 };

/** And then it is no news that nobody is there. */
const levelOf = (options: object): object =>
  'loggingLevel' in options || 'logging_level' in options ? {} : { loggingLevel: 'warning' };

/** At least between two jobs of which one has failed: what fails at once, again and again, takes neither the processor nor the log. */
const AGAIN_MS = 1_000;

/** The next job would fail alike: nothing mends a configuration, and what has the port does not give it back. */
const isLasting = ({ code, cause }: TesseraError): boolean =>
  ['CONFIG', 'INVALID_ARGUMENT'].includes(code) ||
  (cause as NodeJS.ErrnoException | undefined)?.syscall === 'listen';

export const dealerCommand: CliCommand = {
  register(program) {
    const command = program
      .command('dealer')
      .description('run the dealer of a job: makes randomness for the parties, and sees none of their data')
      .requiredOption(
        '--config <file>',
        'JSON: what the parties give sf.init, with the dealer as self_party; paths are relative to the file',
      )
      .option('--keep', 'wait for the next run of the job when one has ended, until stopped by a signal');
    withExamples(
      command,
      'tessera dealer --config dealer/party.json',
      'tessera dealer --config dealer/party.json --keep --metrics 9464 --log json',
    );
    serviceFlags(command).action(async ({ config, keep, metrics }: Flags) => {
      // Also while nobody is there who could be told.
      onEnd(() => {});
      const options = { ...readOptions(config), ...(metrics !== undefined && { metrics }) };
      if (!keep) {
        await serve(options);
        return;
      }
      const { crossSilo = {} } = options as { crossSilo?: object };
      for (;;) {
        try {
          await serve({ ...levelOf(options), ...options, crossSilo: { ...PATIENT, ...crossSilo } });
        } catch (e) {
          // The job is over for its parties too; the next one may go well.
          if (!(e instanceof TesseraError) || isLasting(e)) throw e;
          log('error', e.message, { code: e.code }, NAME);
          if (e.code === 'CLOSED') return;
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    });
  },
};
