/** @file What a page has of clusters: it is no node of any, and a task is the plain function that it was. */
import { fail } from '../errors.ts';

type Task = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => object);

/** The same function, under its name. */
export const task = <F extends Task>(_where: unknown, name: string, fn: F): F =>
  fn.name === '' ? Object.defineProperty(fn, 'name', { value: name }) : fn;

export const openCluster = async (): Promise<never> =>
  fail('UNSUPPORTED', 'a cluster of machines is for programs of Node: here use address: "local"');
