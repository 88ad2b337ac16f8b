/** @file What a command of the `tessera` program is: one file each, listed in main.ts. */
import type { Command } from 'commander';

export interface CliCommand {
  /** Adds itself, its options and its action to the program. */
  register(program: Command): void;
}
