/**
 * @file A correlation of a dealer's: a vector-OLE C = A Delta + B in GF(2^128). The dealer knows sizes alone. Dealer and party together could test guesses
 * against the other's set, so the dealer is never one of both.
 */
import { randomBytes } from '#kernel-host';
import { SetMemory } from '../ring/set-memory.ts';
import { type Correlation, sixteens } from './correlation.ts';
import { CHUNK, type Wire } from './peer-messages.ts';
import { shapeOf } from './shape.ts';

const SEED = 32;
/** Numbers of streams of a seed of the dealer's. */
const ELEMENTS = 0;
const FACTOR = 1;

/** The tables of the factor of a dealt seed. */
const factorOf = (memory: SetMemory, dealt: Uint8Array): number => {
  const factor = memory.take(16);
  memory.stream(factor, 16, dealt, FACTOR);
  const tables = memory.take(memory.kernels.factorBytes() >>> 0);
  memory.kernels.prepareFactor(tables, factor);
  return tables;
};

/** A party's half of what its dealer deals. */
export const dealtBy = (dealer: Wire): Correlation => ({
  asking: async (peer) => {
    const dealt = (await dealer.receive(SEED, 'a seed')).slice();
    return async (memory, store, total) => {
      const chunk = memory.take(CHUNK);
      await peer.sendFrom(memory, store, 16 * total, (offset, size) => {
        memory.stream(chunk, size, dealt, ELEMENTS, offset);
        memory.kernels.addInto(store + offset, chunk, size / 16);
      });
      await dealer.receiveInto(memory, store, 16 * total, 'correlations');
    };
  },
  answering: async (memory, peer, total) => {
    const dealt = (await dealer.receive(SEED, 'a seed')).slice();
    const map = factorOf(memory, dealt);
    const uncover = async (): Promise<number> => {
      const store = memory.take(16 * total + CHUNK);
      const chunk = memory.take(CHUNK);
      await peer.receiveInto(memory, store, 16 * total, 'an encoded set', (offset, size) => {
        memory.stream(chunk, size, dealt, ELEMENTS, offset);
        memory.kernels.multiplyAdd(store + offset, store + offset, chunk, map, sixteens(size / 16));
      });
      return store;
    };
    return { map, uncover };
  },
});

/** The dealer's part, for a receiver with so many identifiers. Resolves to the bytes that were sent. */
export const deal = async (count: number, sender: Wire, receiver: Wire): Promise<number> => {
  const memory = await SetMemory.create();
  const { total } = shapeOf(count);
  const [toSender, toReceiver] = [randomBytes(SEED), randomBytes(SEED)];
  await sender.send(toSender.slice());
  await receiver.send(toReceiver.slice());
  const tables = factorOf(memory, toSender);
  const products = memory.take(CHUNK);
  const rest = memory.take(CHUNK);
  for (let offset = 0; offset < 16 * total; offset += CHUNK) {
    const size = Math.min(CHUNK, 16 * total - offset);
    memory.stream(products, size, toReceiver, ELEMENTS, offset);
    memory.stream(rest, size, toSender, ELEMENTS, offset);
    memory.kernels.multiplyAdd(products, products, rest, tables, sixteens(size / 16));
    await receiver.sendFrom(memory, products, size);
  }
  return 16 * total + 2 * SEED;
};
