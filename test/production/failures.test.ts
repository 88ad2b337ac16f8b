/** @file Errors reach every party; programs and configurations that differ are found and named. */
import * as assert from 'uvu/assert';
import { cluster, end, launch, type Options, QUICK, suite, values } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/failures');
const TWO = ['alice', 'bob'] as const;

const trusting = (_: string, o: Options): Options => ({ ...o, allowTrustedFirstParty: true });

interface Failing {
  readonly first: Sent;
  readonly direct: Sent;
  readonly second: Sent;
  readonly after: number;
}

for (const exposeErrors of [true, false]) {
  test(`P3, P14: an error of one party's function reaches all, with party, op and site; causes ${exposeErrors ? 'shown' : 'kept'}`, async () => {
    const options = await cluster(['alice', 'bob', 'carol'], (self, o) => ({
      ...trusting(self, o),
      crossSilo: { ...QUICK, exposeErrors },
    }));
    const out = await values<Failing>(launch(options, 'failing'));
    for (const [party, { first, direct, second, after }] of Object.entries(out)) {
      for (const e of [first, direct]) {
        assert.is(e.code, 'PARTY_FAILED', party);
        assert.match(e.message, /alice op #\d+/);
        assert.match(e.message, /programs-failing\.js:\d+:\d+/);
        const knows = party === 'alice' || exposeErrors;
        assert.is(e.message.includes('47 years'), knows, `${party}: ${e.message}`);
      }
      assert.match(direct.message, /readFile/);
      assert.is(direct.details.party, 'alice');
      assert.type(direct.details.op, 'number');
      assert.match(second.message, /bob/);
      assert.is(after, 7, 'the session goes on');
    }
  });
}

for (const exposeErrors of [true, false])
  test(`the cause of a failure that comes back from another party is known at home; causes ${exposeErrors ? 'shown' : 'kept'}`, async () => {
    const options = await cluster(['alice', 'bob', 'carol'], (self, o) => ({
      ...trusting(self, o),
      crossSilo: { ...QUICK, exposeErrors },
    }));
    const out = await values<{ message: string; root: string }[]>(launch(options, 'failingFar'));
    for (const [party, failures] of Object.entries(out))
      for (const { message, root } of failures) {
        assert.match(message, /alice op #1 /, `${party}: ${message}`);
        const knows = party === 'alice' || exposeErrors;
        assert.is(message.includes('47 years'), knows, `${party}: ${message}`);
        if (party === 'alice') assert.is(root, 'the patient is 47 years old', message);
        assert.not.match(message, /see its log/);
      }
  });

for (const [parties, dealt] of [
  [['alice', 'bob'], false],
  [['alice', 'bob'], true],
  [['alice', 'bob', 'carol'], true],
] as const)
  test(`a call that does not fit into the memory of ${parties.join(', ')}${dealt ? ' and a dealer' : ''} is an error, and the SPU goes on`, async () => {
    const everybody: readonly string[] = dealt ? [...parties, 'dealer'] : parties;
    const options = await cluster(everybody, dealt ? (_, o) => o : trusting);
    const started = launch(options, 'givesUp', { parties });
    const { dealer: _, ...programs } = started;
    const out = await values<{ errors: Sent[]; sums: number[] }>(programs);
    end(started);
    for (const [party, { errors, sums }] of Object.entries(out)) {
      assert.equal(sums, [13, 13, 13], party);
      for (const [i, { code, message }] of errors.entries()) {
        assert.is(code, i % 3 === 2 ? 'SHAPE' : 'OUT_OF_MEMORY', `${party}: ${message}`);
        if (i % 3 !== 2) assert.match(message, 'memory_limit_mb');
      }
    }
  });

const diverging = async (
  program: string,
  more: Options = {},
  given: unknown = null,
): Promise<Record<string, Sent>> => {
  const parties = launch(
    await cluster(TWO, (self, o) => ({ ...trusting(self, o), ...more })),
    program,
    given,
  );
  const out: Record<string, Sent> = {};
  for (const name of TWO) out[name] = await parties[name].error();
  end(parties);
  return out;
};

for (const [program, title] of [
  ['divergeOp', 'P4: another operation'],
  ['divergeFunction', 'P4: another function on the SPU'],
  ['divergeArgument', 'P17: one public number of a hundred differs'],
  ['divergeRuntime', 'P4: another runtime_config'],
] as const) {
  test(`${title}: DIVERGED at both parties, with both call sites`, async () => {
    for (const [party, { code, message }] of Object.entries(await diverging(program))) {
      assert.is(code, 'DIVERGED', `${party}: ${message}`);
      assert.match(message, /program diverged at op \d+/);
      assert.match(message, /alice: .*programs-failing\.js:\d+:\d+/);
      assert.match(message, /bob: .*programs-failing\.js:\d+:\d+/);
    }
  });
}

const RETURNS = { numReturns: ['2', 'nothing'], static: ['1', 'nothing'] } as const;

for (const [where, op, path] of [
  ['PYU', 2, 'numReturns'],
  ['SPU', 3, 'numReturns'],
  ['static', 3, 'static'],
] as const)
  test(`options of a call that differ, ${where}: the call is named, not what is made of it`, async () => {
    const errors = await diverging('divergeReturns', {}, { where });
    for (const [party, { code, message, details }] of Object.entries(errors)) {
      assert.is(code, 'DIVERGED', `${party}: ${message}`);
      assert.is(details.op, op, message);
      const [alices, bobs] = RETURNS[path];
      assert.match(
        message,
        new RegExp(`${path} is (${alices} at alice, ${bobs} at bob|${bobs} at bob, ${alices} at alice)`),
      );
      assert.match(message, /alice: a? ?function.*programs-failing\.js:\d+:\d+; |; alice: a? ?function/);
      assert.not.match(message.slice(message.indexOf('program diverged')), /reveal/);
    }
  });

for (const [program, words] of [
  ['divergeFunction', /step \d+ of the function is (add at alice, sub at bob|sub at bob, add at alice)/],
  ['divergeArgument', /step \d+ of the function, const, has other inputs, numbers or options/],
] as const)
  test(`${program}: the step of the function that differs is named, and no number of it`, async () => {
    for (const [party, { message, details }] of Object.entries(await diverging(program))) {
      assert.is(details.op, 3, `${party}: ${message}`);
      assert.match(message, words, message);
      assert.not.match(message, /0\.[12]/);
    }
  });

test('two configurations of one SPU: the field that differs is named, with both values', async () => {
  for (const [party, { message, details }] of Object.entries(await diverging('divergeRuntime'))) {
    assert.is(details.op, 1, `${party}: ${message}`);
    assert.match(
      message,
      /runtime_config\.field is (FM128 at alice, FM64 at bob|FM64 at bob, FM128 at alice)/,
    );
  }
});

test('P4: a program that ends where the other goes on', async () => {
  const parties = launch(await cluster(TWO, trusting), 'endsEarly');
  const { code, message } = await parties.alice.error();
  assert.is(await parties.bob.value(), 'bob was content');
  end(parties);
  assert.is(code, 'DIVERGED');
  assert.match(message, /alice: (function|reveal|SPU|input|a function).*programs-failing\.js/);
  assert.match(message, /bob: shutdown at .*program\.js/);
});

for (const [path, change] of [
  ['allowedList.numpy', (o: Options) => ({ ...o, cross_silo_serializing_allowed_list: { numpy: ['*'] } })],
  [
    'addresses.carol',
    (o: Options) => {
      const c = structuredClone(o.cluster_config) as { parties: Record<string, Options> };
      c.parties.carol = { address: '127.0.0.1:9' };
      return { ...o, cluster_config: c };
    },
  ],
] as const) {
  test(`P4, P11: configurations that differ at ${path}: CONFIG at both`, async () => {
    const options = await cluster(TWO, (self, o) => {
      const plain = { ...o, tls_config: undefined, crossSilo: QUICK };
      return self === 'bob' ? change(plain) : plain;
    });
    const parties = launch(options, 'guide');
    for (const name of TWO) {
      const { code, message } = await parties[name].error();
      assert.is(code, 'CONFIG', `${name}: ${message}`);
      assert.ok(message.includes(path.split('.')[0]!), message);
    }
    end(parties);
  });
}

test('another job name: the dialler says which job is not there', async () => {
  const options = await cluster(TWO, (self, o) => ({
    ...o,
    job_name: self === 'alice' ? 'mine' : 'yours',
    // Alice is still there when bob gives up.
    crossSilo: { ...QUICK, readyTimeoutMs: self === 'alice' ? 60_000 : 6_000 },
  }));
  const parties = launch(options, 'guide');
  const { code, message } = await parties.bob.error();
  end(parties);
  assert.is(code, 'LINK');
  assert.match(message, /yours/);
});

test.run();
