/** One schema of configurations: what editors complete, what JSON Schema says, and what is read are the same. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectFile } from '../../examples/lib/project.ts';
import { jsonSchema } from '../../src/cli/json-schema.ts';
import { SCHEMAS } from '../../src/cli/schema-command.ts';
import { check, object, optional, read, spellingsOf, text } from '../../src/config/schema.ts';
import type * as sf from '../../src/index.ts';

const test = suite('project: configuration');

/** The compiler fails where one of these types changes: they are what editors complete by. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

type Runtime = sf.RuntimeConfigOptions;
type Has<T, K extends keyof T> = K;

test('runtime_config and the options of sf.init complete in editors, in both spellings', () => {
  const keys: Has<
    Runtime,
    'protocol' | 'field' | 'fxp_fraction_bits' | 'fxpFractionBits' | 'beaver_type' | 'cheetah2pcConfig'
  > = 'field';
  assert.is(keys, 'field');
  holds<Equal<Runtime['range_guard'], boolean | undefined>>();
  holds<Equal<Runtime['rangeGuard'], boolean | undefined>>();
  const production: sf.ProductionOptions = {
    cluster_config: { parties: { alice: { listen_addr: 'h:1' }, bob: {} }, selfParty: 'alice' },
    jobName: 'training',
    tls_config: { cert: { ca_cert: 'ca.pem' }, client_certs: { bob: { caCert: 'ca.pem' } } },
    allow_insecure: true,
  };
  assert.ok(production);
  // @ts-expect-error: a misspelt key
  const misspelt: sf.ProductionOptions = { dealr: 1 };
  // @ts-expect-error: a misspelt key of runtime_config
  const wrong: Runtime = { protocol: 'SEMI2K', field: 'FM64', range_gaurd: true };
  // @ts-expect-error: what has to be there
  const incomplete: Runtime = { protocol: 'SEMI2K' };
  // @ts-expect-error: a wrong type
  const typed: Runtime = { protocol: 'SEMI2K', field: 'FM64', strict: 'yes' };
  assert.ok(misspelt && wrong && incomplete && typed);
});

test('all problems are told at once, each with its path in the spelling of who wrote it', () => {
  const schema = object({ jobName: optional(text), deep: object({ listenAddr: text }) });
  const { problems, value } = check(schema, { job_name: 7, deep: { listen_add: 1 }, jobNme: '' });
  assert.is(value, undefined);
  assert.equal(problems.map((p) => p.message).sort(), [
    'deep: "listen_addr" (or "listenAddr") is missing',
    'deep: unknown key "listen_add": did you mean "listen_addr"? Use listen_addr',
    'job_name: text is wanted, not 7',
    'unknown key "jobNme": did you mean "job_name"? Use job_name or deep',
  ]);
  assert.equal(read(schema, { job_name: 'a', deep: { listenAddr: 'b' } }), {
    jobName: 'a',
    deep: { listenAddr: 'b' },
  });
});

type Json = { readonly [key: string]: Json } & {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly additionalProperties?: Json | boolean;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly type?: string | readonly string[];
};

/** As much of JSON Schema as ours use: keys, alternatives, enumerations and types. */
const accepts = (schema: Json, value: unknown): boolean => {
  if (schema.anyOf && !schema.anyOf.some((one) => accepts(one, value))) return false;
  if (schema.enum) return schema.enum.includes(value);
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.includes(type) && !(types.includes('integer') && Number.isInteger(value)))
    return false;
  if (Array.isArray(value))
    return schema.items === undefined || value.every((x) => accepts(schema.items!, x));
  if (typeof value !== 'object' || value === null) return true;
  if (schema.required?.some((key) => !(key in value))) return false;
  return Object.entries(value).every(([key, x]) => {
    const own = schema.properties?.[key];
    if (own) return accepts(own, x);
    const more = schema.additionalProperties;
    return typeof more === 'object' ? accepts(more, x) : more !== false;
  });
};

test('JSON Schema accepts the configurations of the examples, and no misspelt key', () => {
  const schema = jsonSchema(...SCHEMAS.party) as unknown as Json;
  for (const party of ['alice', 'bob', 'dealer']) {
    const file = projectFile('examples', 'production', `${party}.json`);
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
    assert.ok(accepts(schema, config), party);
    assert.not.ok(accepts(schema, { ...config, allow_insecur: true }), party);
    assert.not.ok(accepts(schema, { ...config, cluster_config: { ...config.cluster_config, dealr: {} } }));
  }
});

test('JSON Schema knows the same keys as what is read, in all spellings', () => {
  for (const [name, [schema, title]] of Object.entries(SCHEMAS)) {
    const { properties, title: shown } = jsonSchema(schema, title);
    assert.is(shown, title);
    const { entries } = schema as unknown as {
      entries: Record<string, { wrapped?: { type: string }; type: string }>;
    };
    const all = Object.entries(entries).flatMap(([key, entry]) =>
      (entry.wrapped ?? entry).type === 'custom' ? [] : spellingsOf(key, entry),
    );
    assert.equal(Object.keys(properties!).sort(), ['$schema', ...all].sort(), name);
  }
});

test.run();
