/** @file The functions of a soak's parties as tasks of a cluster. */
import * as sf from '#tessera';
import * as work from './work.ts';

export const countUp = sf.task(import.meta, 'countUp', work.countUp);
export const breakDown = sf.task(import.meta, 'breakDown', work.breakDown);
