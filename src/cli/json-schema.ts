/** @file Configurations as JSON Schema, for editors: made of the schemas that read them. */
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { alternativesOf, jsonTypeOf, type Schema, spellingsOf } from '../config/schema.ts';

/** The parts of a schema of valibot's that matter here: config/schema.ts makes nothing else. */
interface Described {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Described>>;
  readonly wrapped?: Described;
}

/** A value that JSON has no form for: a function, a signal. A file cannot hold it. */
const ofPrograms = (schema: Described): boolean => (schema.wrapped ?? schema).type === 'custom';

/** An object whose keys may be written in all their spellings. */
const respelled = (
  entries: Readonly<Record<string, Described>>,
  convert: (s: object) => JsonSchema,
): JsonSchema => {
  const known = Object.entries(entries).filter(([, schema]) => !ofPrograms(schema));
  const properties = Object.fromEntries(
    known.flatMap(([name, schema]) => {
      const form = convert(schema);
      return spellingsOf(name, schema).map((spelling) => [spelling, form]);
    }),
  );
  const needed = known
    .filter(([, { type }]) => type !== 'optional')
    .map(([name, schema]) => spellingsOf(name, schema));
  const required = needed.flatMap((all) => (all.length === 1 ? all : []));
  const allOf = needed
    .filter((all) => all.length > 1)
    .map((all) => ({ anyOf: all.map((spelling) => ({ required: [spelling] })) }));
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    ...(allOf.length > 0 && { allOf }),
  };
};

const SETTINGS: ConversionConfig = {
  typeMode: 'input',
  errorMode: 'ignore',
  ignoreActions: ['raw_transform'],
  overrideSchema: ({ valibotSchema, jsonSchema }) => {
    const { entries } = valibotSchema as unknown as Described;
    const alternatives = alternativesOf(valibotSchema);
    if (alternatives) return { anyOf: alternatives.map(convert) };
    if (entries) return respelled(entries, convert);
    return (jsonTypeOf(valibotSchema) as JsonSchema | undefined) ?? jsonSchema;
  },
};

const convert = (schema: object): JsonSchema => {
  const { $schema: _, ...rest } = toJsonSchema(schema as never, SETTINGS);
  return rest;
};

/** What files may hold, as JSON Schema (draft 2020-12). */
export const jsonSchema = (schema: Schema<unknown>, title: string): JsonSchema => {
  const form = convert(schema);
  const named = form.properties && { properties: { $schema: { type: 'string' }, ...form.properties } };
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...form, ...named } as JsonSchema;
};
