/** @file An invitation to answer, as a link: what stands behind the # says where answers go, what they are made of, and the keys of who may read shares of them. */
import { fail } from '../errors.ts';
import { ID, KEY } from './envelope.ts';
import { type AnswerSchema, fieldsOf } from './schema.ts';

export interface Invitation {
  readonly collection: Uint8Array;
  /** Where answers are sent. */
  readonly to: string;
  /** When the collection closes, in milliseconds since 1970. */
  readonly closes: number | undefined;
  readonly keys: readonly (readonly [party: string, key: Uint8Array])[];
  readonly schema: AnswerSchema;
  /** The number of the one answer that this link is for. */
  readonly token: Uint8Array | undefined;
}

const VERSION = 1;
const PREFIX = '#collect=';
const MOST_CHARACTERS = 1 << 17;

export const textOf = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const bytesOf = (text: unknown): Uint8Array =>
  Uint8Array.from(atob(String(text).replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

export const linkOf = (page: string, { collection, to, closes, keys, schema, token }: Invitation): string => {
  const said = {
    v: VERSION,
    id: textOf(collection),
    to,
    closes,
    keys: keys.map(([party, key]) => [party, textOf(key)]),
    schema,
    token: token && textOf(token),
  };
  return `${page}${PREFIX}${textOf(new TextEncoder().encode(JSON.stringify(said)))}`;
};

const sized = (text: unknown, bytes: number): Uint8Array => {
  const out = bytesOf(text);
  if (out.length !== bytes) throw new TypeError('a key of another length');
  return out;
};

/** Throws CONFIG for what is no whole link, or one of another version. */
export const readInvitation = (link: string): Invitation => {
  const wrong = (why: string, cause?: unknown): never =>
    fail('CONFIG', `this link invites to no collection: ${why}`, {
      path: 'link',
      ...(cause !== undefined && { cause: String(cause) }),
    });
  const at = typeof link === 'string' ? link.indexOf(PREFIX) : -1;
  if (at < 0 || link.length > MOST_CHARACTERS) return wrong('copy all of it, with what stands behind the #');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(link.slice(at + PREFIX.length)));
    const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (said.v !== VERSION) return wrong(`it is of version ${String(said.v)}, and ${VERSION} is known here`);
    const url = new URL(String(said.to));
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return wrong('answers go by http or https');
    const keys = (said.keys as readonly (readonly unknown[])[]).map(
      ([party, key]) => [String(party), sized(key, KEY)] as const,
    );
    if (new Set(keys.map(([party]) => party)).size < 2 || keys.length > 64)
      return wrong('it names no two parties');
    fieldsOf(said.schema as AnswerSchema);
    return {
      collection: sized(said.id, ID),
      to: url.href,
      closes: typeof said.closes === 'number' ? said.closes : undefined,
      keys,
      schema: said.schema as AnswerSchema,
      token: said.token === undefined ? undefined : sized(said.token, ID),
    };
  } catch (e) {
    if (e instanceof TypeError || e instanceof SyntaxError || e instanceof DOMException)
      return wrong('copy all of it, with what stands behind the #', e);
    throw e;
  }
};
