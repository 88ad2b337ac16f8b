/** @file Heads of messages, checked before anybody acts by them: undefined for what is none. */

import { constants } from 'node:buffer';
import type { AnswerHead, CallHead, Sent, StateOrder } from './heads.ts';

import type { SpuOrder } from './spu-messages.ts';

/** An order to one node. */
export type OrderHead = StateOrder | SpuOrder;

type Fields = Readonly<Record<string, unknown>>;
type Check = (x: unknown) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (x) =>
    typeof x === 'string' && pattern.test(x);
const text =
  (most: number): Check =>
  (x) =>
    typeof x === 'string' && x.length <= most;
const whole =
  (most: number): Check =>
  (x) =>
    typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most;
const maybe =
  (check: Check): Check =>
  (x) =>
    x === undefined || check(x);
const nullOr =
  (check: Check): Check =>
  (x) =>
    x === null || check(x);
const record = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);
const all =
  (checks: Readonly<Record<string, Check>>): Check =>
  (x) =>
    record(x) && Object.entries(checks).every(([key, check]) => check(x[key]));

/** Parts of subjects: of nodes and drivers. */
const token = matches(/^[A-Za-z0-9_-]{1,64}$/);
const id = matches(/^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){1,6}$/);
const name = text(256);
const NAMES = 4_096;
const MOST_RESULTS = 65_536;

const located = all({ id, size: whole(constants.MAX_LENGTH), holder: token });
const inline: Check = (x) => record(x) && x.inline === true;
const sent: Check = (x) => inline(x) || located(x);
const sents: Check = (x) => Array.isArray(x) && x.every(sent);

/** Parts for all that says that it is among them. */
const complete = (places: readonly Sent[], parts: number): boolean =>
  places.filter((p) => 'inline' in p).length === parts;

const call = all({
  id,
  driver: token,
  party: name,
  build: record,
  what: text(NAMES),
  code: maybe(all({ url: text(NAMES), path: text(NAMES), hash: text(128), name: text(NAMES) })),
  method: maybe(text(NAMES)),
  state: maybe(id),
  numReturns: nullOr(whole(MOST_RESULTS)),
  args: sent,
  refs: sents,
});

/** A task: of a module, or it is none. */
export const readTask = (head: unknown, parts: number): CallHead | undefined => {
  if (!call(head)) return undefined;
  const task = head as CallHead;
  return task.code !== undefined && complete([task.args, ...task.refs], parts) ? task : undefined;
};

const order = all({ id, driver: token, kind: name });
const party = { spu: id, name };

/** What each order needs, beside who gives it. */
const ORDERS: Readonly<Record<OrderHead['kind'], Check>> = {
  construct: (x) => call(x) && record(x) && x.code !== undefined && x.state !== undefined,
  method: (x) => call(x) && record(x) && x.method !== undefined && x.state !== undefined,
  end: all({ state: id }),
  'spu-prepare': all({ ...party, tag: nullOr(name), text: text(NAMES), build: record }),
  'spu-start': all({ ...party, links: all({ duty: record, parties: record, identities: record }) }),
  'spu-watch': all(party),
  'spu-end': all(party),
};

export const readOrder = (head: unknown, parts: number): OrderHead | undefined => {
  if (!order(head)) return undefined;
  const { kind } = head as { kind: string };
  if (!Object.hasOwn(ORDERS, kind) || !ORDERS[kind as OrderHead['kind']](head)) return undefined;
  const given = head as OrderHead;
  const whole = !('args' in given) || complete([given.args, ...given.refs], parts);
  return whole ? given : undefined;
};

const answer = all({
  id,
  node: token,
  attempt: whole(1e6),
  ack: maybe(matches(/^\$JS\.ACK\.[^\s*>]{1,512}$/)),
  results: maybe(sents),
  error: maybe(all({ code: name, message: text(1e7), info: record })),
});

export const readAnswer = (head: unknown, parts: number): AnswerHead | undefined => {
  if (!answer(head)) return undefined;
  const given = head as AnswerHead;
  return complete(given.results ?? [], parts) ? given : undefined;
};

/** What somebody wants of an object. */
export interface Wanted {
  readonly id: string;
  readonly at: number;
  readonly length: number;
}

/** `most`: bytes of one reply. */
export const readWanted = (head: unknown, most: number): Wanted | undefined =>
  all({ id, at: whole(constants.MAX_LENGTH), length: whole(most) })(head) ? (head as Wanted) : undefined;

/** Names of objects that nobody means any more. */
export const readFreed = (head: unknown): readonly string[] =>
  record(head) && Array.isArray(head.ids) && head.ids.every(id) ? (head.ids as string[]) : [];

const count = whole(Number.MAX_SAFE_INTEGER);
const tags: Check = (x) =>
  record(x) && Object.values(x).every(all({ slots: count, held: whole(1e6), busy: whole(1e6) }));
const errors: Check = (x) =>
  Array.isArray(x) && x.length <= 100 && x.every(all({ at: count, text: text(NAMES) }));

/** What a node says of itself, and what a driver does; `key`: under which name. */
export const SELVES: Readonly<Record<'nodes' | 'drivers', (x: unknown, key: string) => boolean>> = {
  nodes: (x, key) =>
    all({
      id: (own) => own === key,
      host: name,
      direct: maybe(all({ port: whole(65_535), key: text(64) })),
      pid: count,
      started: count,
      version: name,
      tags,
      tasks: (t) => Array.isArray(t) && t.every(all({ what: text(NAMES), party: name, since: count })),
      done: count,
      failed: count,
      errors,
      objects: count,
      objectBytes: count,
      states: count,
      spus: (s) => Array.isArray(s) && s.every(text(NAMES)),
    })(x),
  drivers: (x, key) =>
    all({
      id: (own) => own === key,
      pid: count,
      program: name,
      started: count,
      tasks: all({ given: count, done: count, failed: count, again: count }),
      spus: (s) =>
        Array.isArray(s) && s.every(all({ parties: record, rounds: count, bytes: count, jobs: count })),
      errors,
    })(x),
};
