/** @file `sf.collect` and `sf.submit`, which are loaded when they are first called. */
import type { Collection, CollectOptions } from './collect/collect.ts';
import type { Answer } from './collect/schema.ts';
import type { SPU } from './device/devices.ts';

export type { Collected, Collection, CollectOptions } from './collect/collect.ts';
export type { Answer, AnswerColumn, AnswerSchema } from './collect/schema.ts';

/**
 * Collects answers of many who take no part in the computation: each is split between the parties of an SPU by who gives it (sf.submit), and is a row of secret
 * columns in the end. All parties call it, with the same options; it resolves when the post box is open. `answers()` waits until it is closed, by a number
 * of answers, a time, or `close()`. Everybody learns how many there are, and how many were left out because they are beyond the schema's limits or were
 * sealed to other keys; the party with the post box sees when and from where each came, and nothing of what it says. Rows stand in an order that nobody
 * knows. With `invitations` each link serves once; with one link for all, anybody can answer as often as they like. Keys live as long as the session.
 * Throws INVALID_ARGUMENT for options and columns, LINK where the post box cannot listen; `answers()` RANGE with fewer answers than `least`, and
 * DIVERGED where the post box gave the parties different ones. UNSUPPORTED for a post box in a page.
 * @example
 * const survey = await sf.collect(spu, { schema: { age: { min: 18, max: 99 }, team: ['red', 'blue'] }, at: 'alice', answers: 3 });
 * await sf.submit(survey.link, { age: 20, team: 'red' });
 * await sf.submit(survey.link, { age: 30, team: 'blue' });
 * await sf.submit(survey.link, { age: 41, team: 'red' });
 * const { columns, size } = await survey.answers();
 * size // 3
 * await sf.reveal(spu((age) => np.mean(age))(columns.age)) // 30.3333
 * await sf.reveal(spu((team) => np.bincount(team, { length: 2 }))(columns.team)) // [2, 1]
 */
export const collect = async (spu: SPU, options: CollectOptions): Promise<Collection> =>
  (await import('./collect/collect.ts')).collect(spu, options);

/**
 * Sends one answer to a collection, from a page or a program that takes no other part: nothing but the link is needed, and who has sent it may leave. It is split into
 * shares, each sealed to its party before it leaves; the parties together could put it together, and no one of them alone. A link is followed as it
 * is: get it from whom you trust. Throws CONFIG for a broken link, INVALID_ARGUMENT with the column for what does not keep to the schema, and for a
 * collection that is closed or a link that was used; LINK if the post box cannot be reached.
 * @example
 * await sf.submit('https://survey.example/#collect=x', { age: 20 }) // throws CONFIG
 */
export const submit = async (link: string, answer: Answer): Promise<void> =>
  (await import('./collect/submit.ts')).submit(link, answer);
