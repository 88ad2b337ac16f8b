/** @file PYU: a party's plaintext device. Its functions run in that party's program; in simulation, in the driver's. */
import { fail } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { describe, noMore } from '../names.ts';
import { type Found, markUncalled, readArguments } from './arguments.ts';
import { detailOf } from './detail.ts';
import type { DeviceSession, PYU, PyuOptions } from './devices.ts';
import { failedAt, functionText } from './failing.ts';
import { checkOutside, inside } from './inside.ts';
import type { RemoteCall } from './mode.ts';
import { DeviceObject, PYUObject, type SPUObject } from './objects.ts';
import { INSIDE, type Op, RECEIVE } from './operation.ts';
import { deviceObjects, mapDevice } from './trees.ts';

/** Checks an option like `{ numReturns: 3 }`. */
export const readReturns = (options: object | undefined, known: readonly string[]): number | undefined => {
  if (options === undefined) return undefined;
  if (typeof options !== 'object' || options === null)
    return fail(
      'INVALID_ARGUMENT',
      `options are an object with ${known.join(', ')}, not ${describe(options)}`,
    );
  const alien = Object.keys(options).find((k) => !known.includes(k));
  if (alien !== undefined)
    fail('INVALID_ARGUMENT', `unknown option ${JSON.stringify(alien)}: known are ${known.join(', ')}`);
  const n = (options as PyuOptions).numReturns;
  if (n !== undefined && !(Number.isInteger(n) && n >= 1))
    fail('INVALID_ARGUMENT', `numReturns is a whole number from 1, not ${describe(n)}`);
  return n;
};

/** What a function with `numReturns: n` must give. */
const checkParts = (result: unknown, n: number): readonly unknown[] =>
  Array.isArray(result) && result.length === n
    ? (result as readonly unknown[])
    : fail(
        'INVALID_ARGUMENT',
        `numReturns is ${n}, but the function returned ${Array.isArray(result) ? `${result.length} results` : describe(result)}: ` +
          `return a list of ${n}${n === 1 ? ', or leave numReturns out' : ''}`,
      );

/** The handles among the arguments of a call at `party`, which all have to be that party's. */
const ownObjects = (party: string, found: readonly Found[]): PYUObject[] =>
  found.map(({ object, path }) =>
    object.device.kind === 'PYU' && object.device.party === party
      ? (object as PYUObject)
      : fail(
          'INVALID_ARGUMENT',
          `${party} was given ${object.toString()}, which is on ${object.device.toString()} (argument ${path}): ` +
            `move it first, with .to(${party})`,
          { party, device: object.device.toString(), path },
        ),
  );

/**
 * Runs `work` for a call at `pyu` once its arguments are there. The same for functions and for methods of proxies.
 * `code` is the same work for a mode that runs it in another process.
 */
export const callAt = (
  pyu: PYU,
  what: string,
  given: readonly unknown[],
  numReturns: number | undefined,
  work: (args: readonly unknown[]) => unknown,
  code: RemoteCall['code'],
  after: Promise<unknown> = Promise.resolve(),
): { result: PYUObject | PYUObject[]; done: Promise<unknown> } => {
  checkOutside(what);
  const { mode } = pyu.session;
  const here = mode.self === undefined || mode.self === pyu.party;
  const { args, found, flat } = readArguments(given, here);
  const objects = ownObjects(pyu.party, found);
  const op = pyu.session.op(
    what,
    callSite(),
    detailOf({ arguments: `${pyu.party}(${objects.join(', ')})`, numReturns }),
  );
  const local = () =>
    mode.perform(pyu.party, String(op.number), op, async () => {
      const values = new Map<DeviceObject, unknown>();
      await Promise.all(objects.map(async (o) => values.set(o, await o[INSIDE])));
      await after.catch(() => {});
      try {
        const filled = objects.length === 0 ? args : fill(args, values, flat);
        const result = await inside(pyu.party, () => work(filled));
        checkResult(result);
        return numReturns === undefined ? result : checkParts(result, numReturns);
      } catch (e) {
        throw failedAt(pyu.party, op, e, { party: pyu.party });
      }
    });
  const done = mode.call?.({ party: pyu.party, op, code, args, objects, numReturns, after }) ?? local();
  if (numReturns === undefined) return { result: new PYUObject(pyu, op, done), done };
  const part = async (i: number): Promise<unknown> => ((await done) as readonly unknown[] | undefined)?.[i];
  const result = Array.from({ length: numReturns }, (_, i) => new PYUObject(pyu, op, part(i), `[${i}]`));
  return { result, done };
};

