/** @file The version that the package says it has. */
import { readFileSync } from 'node:fs';

/** package.json lies two folders above in the sources and three above in dist. */
export const tesseraVersion = (): string => {
  for (const up of ['../../../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'tessera' && version !== undefined) return version;
    } catch {
      // Not there: try the next place.
    }
  }
  return 'unknown';
};
