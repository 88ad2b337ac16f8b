/** @file `tessera schema`: the JSON Schema of a file, which an editor completes and checks it by. */
import { CLUSTER_DEF } from '../device/cluster-def.ts';
import { CLUSTER } from '../device/cluster-options.ts';
import { STANDALONE } from '../device/init-options.ts';
import { PRODUCTION } from '../device/production/production-options.ts';
import { RUNTIME_CONFIG } from '../device/runtime-config.ts';
import { fail } from '../errors.ts';
import { suggestion } from '../names.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';

/** What files hold. */
export const SCHEMAS = {
  party: [
    PRODUCTION,
    'A party (or the dealer) in production: what sf.init, `tessera dealer` and `tessera doctor` take',
  ],
  simulation: [STANDALONE, 'A simulation on one machine: what sf.init takes'],
  cluster: [CLUSTER, 'A simulation on several machines: what sf.init takes'],
  spu: [CLUSTER_DEF, 'The definition of an SPU: what sf.SPU takes'],
  runtime_config: [RUNTIME_CONFIG, 'How an SPU runs'],
} as const;

export const schemaCommand: CliCommand = {
  register(program) {
    withExamples(
      program.command('schema').description('print the JSON Schema of a configuration, for editors'),
      'tessera schema > party.schema.json',
      'tessera schema runtime_config',
    )
      .argument('[name]', Object.keys(SCHEMAS).join(', '), 'party')
      .action(async (name: string) => {
        const found = SCHEMAS[name as keyof typeof SCHEMAS] as (typeof SCHEMAS)['party'] | undefined;
        if (found === undefined)
          return fail(
            'CONFIG',
            `there is no schema ${JSON.stringify(name)}: ${suggestion(name, Object.keys(SCHEMAS))}`,
          );
        const { jsonSchema } = await import('./json-schema.ts');
        console.log(JSON.stringify(jsonSchema(...found), null, 2));
      });
  },
};
