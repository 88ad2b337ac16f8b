/** @file How a program joins a cluster. */

import { randomBytes } from 'node:crypto';
import type { Cluster } from '../device/cluster-options.ts';
import type { Mode } from '../device/mode.ts';
import { forParties } from '../device/storage-key.ts';
import { fail, oneOf } from '../errors.ts';
import { ClusterMode, startCommand } from './cluster-mode.ts';
import { Members } from './members.ts';
import { openEngine } from './message-engine.ts';
import { nameOwnTasks } from './own-tasks.ts';
import { tokenHere } from './state.ts';

/** Joins a cluster as its program. Rejects with CONFIG where a party has no node. */
export const openCluster = async (o: Cluster): Promise<Mode> => {
  const id = randomBytes(6).toString('hex');
  const token = o.token ?? (Object.keys(o.nats).length === 0 ? tokenHere(o.address) : undefined);
  const engine = await openEngine(
    {
      url: o.address,
      cluster: o.cluster,
      ...(token !== undefined && { token }),
      ...o.nats,
    },
    `tessera driver ${id}`,
  );
  const members = new Members(engine);
  try {
    await members.start();
    await members.settled(() =>
      o.parties ? o.parties.every((p) => members.tags.includes(p)) : members.tags.length > 0,
    );
    const { tags } = members;
    if (tags.length === 0)
      fail(
        'CONFIG',
        `no node has joined the cluster at ${o.address}: start one:\n${startCommand(o.address, o.parties?.[0] ?? 'alice')}`,
        { address: o.address },
      );
    const missing = (o.parties ?? []).filter((p) => !tags.includes(p));
    if (missing.length > 0)
      fail(
        'CONFIG',
        `parties: no node has the tag ${oneOf(missing)} (there are ${oneOf(tags)}). Start one:\n` +
          missing.map((p) => startCommand(o.address, p)).join('\n'),
        { path: 'parties', missing, tags },
      );
    if (o.storageKey !== undefined) forParties(o.storageKey, o.parties ?? tags);
    nameOwnTasks();
    const mode = new ClusterMode(o, engine, members, o.parties ?? tags, id);
    await mode.begin();
    return mode;
  } catch (e) {
    members.stop();
    await engine.nc.close();
    throw e;
  }
};
