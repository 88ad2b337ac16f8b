/** @file Flags of commands are read by the schemas of configurations; they come as text. */
import { read, type Schema } from '../config/schema.ts';

/** A number. Throws CONFIG, naming the flag. */
export const numberFlag = (schema: Schema<number>, text: string, flag: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return read(schema, Number.isNaN(value) ? text : value, flag);
};
