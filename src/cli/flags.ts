/** @file Flags of commands are read by the schemas of configurations; they come as text. */
import { Option } from 'commander';
import { read, type Schema } from '../config/schema.ts';
import { FIELDS, type FieldName } from '../ring/field.ts';

/** A number. Throws CONFIG, naming the flag. */
export const numberFlag = (schema: Schema<number>, text: string, flag: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return read(schema, Number.isNaN(value) ? text : value, flag);
};

/** `--field`, by name. */
export const fieldOption = (): Option =>
  new Option('--field <name>', 'the ring').choices(Object.keys(FIELDS)).default('FM128' satisfies FieldName);
