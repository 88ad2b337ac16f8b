/** @file Objects with state, as who waits for them finds them: each knows the calls that nothing follows yet. */
import type { DeviceObject } from './objects.ts';

const known = new WeakMap<object, () => readonly DeviceObject[]>();

export const markProxied = (handle: object, last: () => readonly DeviceObject[]): void => {
  known.set(handle, last);
};

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** Whose method of that name it is: the object's, or static, its class's. */
export const methodOwner = (instance: object | undefined, name: string): Methods | undefined =>
  [instance, instance?.constructor].find(
    (owner) => typeof (owner as unknown as Methods | undefined)?.[name] === 'function',
  ) as unknown as Methods | undefined;

/** The last calls of an object with state; undefined for anything else. */
export const proxiedCalls = (x: unknown): readonly DeviceObject[] | undefined =>
  typeof x === 'object' && x !== null ? known.get(x)?.() : undefined;
