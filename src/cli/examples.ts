/** @file The examples that each command shows under its `--help`. */
import type { Command } from 'commander';

/** Puts command lines, each of which can be typed as it stands, under the help of a command. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n'));
