/** @file The lines of a simulation on which two sets meet: channels in memory, and a dealer at their end. */
import { memoryNetwork } from '../link/memory-link.ts';
import { deal } from '../psi/dealt.ts';
import { Wire } from '../psi/peer-messages.ts';
import type { Lines } from './mode.ts';

const DEALER = 'dealer of sets';

/** Both parties' lines; a dealer serves them, for a receiver with `count` identifiers, if that is given. */
export const localLines = (
  [sender, receiver]: readonly [string, string],
  count: number | undefined,
): ReadonlyMap<string, Lines> => {
  const network = memoryNetwork([sender, receiver, DEALER]);
  const line = (self: string, other: string): Lines => ({
    channel: network[self]!.channel('sets', [other]),
    dealer: count === undefined ? undefined : network[self]!.channel('dealer', [DEALER]),
  });
  if (count !== undefined) {
    const ends = network[DEALER]!.channel('dealer', [sender, receiver]);
    // A party that gives up has closed its channel; it says why.
    deal(count, new Wire(ends, sender), new Wire(ends, receiver)).catch(() => ends.close());
  }
  return new Map([
    [sender, line(sender, receiver)],
    [receiver, line(receiver, sender)],
  ]);
};
