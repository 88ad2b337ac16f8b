/** @file SPU: the device of several parties together, as a function that takes a function. */
import { fail } from '../errors.ts';
import { describe, noMore } from '../names.ts';
import { markUncalled } from './arguments.ts';
import { readCallOptions } from './call-options.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { DeviceSession, PYU, SPU, SpuOptions } from './devices.ts';
import type { DeviceObject, SPUObject } from './objects.ts';
import { LEAVE, RECEIVE } from './operation.ts';
import { settingsOf } from './runtime-config.ts';
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
    const own = readCallOptions(options, fn);
    return markUncalled((...args: unknown[]) => device.call(fn, own, args), 'spu');
  };
  const shown = () => device.name;
  const spu: SPU = Object.assign(call, {
    kind: 'SPU',
    deviceType: 'SPU',
    device_type: 'SPU',
    id: config.id ?? device.name,
    parties: config.parties,
    worldSize: config.parties.length,
    world_size: config.parties.length,
    config: config.runtime,
    conf: settingsOf(config.runtime),
    clusterDef: config.def,
    cluster_def: config.def,
    session,
    ...exact({
      ready: () => session.unseen.reported(device.ready),
      free: (object: SPUObject) => device.free(object),
      revealTo: (pyu: PYU, object: SPUObject) => device.revealTo(pyu, object),
      reveal: (objects: readonly SPUObject[]) => session.unseen.reported(device.reveal(objects)),
      dump: (objects: unknown, path: CheckpointPath) => session.unseen.reported(device.dump(objects, path)),
      load: (path: CheckpointPath) => session.unseen.reported(device.load(path)),
      record: () => device.record(),
      stats: () => device.stats(),
      close: () => device.close(),
      init: () => session.unseen.reported(device.ready),
      reset: () => session.unseen.reported(device.reset()),
      shutdown: () => device.close(),
    }),
    [RECEIVE]: (object: DeviceObject) => device.receive(object),
    [LEAVE]: (object: SPUObject, to: SpuConfig) => device.leave(object, to),
    toString: shown,
    [Symbol.for('nodejs.util.inspect.custom')]: shown,
  }) as unknown as SPU;
  return spu;
};
