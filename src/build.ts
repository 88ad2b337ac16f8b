/**
 * @file Which build of Tessera this is. Parties, dealers and pages compute with each other only if they are the same: another
 * build may lower programs otherwise, and its numbers would be noise here.
 */
import { HASH, VERSION } from './build-stamp.ts';
import { TesseraError } from './errors.ts';

export interface Build {
  /** The package's version. */
  readonly version: string;
  /** Of kernels and sources: tools/identity.mjs. */
  readonly hash: string;
}

export const BUILD: Build = { version: VERSION, hash: HASH };

/** Whether it has the form of a build; what comes from others may be anything. */
export const isBuild = (x: unknown): x is Build => {
  const { version, hash } = (x ?? {}) as Partial<Record<keyof Build, unknown>>;
  return [version, hash].every((text) => typeof text === 'string' && /^[\w.+-]{1,64}$/.test(text));
};

export const sameBuild = (a: Build, b: Build): boolean => a.version === b.version && a.hash === b.hash;

const textOf = (build: unknown): string =>
  isBuild(build)
    ? `Tessera ${build.version} (build ${build.hash.slice(0, 12)})`
    : 'an older Tessera, which does not say its build';

/** `"alice" runs Tessera 0.1.0 (build 0123456789ab), ...`; each of `who` with what it does. */
export const buildsDiffer = (who: readonly (readonly [string, unknown])[]): string =>
  `${who.map(([does, build]) => `${does} ${textOf(build)}`).join(', ')}: install the same build for all of them`;

/** Throws BUILD unless `other` is this build. `here` and `there`: who runs which, as in `"alice" runs`. */
export const checkBuild = (other: unknown, here: string, there: string): void => {
  if (isBuild(other) && sameBuild(other, BUILD)) return;
  const message = buildsDiffer([
    [here, BUILD],
    [there, other],
  ]);
  throw new TesseraError('BUILD', message, { ours: BUILD, theirs: other });
};
