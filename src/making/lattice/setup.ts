/** @file A setting in use: both parties' keys, made and exchanged when the first task wants them. */

import { fail } from '../../errors.ts';
import { type Polynomials, packedBytes } from '../../ring/polynomials.ts';
import { randomBytes } from '../../ring/prg.ts';
import type { MakingChannel } from '../cross-terms.ts';
import type { Setting } from './parameters.ts';
import { Source } from './random-polynomials.ts';
import { OtherKey, OwnKey, Scheme } from './scheme.ts';

const SEED = 32;

/** Takes the next message, which has to have so many bytes. */
export const receive = async (channel: MakingChannel, bytes: number): Promise<Uint8Array> => {
  const message = await channel.receive(bytes);
  return message.length === bytes
    ? message
    : fail('SERIALIZATION', `a message has ${bytes} bytes, not ${message.length}`);
};

export class Setup {
  readonly scheme: Scheme;
  readonly source: Source;
  readonly own: OwnKey;
  readonly #seed = randomBytes(SEED);
  readonly #sources: Source[] = [];
  #other: OtherKey | undefined;
  /** By rank: ciphertexts numbered so far, the public key included. */
  readonly numbers: [number, number] = [1, 1];

  constructor(rows: Polynomials, setting: Setting) {
    this.scheme = new Scheme(rows, setting);
    this.source = this.#sourceOf(randomBytes(SEED), 2);
    this.own = new OwnKey(this.scheme, this.source, this.#sourceOf(this.#seed, setting.primes));
  }

  get other(): OtherKey {
    return this.#other ?? fail('LINK', 'the other party has sent no public key');
  }

  /** Sends the public key, and receives the other's. */
  async exchange(channel: MakingChannel): Promise<void> {
    const { scheme } = this;
    const key = this.own.publicKey();
    const message = new Uint8Array(SEED + key.length);
    message.set(this.#seed);
    message.set(key, SEED);
    const sent = channel.send(message);
    const [, answer] = await Promise.all([
      sent,
      receive(channel, SEED + scheme.primes.length * packedBytes(scheme.n)),
    ]);
    const common = this.#sourceOf(answer.slice(0, SEED), scheme.primes.length);
    this.#other = new OtherKey(scheme, this.source, common, answer.subarray(SEED));
  }

  close(): void {
    for (const source of this.#sources.splice(0)) source.close();
    this.scheme.close();
  }

  #sourceOf(seed: Uint8Array, count: number): Source {
    const source = new Source(this.scheme.rows, seed, this.scheme.n, count);
    this.#sources.push(source);
    return source;
  }
}
