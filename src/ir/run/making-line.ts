/** @file What two parties that make material ask of each other, over a channel of their own: base transfers once, transfers, products. */

import { TesseraError } from '../../errors.ts';
import type { Channel } from '../../link/link.ts';
import { type MakingChannel, type ProductRequest, productLengths } from '../../making/cross-terms.ts';
import { connect, type Ends } from '../../making/extension.ts';
import { GilboaProducts } from '../../making/gilboa.ts';
import { LatticeProducts } from '../../making/lattice/lattice-maker.ts';
import type { Request } from '../../making/maker.ts';
import type { BlockBits } from '../../making/seeds.ts';
import { Transfers } from '../../making/transfers.ts';
import type { Ring } from '../../ring/ring.ts';
import { MaskNumbers } from './mask-numbers.ts';

/** Multiplications of words from which on lattices take fewer bytes: they come by thousands. */
const MANY = 512;

const multiplications = ({ shape, real }: ProductRequest): number =>
  shape.kind === 'elementwise' ? shape.length * (real ? 2 : 1) : productLengths(shape)[0] * shape.n;

/** Messages to and from the other party, in order. */
class Lane implements MakingChannel {
  readonly rank: 0 | 1;
  /** Set when both parties know that the base transfers are done. */
  met = false;
  /** Products by lattices, once there were many: their keys belong to this line, and masks that they know by number. */
  lattice: LatticeProducts | undefined;
  readonly numbers = new MaskNumbers();
  readonly #channel: Channel;
  readonly #peer: string;
  readonly #count: (bytes: number) => void;
  #sent = 0;
  #received = 0;

  /** `count` hears how many bytes are sent. */
  constructor(rank: 0 | 1, channel: Channel, count: (bytes: number) => void) {
    this.rank = rank;
    this.#count = count;
    this.#channel = channel;
    this.#peer = channel.peers[0]!;
  }

  send(message: Uint8Array<ArrayBuffer>): Promise<void> | void {
    this.#count(message.length);
    return this.#channel.send(this.#peer, this.#sent++, message);
  }

  async receive(bytes: number): Promise<Uint8Array> {
    const message = await this.#channel.recv(this.#peer, this.#received++);
    if (message.length !== bytes)
      throw new TesseraError(
        'DIVERGED',
        `${this.#peer} sent ${message.length} bytes where ${bytes} belong, to make material: the parties run different ` +
          'programs or versions',
        { party: this.#peer, expected: bytes, got: message.length },
      );
    return message;
  }

  close(): void {
    this.#channel.close();
  }
}

export class MakingLine {
  /** Bytes that this party has sent. */
  sent = 0;
  /** Transfers of both directions so far. */
  transfers = 0;
  readonly #ring: Ring;
  readonly #rank: 0 | 1;
  readonly #open: () => Channel;
  readonly #wish: BlockBits;
  /** What base transfers have left, for the whole session. */
  #ends: Ends | undefined;
  #lane: Lane;

  /** `wish`: bits of the blocks of transfers, if the other party does not want fewer. */
  constructor(ring: Ring, rank: 0 | 1, open: () => Channel, wish: BlockBits) {
    [this.#ring, this.#rank, this.#open, this.#wish] = [ring, rank, open, wish];
    this.#lane = this.#newLane();
  }

  #newLane(): Lane {
    return new Lane(this.#rank, this.#open(), (bytes) => {
      this.sent += bytes;
    });
  }

  /** Of the masks that both know. */
  get numbers(): MaskNumbers {
    return this.#lane.numbers;
  }

  /** Makes what is requested, for a job of a number that no other job has. */
  asking(job: number): (request: Request) => Promise<void> {
    const lane = this.#lane;
    let transfers: Transfers | undefined;
    let products: GilboaProducts | undefined;
    return async (request) => {
      if (!transfers) {
        transfers = new Transfers(this.#ring, await this.#connected(lane), lane, job);
        products = new GilboaProducts(this.#ring, this.#rank, transfers);
      }
      const before = transfers.made;
      await transfers.exchange(request.transfers);
      await this.#multiply(request.products, products!, lane);
      this.transfers += transfers.made - before;
    };
  }

  /** Base transfers, once a session: made anew where one of both did not come to their end before a job was given up. */
  async #connected(lane: Lane): Promise<Ends> {
    if (lane.met && this.#ends) return this.#ends;
    await lane.send(Uint8Array.of(this.#ends ? 1 : 0));
    const [theirs] = await lane.receive(1);
    if (theirs !== 1 || !this.#ends) {
      this.#ends = undefined;
      this.#ends = await connect(this.#ring, lane, this.#wish);
    }
    lane.met = true;
    return this.#ends;
  }

  /** Few products by transfers, many by lattices: the same at both parties. */
  async #multiply(
    requests: readonly ProductRequest[],
    byTransfers: GilboaProducts,
    lane: Lane,
  ): Promise<void> {
    if (requests.length === 0) return;
    if (requests.reduce((sum, request) => sum + multiplications(request), 0) < MANY) {
      await byTransfers.make(requests);
      return;
    }
    lane.lattice ??= await LatticeProducts.create(this.#ring);
    await lane.lattice.make(requests, lane);
  }

  /** What is on its way is given up. Returns what is to be done when nobody works with it any more. */
  reopen(): () => void {
    const lane = this.#lane;
    lane.close();
    this.#lane = this.#newLane();
    return () => lane.lattice?.close();
  }

  /** The same at the end. */
  close(): () => void {
    const lane = this.#lane;
    lane.close();
    return () => lane.lattice?.close();
  }
}
