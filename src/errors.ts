/** @file Typed errors. Every message says what is wrong, where, and how to mend it; none holds a secret or a share. */

/** What `TesseraError.code` may be. */
export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'SHAPE'
  | 'DTYPE'
  | 'RANGE'
  | 'CONFIG'
  | 'BUILD'
  | 'UNSUPPORTED'
  | 'SECRET_IN_CONTROL_FLOW'
  | 'UNUSED_CONDITION'
  | 'OUT_OF_MEMORY'
  | 'PARTY_FAILED'
  | 'PEER_LOST'
  | 'LINK'
  | 'IDENTITY'
  | 'DIVERGED'
  | 'SERIALIZATION'
  | 'CLOSED';

/** The page with cause and mend of every code, which comes with the package and is part of the site. */
const PAGE = 'docs/reference/errors.md';

/**
 * Base of all errors that Tessera throws: `code` is stable, `message` is for people.
 * @example
 * const error = new sf.TesseraError('SHAPE', 'shapes differ');
 * error instanceof Error // true
 * np.add([1, 2], [1, 2, 3]) // throws SHAPE
 */
export class TesseraError extends Error {
  /**
   * What went wrong, stable from version to version.
   * @example
   * new sf.TesseraError('SHAPE', 'shapes differ').code // 'SHAPE'
   */
  readonly code: ErrorCode;
  /**
   * What a program may want to look at: party, op, path, sizes. Never data.
   * @example
   * new sf.TesseraError('SHAPE', 'shapes differ', { op: 'add' }).info // { op: 'add' }
   */
  readonly info: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, message: string, info: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.info = info;
    // What Node, Deno and Bun show of an error says below the message where to read on; Chromium shows message and frames alone.
    const { stack } = this;
    const head = `Error: ${message}`;
    if (stack?.startsWith(head))
      this.stack = `Tessera${head}\n    ${code}: cause and mend in ${this.help} of tessera-mpc${stack.slice(head.length)}`;
    this.name = 'TesseraError';
  }

  /**
   * Where the code has its cause and its mend: a page of the site, which the package brings along.
   * @example
   * new sf.TesseraError('SHAPE', 'shapes differ').help // 'docs/reference/errors.md#shape'
   */
  get help(): string {
    return `${PAGE}#${this.code.toLowerCase()}`;
  }
}

export const fail = (code: ErrorCode, message: string, info?: Record<string, unknown>): never => {
  throw new TesseraError(code, message, info);
};

/** "a, b or c", for messages that list what would be accepted. */
export const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
