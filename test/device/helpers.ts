/** Sessions and checks that the tests of devices share. */
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { isOurs } from '../link/helpers.ts';

export type SpuSettings = Readonly<Record<string, unknown>>;

/** Sessions of the package, or of its modules where a test looks into them. */
export const sessionsOf = (library: Pick<typeof sf, 'session' | 'utils'>) => {
  /** Runs `use` in a session without an SPU. */
  const withSession = async (
    parties: readonly string[],
    use: (s: sf.Session) => Promise<void>,
  ): Promise<void> => {
    const s = await library.session({ parties, loggingLevel: 'warning' });
    try {
      await use(s);
    } finally {
      await s.shutdown();
    }
  };
  /** Runs `use` in a session of its own, with an SPU of all its parties. */
  const withSpu = (
    parties: readonly string[],
    settings: SpuSettings,
    use: (s: sf.Session, spu: sf.SPU) => Promise<void>,
  ): Promise<void> =>
    withSession(parties, (s) => use(s, s.SPU(library.utils.testing.clusterDef(parties, settings))));
  return { withSession, withSpu };
};

export const { withSession, withSpu } = sessionsOf(sf);

/** Checks that `work` fails with this code, and a message in which all the texts stand. Returns the error. */
export const fails = async (
  work: () => unknown,
  code: sf.ErrorCode,
  ...texts: readonly (string | RegExp)[]
): Promise<sf.TesseraError> => {
  let error: unknown;
  try {
    await work();
  } catch (e) {
    error = e;
  }
  assert.ok(isOurs(error), `a TesseraError was expected, not ${String(error)}`);
  assert.is(error.code, code, error.message);
  for (const text of texts)
    assert.ok(
      typeof text === 'string' ? error.message.includes(text) : text.test(error.message),
      `${JSON.stringify(error.message)} should have ${String(text)}`,
    );
  return error;
};

/** Checks that all numbers of an array are near the expected ones. */
export const near = (actual: sf.NDArray, expected: readonly number[], tolerance = 1e-4): void => {
  assert.is(actual.size, expected.length);
  expected.forEach((want, i) => {
    const got = Number(actual.data[i]);
    assert.ok(Math.abs(got - want) <= tolerance, `element ${i}: ${got}, expected ${want}`);
  });
};

/** What is printed while `work` runs. */
export const printed = async (work: () => Promise<unknown>): Promise<string[]> => {
  const lines: string[] = [];
  const before = console.error;
  console.error = (...text: unknown[]) => void lines.push(text.join(' '));
  try {
    await work();
  } finally {
    console.error = before;
  }
  return lines;
};
