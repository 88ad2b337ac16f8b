/** @file `tessera material`: what a party has of stored material, and its word that no other copy of it is used. */
import { join } from 'node:path';
import { Ledger } from '../device/production/stored/ledger.ts';
import {
  headerOf,
  type PortionHeader,
  portionName,
  type Stock,
  stocks,
} from '../device/production/stored/portion.ts';
import { fail, oneOf } from '../errors.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';

interface Flags {
  folder: string;
  acceptCopiedMaterial?: string;
}

/** One line about a set. */
const lineOf = async (folder: string, { set, next, last }: Stock): Promise<string> => {
  const h = (await headerOf(join(folder, portionName(set, last)))) as unknown as PortionHeader;
  const ledger = new Ledger(set, h.party);
  const known = await ledger.knows();
  const first = Math.max(next, await ledger.next());
  return [
    `set ${set}: of ${h.party}`,
    `${Math.max(0, last - first + 1)} runs left`,
    `job ${h.job}`,
    `deployment ${h.deployment ?? '(none by name)'}`,
    `expires ${h.expires ?? 'never'}`,
    known ? 'known on this machine' : 'not known on this machine',
  ].join(', ');
};

const run = async ({ folder, acceptCopiedMaterial: accepted }: Flags): Promise<void> => {
  const all = (await stocks(folder)).filter((s) => s.last > 0);
  if (all.length === 0) fail('CONFIG', `there is no material in ${folder}`, { path: folder });
  if (accepted !== undefined) {
    const stock =
      all.find((s) => s.set === accepted) ??
      fail(
        'CONFIG',
        `--accept-copied-material ${accepted}: ${folder} has set ${oneOf(all.map((s) => s.set))}`,
      );
    const { party } = (await headerOf(
      join(folder, portionName(accepted, stock.last)),
    )) as unknown as PortionHeader;
    await new Ledger(accepted, party).accept();
  }
  for (const stock of all) console.log(await lineOf(folder, stock));
};

export const materialCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('material')
        .description(
          "show what a party's folder of stored material holds, and whether this machine knows it",
        ),
      'tessera material --folder material/alice',
      'tessera material --folder material/alice --accept-copied-material 5f0c2a9e',
    )
      .requiredOption('--folder <folder>', 'that `tessera deal` or `tessera make` made for the party')
      .option(
        '--accept-copied-material <set>',
        'this machine has not used the set, and no other copy of its folder is ever used: from two uses of one portion the ' +
          'other parties learn differences of secrets',
      )
      .action(run);
  },
};
