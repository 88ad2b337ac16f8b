/** @file Tasks that come with every node: files of a party's values, below the node's folder. */
import { dumpValue, loadValue } from '../device/value-files.ts';
import { placeBelow } from './part-files.ts';
import { nameTask, OWN } from './task.ts';

type Task = (...args: never[]) => unknown;

/** By name: the function as programs have it, and what a node with that folder runs. */
const TASKS: Readonly<Record<string, { readonly fn: Task; readonly at: (root: string) => Task }>> = {
  dump: {
    fn: dumpValue,
    at: (root) => (value: unknown, path: string) => dumpValue(value, placeBelow(root, path)),
  },
  load: { fn: loadValue, at: (root) => (path: string) => loadValue(placeBelow(root, path)) },
};

/** What is run for such a name on a node with that folder. */
export const ownTask = (name: string, root: string): Task | undefined =>
  Object.hasOwn(TASKS, name) ? TASKS[name]!.at(root) : undefined;

/** Programs give these functions to nodes by their names. */
export const nameOwnTasks = (): void => {
  for (const [name, { fn }] of Object.entries(TASKS)) nameTask(fn, OWN, name);
};
