/** @file `sf.submit`: one answer, split into shares that add up to it modulo 2^64, each sealed to its party. Who has sent it may leave. */
import { fail, TesseraError } from '../errors.ts';
import { ID, sealTo } from './envelope.ts';
import { type Invitation, readInvitation } from './invitation.ts';
import { type Answer, encoded, fieldsOf } from './schema.ts';

const TRIES = 3;
const PATIENCE_MS = 20_000;

/** Random numbers, one for each column and party but the last, whose numbers make the sum. */
const sharesOf = (steps: readonly number[], parties: number): BigInt64Array<ArrayBuffer>[] => {
  const random = Array.from({ length: parties - 1 }, () =>
    crypto.getRandomValues(new BigInt64Array(steps.length)),
  );
  const rest = BigInt64Array.from(steps, (v, i) =>
    random.reduce((left, share) => BigInt.asIntN(64, left - share[i]!), BigInt(v)),
  );
  return [...random, rest];
};

const bodyOf = async (
  { collection, keys, token }: Invitation,
  steps: readonly number[],
): Promise<Uint8Array<ArrayBuffer>> => {
  const id = token ?? crypto.getRandomValues(new Uint8Array(ID));
  const shares = sharesOf(steps, keys.length);
  const sealed = await Promise.all(
    keys.map(([party, key], i) => sealTo(key, shares[i]!, { collection, party, id })),
  );
  const out = new Uint8Array(ID + sealed.reduce((n, s) => n + s.length, 0));
  out.set(id);
  let at = ID;
  for (const envelope of sealed) {
    out.set(envelope, at);
    at += envelope.length;
  }
  return out;
};

const REFUSALS: Readonly<Record<number, string>> = {
  403: 'this link is for no answer of this collection',
  409: 'an answer was sent with this link before: it counts, this one does not',
  410: 'the collection is closed',
};

/** See src/collect.ts. */
export const submit = async (link: string, answer: Answer): Promise<void> => {
  const invitation = readInvitation(link);
  const steps = encoded(fieldsOf(invitation.schema), answer);
  if (invitation.closes !== undefined && Date.now() > invitation.closes)
    fail(
      'INVALID_ARGUMENT',
      `sf.submit: the collection closed at ${new Date(invitation.closes).toISOString()}`,
    );
  const body = await bodyOf(invitation, steps);
  let cause: unknown;
  for (let turn = 0; turn < TRIES; turn++) {
    const response = await fetch(invitation.to, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/octet-stream' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((e: unknown) => {
      cause = e;
    });
    // The same answer again: an earlier turn has arrived after all.
    if (response?.status === 204 || (response?.status === 409 && turn > 0)) return;
    const refusal = response && REFUSALS[response.status];
    if (refusal !== undefined)
      fail('INVALID_ARGUMENT', `sf.submit: ${refusal}`, { status: response!.status });
    if (response) cause = new Error(`it answered ${response.status}`);
  }
  throw new TesseraError(
    'LINK',
    `sf.submit: ${new URL(invitation.to).host} does not take the answer: is it closed, or out of reach?`,
    {},
    cause,
  );
};