/** Arguments with values in the place of handles. */
const fill = (
  args: readonly unknown[],
  values: ReadonlyMap<DeviceObject, unknown>,
  flat: boolean,
): readonly unknown[] =>
  flat
    ? args.map((x) => (x instanceof DeviceObject ? values.get(x) : x))
    : (mapDevice(args, (o) => values.get(o)) as readonly unknown[]);

/** A function gives values. Throws INVALID_ARGUMENT for handles. */
const checkResult = (result: unknown): void => {
  if (typeof result !== 'object' || result === null) return;
  const [first] = deviceObjects(result);
  if (first !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `the function returned a handle, ${String(first.object)}: hand it to the call as an argument, and return what is ` +
        'made of its value',
    );
};

/** What a PYU does with an object that is moved to it. */
const receive = (pyu: PYU, object: DeviceObject): PYUObject => {
  if (object.device.session !== pyu.session)
    fail('INVALID_ARGUMENT', `${object.toString()} belongs to another session than ${pyu.toString()}`);
  if (object.device.kind === 'SPU') return object.device.revealTo(pyu, object as SPUObject);
  if (object.device === pyu) return object as PYUObject;
  const op: Op = pyu.session.op(`to ${pyu.party}`, callSite(), object.toString());
  const from = (object as PYUObject).device.party;
  return new PYUObject(
    pyu,
    op,
    pyu.session.mode.move(from, pyu.party, String(op.number), op, (object as PYUObject)[INSIDE]),
  );
};

/** The device of `party`: a function that takes a function. */
export const makePYU = (session: DeviceSession, party: string): PYU => {
  const call = (
    fn: (...args: never[]) => unknown,
    options: PyuOptions | undefined,
    ...surplus: readonly unknown[]
  ) => {
    noMore(party, surplus, `${party}(fn, options)(...args)`);
    if (typeof fn !== 'function')
      fail('INVALID_ARGUMENT', `${party} runs functions: ${party}(fn)(...args); got ${describe(fn)}`);
    const n = readReturns(options, ['numReturns']);
    const run = (...args: unknown[]) =>
      callAt(pyu, functionText(fn), args, n, (values) => fn(...(values as never[])), { kind: 'function', fn })
        .result;
    return markUncalled(run, party);
  };
  const shown = () => `PYU(${party})`;
  const pyu = Object.assign(call, {
    kind: 'PYU',
    party,
    session,
    [RECEIVE]: (object: DeviceObject) => receive(pyu, object),
    toString: shown,
    [Symbol.for('nodejs.util.inspect.custom')]: shown,
  }) as unknown as PYU;
  return pyu;
};

/** A fresh handle for plain data that is put on a PYU. */
export const putOn = (pyu: PYU, data: unknown): PYUObject => {
  checkOutside(`data put on ${pyu.party}`);
  const { mode } = pyu.session;
  const { args, found } = readArguments([data], mode.self === undefined || mode.self === pyu.party, 'data ');
  if (found.length > 0)
    fail(
      'INVALID_ARGUMENT',
      `data with handles in it (${String(found[0]!.object)}) cannot be put on ${pyu.party}: move each, with sf.to or .to`,
    );
  const op = pyu.session.op(`data put on ${pyu.party}`, callSite(), pyu.party);
  return new PYUObject(
    pyu,
    op,
    pyu.session.mode.perform(pyu.party, String(op.number), op, async () => args[0]),
  );
};
