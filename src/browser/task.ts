/** @file Tasks in a page, which is no node of a cluster: the plain functions that they are. Stands for cluster/task.ts. */
export const task = <F extends (...args: never[]) => unknown>(_where: unknown, name: string, fn: F): F =>
  fn.name === '' ? Object.defineProperty(fn, 'name', { value: name }) : fn;
