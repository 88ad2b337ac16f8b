/** @file A command that two parties or more start, each with its own configuration: their session, their SPU, and the words in which they have to agree. */
import { TesseraError } from '../errors.ts';
import * as sf from '../index.ts';
import { progressBar } from './bar.ts';
import { readOptions } from './options-file.ts';

/** What a command has of its session. */
export interface Parties {
  readonly session: sf.Session;
  readonly self: string;
  readonly names: readonly string[];
  /** An SPU of these parties, of all unless said. */
  readonly spu: (field: string, of?: readonly string[]) => sf.SPU;
}

/** What was said by whom, where it differs. */
const different = (names: readonly string[], said: readonly Readonly<Record<string, string>>[]): string[] => {
  const keys = new Set(said.flatMap((terms) => Object.keys(terms)));
  return [...keys]
    .filter((key) => new Set(said.map((terms) => terms[key])).size > 1)
    .map(
      (key) => `${key}: ${names.map((name, i) => `${name} says ${said[i]![key] ?? 'nothing'}`).join(', ')}`,
    );
};

/** Throws CONFIG at all parties unless all have started the same command in the same words. */
const agree = async (session: sf.Session, terms: Readonly<Record<string, unknown>>): Promise<void> => {
  const own = Object.fromEntries(
    Object.entries(terms).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, JSON.stringify(value)]],
    ),
  );
  const said = await session.reveal(session.parties.map((name) => session.PYU(name)(() => own)()));
  const wrong = different(session.parties, said as unknown as Record<string, string>[]);
  if (wrong.length > 0)
    throw new TesseraError('CONFIG', `the parties did not start the same: ${wrong.join('; ')}`);
};

/** Opens the session of a configuration, holds the parties to the same words, and ends it. `named`: by flag, who has to be a party. */
export const together = async <T>(
  config: string,
  terms: Readonly<Record<string, unknown>>,
  use: (parties: Parties) => Promise<T>,
  named: Readonly<Record<string, string | undefined>> = {},
): Promise<T> => {
  const session = await sf.session(readOptions(config) as unknown as sf.InitOptions);
  session.onProgress = progressBar();
  const spu = (field: string, of = session.parties): sf.SPU =>
    session.SPU({
      nodes: of.map((party) => ({ party })),
      runtime_config: {
        protocol: 'SEMI2K',
        field,
        // Two parties without a dealer make the material between them: nobody has to be trusted.
        ...(session.mode.dealer !== 'TrustedThirdParty' && of.length === 2 && { beaver_type: 'MultiParty' }),
      },
    } as sf.ClusterDef);
  try {
    for (const [flag, name] of Object.entries(named))
      if (name !== undefined && !session.parties.includes(name))
        throw new TesseraError(
          'INVALID_ARGUMENT',
          `--${flag}: "${name}" is no party: they are ${session.parties.join(', ')}`,
        );
    await agree(session, terms);
    return await use({ session, self: session.mode.self!, names: session.parties, spu });
  } finally {
    await session.shutdown();
  }
};
