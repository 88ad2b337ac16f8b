/** @file Commands of this repository: what they take, examples, and errors that say what is known. */
import { Command, InvalidArgumentError } from 'commander';

/** A number on a command line. */
export const within =
  (lo: number, hi: number, whole = false) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === '' || !(n >= lo && n <= hi) || (whole && !Number.isInteger(n)))
      throw new InvalidArgumentError(`a ${whole ? 'whole ' : ''}number from ${lo} to ${hi} is wanted.`);
    return n;
  };

/** A flag that may be given several times, with one of some values. */
export const severalOf =
  (known: readonly string[]) =>
  (text: string, before: readonly string[] = []): readonly string[] => {
    if (!known.includes(text)) throw new InvalidArgumentError(`one of ${known.join(', ')} is wanted.`);
    return [...before, text];
  };

/** A command that `npm run NAME -- ...` starts, with examples in its help. */
export const scriptCommand = (name: string, description: string, examples: readonly string[]): Command =>
  new Command(name)
    .description(description)
    .usage('[options]')
    .addHelpText(
      'after',
      `\nExamples:\n${examples.map((line) => `  npm run ${name}${line === '' ? '' : ` -- ${line}`}`).join('\n')}`,
    )
    .allowExcessArguments(false)
    .showSuggestionAfterError();
