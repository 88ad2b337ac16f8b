/** @file What an answer is made of: columns with limits, each a whole number of steps in 64 bits. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';

/** Numbers from `min` to `max` in steps (1 unless given), one of several words, or true and false. */
export type AnswerColumn =
  | { readonly min: number; readonly max: number; readonly step?: number }
  | readonly string[]
  | 'boolean';

export type AnswerSchema = Readonly<Record<string, AnswerColumn>>;
export type Answer = Readonly<Record<string, number | string | boolean>>;

/** A column as it is counted. */
export interface Field {
  readonly name: string;
  readonly kind: 'number' | 'word' | 'boolean';
  /** Steps from and to. */
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly words: readonly string[];
}

/** Steps, and numbers, that leave room in every ring that has 64 bits. */
const MOST = 0x100_0000_0000;
const MOST_COLUMNS = 1000;

const isWords = (given: AnswerColumn): given is readonly string[] => Array.isArray(given);

const fieldOf = (name: string, given: AnswerColumn): Field => {
  const wrong = (what: string): never =>
    fail('INVALID_ARGUMENT', `sf.collect: column ${JSON.stringify(name)}: ${what}`, { column: name });
  if (given === 'boolean') return { name, kind: 'boolean', least: 0, most: 1, step: 1, words: [] };
  if (isWords(given)) {
    if (given.length < 2 || given.some((w) => typeof w !== 'string') || new Set(given).size < given.length)
      wrong('its words are a list of two different texts or more');
    return { name, kind: 'word', least: 0, most: given.length - 1, step: 1, words: given };
  }
  if (typeof given !== 'object' || given === null)
    return wrong(`{ min, max, step }, a list of words or 'boolean', not ${describe(given)}`);
  const { min, max, step = 1 } = given;
  const alien = Object.keys(given).find((key) => !['min', 'max', 'step'].includes(key));
  if (alien !== undefined) wrong(`${JSON.stringify(alien)} is none of min, max and step`);
  if (![min, max, step].every((v) => typeof v === 'number' && Number.isFinite(v)) || min >= max || step <= 0)
    wrong('min, max and step are numbers, min below max, step above 0');
  const [least, most] = [Math.round(min / step), Math.round(max / step)];
  if (Math.abs(least * step - min) > step / 1e6 || Math.abs(most * step - max) > step / 1e6)
    wrong(`min and max are multiples of the step ${step}`);
  if (Math.max(-least, most, -min, max) > MOST) wrong('numbers and steps are 2^40 at most');
  return { name, kind: 'number', least, most, step, words: [] };
};

/** The columns of a schema. Throws INVALID_ARGUMENT with the column. */
export const fieldsOf = (schema: AnswerSchema): readonly Field[] => {
  const names = typeof schema === 'object' && schema !== null ? Object.keys(schema) : [];
  if (names.length === 0 || names.length > MOST_COLUMNS || Array.isArray(schema))
    fail(
      'INVALID_ARGUMENT',
      `sf.collect: schema has 1 to ${MOST_COLUMNS} columns: { age: { min: 18, max: 99 } }`,
    );
  return names.map((name) => fieldOf(name, schema[name]!));
};

const stepsOf = (field: Field, value: unknown): number => {
  const { name, kind, least, most, step, words } = field;
  const wrong = (what: string): never =>
    fail('INVALID_ARGUMENT', `sf.submit: column ${JSON.stringify(name)}: ${what}`, { column: name });
  if (value === undefined) return wrong('the answer has none');
  if (kind === 'boolean')
    return typeof value === 'boolean'
      ? Number(value)
      : wrong(`true or false is wanted, not ${describe(value)}`);
  if (kind === 'word') {
    const place = words.indexOf(value as string);
    return place >= 0 ? place : wrong(`${describe(value)} is none of ${words.join(', ')}`);
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong(`${describe(value)} is no number`);
  const steps = Math.round(value / step);
  if (steps < least || steps > most) return wrong(`${value} is not from ${least * step} to ${most * step}`);
  if (Math.abs(steps * step - value) > step / 1e6) return wrong(`${value} is no multiple of ${step}`);
  return steps;
};

/** An answer as steps. Throws INVALID_ARGUMENT with the column that is missing, unknown or out of its limits. */
export const encoded = (fields: readonly Field[], answer: Answer): readonly number[] => {
  if (typeof answer !== 'object' || answer === null)
    return fail('INVALID_ARGUMENT', `sf.submit: an answer is an object by column, not ${describe(answer)}`);
  const alien = Object.keys(answer).find((key) => !fields.some(({ name }) => name === key));
  if (alien !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `sf.submit: there is no column ${JSON.stringify(alien)}: there are ${fields.map(({ name }) => name).join(', ')}`,
      { column: alien },
    );
  return fields.map((field) =>
    stepsOf(field, Object.hasOwn(answer, field.name) ? answer[field.name] : undefined),
  );
};
