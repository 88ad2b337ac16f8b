/** @file PYU: a party's plaintext device. Its functions run in that party's program; in simulation, in the driver's. */
import { fail } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { describe, noMore } from '../names.ts';
import { deviceObjects, mapDevice } from './argument-trees.ts';
import { type Found, isPromise, markUncalled, readArguments, snapshot } from './arguments.ts';
import { readCallOptions } from './call-options.ts';
import { detailOf } from './detail.ts';
import type { DeviceSession, PYU, PyuOptions } from './devices.ts';
import { failedAt, functionText } from './failing.ts';
import { checkOutside, inside } from './inside.ts';
import type { RemoteCall } from './mode.ts';
import { DeviceObject, PYUObject, type SPUObject } from './objects.ts';
import { INSIDE, type Op, RECEIVE } from './operation.ts';
import { dumpValue, loadValue } from './value-files.ts';

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
 * `code` is the same work for a mode that runs it in another process. What is behind a handle does not change: the function
 * gets a copy of it, and its result is copied, but for the object that a method is of.
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
  const resultOf = (result: unknown): unknown => {
    checkResult(result);
    return code.kind === 'construct' ? result : snapshot(result, 'the result');
  };
  const local = () =>
    mode.perform(pyu.party, String(op.number), op, async () => {
      const values = new Map<DeviceObject, unknown>();
      await Promise.all(objects.map(async (o) => values.set(o, await o[INSIDE])));
      const stateful = code.kind === 'method' ? objects[0] : undefined;
      for (const o of values.keys()) if (o !== stateful) values.set(o, snapshot(values.get(o), 'the value'));
      await after.catch(() => {});
      const computes = mode.computes?.(op);
      if (computes?.told !== undefined) await computes.told;
      try {
        const filled = objects.length === 0 ? args : fill(args, values, flat);
        const result = inside(pyu.party, () => work(filled));
        // Before anything else runs that holds the same memory.
        if (isPromise(result)) computes?.goesOn();
        const own = isPromise(result) ? resultOf(await result) : resultOf(result);
        return numReturns === undefined ? own : checkParts(own, numReturns);
      } catch (e) {
        throw failedAt(pyu.party, op, e, { party: pyu.party });
      } finally {
        computes?.ended();
      }
    });
  const done = mode.call?.({ party: pyu.party, op, code, args, objects, numReturns, after }) ?? local();
  const part = async (i: number): Promise<unknown> => ((await done) as readonly unknown[] | undefined)?.[i];
  const parts = Array.from({ length: numReturns ?? 0 }, (_, i) => part(i));
  if (here) mode.called?.(op, [...objects.map((o) => o[INSIDE]), after], [done, ...parts]);
  const result =
    numReturns === undefined
      ? new PYUObject(pyu, op, done)
      : parts.map((value, i) => new PYUObject(pyu, op, value, `[${i}]`));
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

/** What an SPU holds goes to a party once, as long as it is held. */
const revealedAt = (pyu: PYU, object: SPUObject): PYUObject => {
  const known = object[INSIDE].freed ? undefined : object.revealed.get(pyu);
  const revealed = known ?? object.device.revealTo(pyu, object);
  object.revealed.set(pyu, revealed);
  return revealed;
};

/** What a PYU does with an object that is moved to it. */
const receive = (pyu: PYU, object: DeviceObject): PYUObject => {
  if (object.device.session !== pyu.session)
    fail('INVALID_ARGUMENT', `${object.toString()} belongs to another session than ${pyu.toString()}`);
  if (object.device.kind === 'SPU') return revealedAt(pyu, object as SPUObject);
  if (object.device === pyu) return object as PYUObject;
  const own = object as PYUObject;
  const known = own.moved.get(pyu);
  if (known) return known;
  const op: Op = pyu.session.op(`to ${pyu.party}`, callSite(), object.toString());
  const moving = pyu.session.mode.move(own.device.party, pyu.party, String(op.number), op, own[INSIDE]);
  const moved = new PYUObject(pyu, op, moving);
  own.moved.set(pyu, moved);
  return moved;
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
    const { numReturns: n } = readCallOptions(options, fn);
    const run = (...args: unknown[]) =>
      callAt(pyu, functionText(fn), args, n, (values) => fn(...(values as never[])), { kind: 'function', fn })
        .result;
    return markUncalled(run, party);
  };
  const shown = () => `PYU(${party})`;
  /** By path, the last dump there: what loads it waits for it. */
  const dumps = new Map<string, PYUObject>();
  const before = (path: string): readonly PYUObject[] => {
    const dumped = dumps.get(path);
    return dumped === undefined ? [] : [dumped];
  };
  const pyu = Object.assign(call, {
    kind: 'PYU',
    deviceType: 'PYU',
    device_type: 'PYU',
    party,
    session,
    dump: (object: PYUObject, path: string, ...surplus: readonly unknown[]) => {
      noMore(`${party}.dump`, surplus, 'it takes a handle and the name of a file');
      const dumped = callAt(
        pyu,
        'dump',
        [object, path, ...before(path)],
        undefined,
        ([value, file]) => dumpValue(value, file as string),
        {
          kind: 'function',
          fn: dumpValue,
        },
      ).result;
      dumps.set(path, dumped as PYUObject);
      return dumped;
    },
    load: (path: string, ...surplus: readonly unknown[]) => {
      noMore(`${party}.load`, surplus, 'it takes the name of a file');
      return callAt(pyu, 'load', [path, ...before(path)], undefined, ([file]) => loadValue(file as string), {
        kind: 'function',
        fn: loadValue,
      }).result;
    },
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
  const here = mode.self === undefined || mode.self === pyu.party;
  const { args, found } = readArguments([data], here, 'data ');
  if (found.length > 0)
    fail(
      'INVALID_ARGUMENT',
      `data with handles in it (${String(found[0]!.object)}) cannot be put on ${pyu.party}: move each, with sf.to or .to`,
    );
  const op = pyu.session.op(`data put on ${pyu.party}`, callSite(), pyu.party);
  const value = mode.perform(pyu.party, String(op.number), op, async () => args[0]);
  if (here) mode.called?.(op, [], [value]);
  return new PYUObject(pyu, op, value);
};
