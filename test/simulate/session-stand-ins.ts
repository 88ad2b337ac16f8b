/** @file What stands in simulated sessions for an SPU: its configuration, handles and shares. */
import type { SpuConfig } from '../../src/device/cluster-def.ts';
import type { Held, SPUObject } from '../../src/device/objects.ts';
import { SPUObject as Handle } from '../../src/device/objects.ts';
import type { Op } from '../../src/device/operation.ts';
import type { Production } from '../../src/device/production/production-options.ts';
import { JOB } from './portions.ts';

export const shareOf = (party: string, version: number): Uint8Array =>
  new TextEncoder().encode(`${party} ${version}`);

const TYPE = { shape: [1], dtype: 'f64', secret: true } as unknown as Held['leaves'][number]['type'];

export const HELD: Held = {
  def: { kind: 'leaf' } as unknown as Held['def'],
  leaves: [{ id: 1, type: TYPE }],
};

/** A handle of an SPU that is not there. */
export const handleOf = (op: Op, given: Promise<Held>, done: Promise<void>): SPUObject => {
  const device = { parties: [], session: { unseen: { watch: () => {}, seen: () => {} } } };
  const hold = { given, done, form: undefined, held: undefined, freed: false };
  return new Handle(device as unknown as SPUObject['device'], op, hold);
};

export const configOf = (parties: readonly string[]): SpuConfig =>
  ({ parties, runtime: { field: 'FM64', fraction: 18 } }) as unknown as SpuConfig;

export const productionOf = (self: string, parties: readonly string[]): Production =>
  ({
    mode: 'production',
    self,
    parties,
    job: JOB,
    crossSilo: { exposeErrors: false },
    quiet: true,
  }) as unknown as Production;
