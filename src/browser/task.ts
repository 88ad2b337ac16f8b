/** @file Tasks in a page, which is no node of a cluster: the plain functions that they are. Stands for cluster/task.ts. */
export const task = <F>(_where: unknown, _name: string, fn: F): F => fn;
