/** @file SPU: the device of several parties together, as a function that takes a function. */
import { fail } from '../errors.ts';
import { describe, noMore } from '../names.ts';
import { markUncalled } from './arguments.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { DeviceSession, PYU, SPU, SpuOptions } from './devices.ts';
import type { DeviceObject, SPUObject } from './objects.ts';
import { RECEIVE } from './operation.ts';
import { readReturns } from './pyu.ts';

import { SpuDevice } from './spu-device.ts';

type AnyMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Methods that take as many arguments as they name. */
const exact = <M extends AnyMethods>(methods: M): M =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: never[]) => {
        noMore(`spu.${name}`, args.slice(method.length));
        return method(...args);
      },
    ]),
  ) as unknown as M;

/** An SPU of a session, as a function that takes a function. */
export const makeSPU = (session: DeviceSession, config: SpuConfig): SPU => {
  const device = new SpuDevice(session, config, () => spu);
  const call = (
    fn: (...args: never[]) => unknown,
    options: SpuOptions | undefined,
    ...surplus: readonly unknown[]
  ) => {
    noMore('spu', surplus, 'spu(fn, options)(...args)');
    if (typeof fn !== 'function')
      fail('INVALID_ARGUMENT', `an SPU runs functions: spu(fn)(...args); got ${describe(fn)}`);
    readReturns(options, ['static', 'numReturns']);
    const now: SpuOptions = { ...options };
    const own = Array.isArray(now.static) ? { ...now, static: [...now.static] } : now;
    return markUncalled((...args: unknown[]) => device.call(fn, own, args), 'spu');
  };
  const shown = () => device.name;
  const spu: SPU = Object.assign(call, {
    kind: 'SPU',
    parties: config.parties,
    config: config.runtime,
    session,
    ...exact({
      ready: () => session.unseen.told(device.ready),
      free: (object: SPUObject) => device.free(object),
      revealTo: (pyu: PYU, object: SPUObject) => device.revealTo(pyu, object),
      reveal: (objects: readonly SPUObject[]) => session.unseen.told(device.reveal(objects)),
      dump: (objects: unknown, path: CheckpointPath) => session.unseen.told(device.dump(objects, path)),
      load: (path: CheckpointPath) => session.unseen.told(device.load(path)),
      record: () => device.record(),
      stats: () => device.stats(),
      close: () => device.close(),
    }),
    [RECEIVE]: (object: DeviceObject) => device.receive(object),
    toString: shown,
    [Symbol.for('nodejs.util.inspect.custom')]: shown,
  }) as unknown as SPU;
  return spu;
};
