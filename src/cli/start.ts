/** @file `tessera start`: a head, or a node that joins one. */
import { readFileSync } from 'node:fs';
import { BUILD } from '../build.ts';
import { nodeHere, ownHost, rootFolder, startHead, startNode } from '../cluster/start-processes.ts';
import { byParty, configError, integer, read } from '../config/schema.ts';
import { fail } from '../errors.ts';
import type { CliCommand } from './command.ts';
import { type EngineFlags, engineFlags, engineOf, tokenOf } from './engine-flags.ts';
import { withExamples } from './examples.ts';
import { numberFlag } from './flags.ts';
import { metricsOf, type ServiceFlags, serviceFlags } from './service-flags.ts';

interface Flags extends EngineFlags, ServiceFlags {
  head?: boolean;
  nodeIpAddress?: string;
  port: string;
  resources: string;
  root: string;
}

const MOST_SLOTS = 1_024;

const slots = byParty(
  integer(1, MOST_SLOTS),
  'tags and their numbers of workers, as in --resources=\'{"alice": 16}\',',
);

/** `{"alice": 16}`, or `@file` with the same. */
const readResources = (given: string): Readonly<Record<string, number>> => {
  const path = '--resources';
  let value: unknown;
  try {
    value = JSON.parse(given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given);
  } catch {
    return configError(path, `${given} is no JSON: write --resources='{"alice": 16}'`);
  }
  return read(slots, value, path);
};

/** As a shell reads it. */
const quotedText = (text: string): string =>
  /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const quoted = (tags: object): string => `'${JSON.stringify(tags)}'`;

/** What to type next, as far as it is known. */
const next = (address: string, token: string | undefined, own: boolean): string => {
  const option = token === undefined ? '' : `, token: '${token}'`;
  const here =
    token === undefined
      ? []
      : ['(The token is a secret. On this machine you need not type it: the same user is known.)'];
  const where = own ? `--nats-url=${address}` : `--address=${address}`;
  return [
    '',
    'To join with another machine, type there:',
    ...(token === undefined ? [] : [`  export TESSERA_TOKEN=${quotedText(token)}`]),
    `  tessera start ${where} --resources=${quoted({ bob: 16 })}`,
    'To use the cluster from a program:',
    `  await sf.init({ address: '${address}'${option} });`,
    'To see it:',
    `  tessera status ${where}`,
    'To stop what was started on this machine:',
    '  tessera stop',
    ...here,
  ].join('\n');
};

export const startCommand: CliCommand = {
  register(program) {
    const command = engineFlags(
      program
        .command('start')
        .description('start a head of a simulation cluster, or a node that joins one')
        .option('--head', 'start (or attach to) the engine, and a node')
        .option('--node-ip-address <ip>', 'where this machine is reached by the others')
        .option('--port <port>', 'of the head', '6379')
        .option(
          '--root <folder>',
          'below which modules of tasks are, and files of checkpoints; nothing else of this machine is loaded',
          process.cwd(),
        )
        .option('--resources <json>', 'tags, and how many workers of each may run at the same time', '{}'),
    )
      // Ray's, for commands that are copied from the guide: there is nothing to switch off.
      .option('--include-dashboard <flag>', 'accepted for the guide: see `tessera dashboard`')
      .option('--disable-usage-stats', 'accepted for the guide: none are collected');
    withExamples(
      command,
      `tessera start --head --node-ip-address=10.0.0.1 --port=6379 --resources='{"alice": 16}'`,
      `TESSERA_TOKEN=... tessera start --address=10.0.0.1:6379 --resources='{"bob": 16}'`,
      'tessera start --address=10.0.0.1:6379 --token-file=head.token --resources=@tags.json --metrics=9466 --log=json',
    );
    serviceFlags(command).action(start);
  },
};

const figures = (port: number | undefined): string =>
  port === undefined ? '' : ` Figures at http://127.0.0.1:${port}/metrics.`;

const start = async (f: Flags): Promise<void> => {
  const tags = readResources(f.resources);
  const metrics = metricsOf(f);
  const version = BUILD.version;
  const root = rootFolder(f.root);
  if (f.head && f.address !== undefined)
    fail('CONFIG', 'give either --head, with --node-ip-address and --port, or --address of a head');
  if (!f.head && f.address === undefined && f.natsUrl === undefined)
    fail(
      'CONFIG',
      'give --head to start a head, or --address=ip:port to join one:\n  tessera start --head --node-ip-address=ip --port=6379 --resources=\'{"alice": 16}\'',
    );
  const host = f.nodeIpAddress ?? (f.head ? '127.0.0.1' : await ownHost(f.natsUrl ?? f.address!));
  if (f.head && f.natsUrl === undefined) {
    const port = numberFlag(integer(1, 65_535), f.port, '--port');
    const head = await startHead({ host, port, cluster: f.cluster, token: tokenOf(f) });
    const engine = engineOf({ ...f, address: head.address }, head.token);
    const node =
      nodeHere(engine, tags) ?? (await startNode({ engine, host, tags, head: true, version, root, metrics }));
    console.log(
      `Tessera head started at ${head.address}${head.fresh ? '' : ' (the engine was there already)'}.`,
    );
    console.log(`Node ${node.id}: ${JSON.stringify(tags)}.${figures(node.metrics)}`);
    console.log(next(head.address, head.token, false));
    return;
  }
  const engine = engineOf(f);
  const node = await startNode({ engine, host, tags, head: f.head === true, version, root, metrics });
  console.log(
    `Tessera node started: ${node.id} at ${host}, ${JSON.stringify(tags)}; joined ${engine.url}.${figures(node.metrics)}`,
  );
  console.log(next(engine.url, engine.token, f.natsUrl !== undefined));
};
