/** @file What the commands that run as services have in common: figures, logs, and settings from the environment. */

import { type Command, Option } from 'commander';
import { isReadable } from '../environment-variable.ts';
import type { Address } from '../link/address.ts';
import { metricsPlace } from '../link/metrics-place.ts';

export interface ServiceFlags {
  readonly metrics?: string;
  readonly log?: 'text' | 'json';
}

/** `--max-connections` is TESSERA_MAX_CONNECTIONS. */
const variableOf = (option: Option): string =>
  `TESSERA_${option.long!.slice(2).toUpperCase().replaceAll('-', '_')}`;

/** To be called when the command has its own flags: each that takes a value may stand in the environment. */
export const serviceFlags = (command: Command): Command => {
  command
    .option(
      '--metrics <port>',
      'a port of this machine alone with /metrics (for Prometheus), /health and /ready',
    )
    .addOption(new Option('--log <form>', 'lines of the log, on standard error').choices(['text', 'json']))
    .hook('preAction', (ran) => {
      const { log } = ran.opts<ServiceFlags>();
      // Processes that it starts write theirs in the same form.
      if (log !== undefined) process.env.TESSERA_LOG = log;
    });
  for (const option of command.options) {
    if (!option.required || option.envVar !== undefined || option.hidden) continue;
    if (!isReadable(variableOf(option))) continue;
    option.env(variableOf(option));
    command.on(`optionEnv:${option.name()}`, (text: string) => {
      const value = option.parseArg ? option.parseArg(text, undefined) : option.variadic ? [text] : text;
      command.setOptionValueWithSource(option.attributeName(), value, 'env');
    });
  }
  return command;
};

/** Where figures are wanted, if they are. Throws CONFIG for a place that others could reach. */
export const metricsOf = ({ metrics }: ServiceFlags): Address | undefined =>
  metrics === undefined ? undefined : metricsPlace(metrics, '--metrics');
