/**
 * @file A thread of a node: one party of an SPU, or its dealer. Its rounds go over direct links to the other parties; what
 * the driver says, and what it answers, goes over a link of its own too, so that the engine carries none of it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { arraysOf, checkRange, entering } from '../device/argument-trees.ts';
import { type Duty, type FromThread, packError, type ToThread, unpackError } from '../device/messages.ts';
import { serveOver } from '../device/serve.ts';
import { TesseraError } from '../errors.ts';
import type { Tensor } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import { createIdentity, identityText } from '../link/identity.ts';
import { connect } from '../link/websocket.ts';
import { FIELDS } from '../ring/field.ts';
import type { Located } from './heads.ts';

import { PartFiles } from './part-files.ts';
import {
  type Control,
  DRIVER,
  type FromSpu,
  LOST_MS,
  type Report,
  type SpuLinks,
  type ToSpu,
} from './spu-messages.ts';
import { decode, encode } from './values.ts';

const node = parentPort;
const identity = createIdentity();
const fetching = new Map<number, { resolve(bytes: Uint8Array): void; reject(e: unknown): void }>();
let fetches = 0;

const postToNode = (message: FromSpu): void => node!.postMessage(message);

const fetchBytes = (from: Located | Uint8Array): Promise<Uint8Array> => {
  if (from instanceof Uint8Array) return Promise.resolve(from);
  return new Promise((resolve, reject) => {
    const number = fetches++;
    fetching.set(number, { resolve, reject });
    postToNode({ kind: 'fetch', number, object: from });
  });
};

/** Values that have been read, and wait for the job that masks them. */
const described = new Map<string, { readonly tensors: Tensor[]; left: number }>();

const describe = async (m: Control & { kind: 'describe' }, duty: Duty): Promise<Report> => {
  try {
    const { def, arrays, paths } = arraysOf(decode(await fetchBytes(m.from)));
    arrays.forEach((a, i) => {
      checkRange(a, FIELDS[duty.field], duty.fraction, `${m.text}${paths[i]!}`, duty.inputBits);
    });
    const secrets = arrays.filter(({ size }) => size > 0).length;
    if (secrets > 0)
      described.set(m.key, {
        tensors: arrays.map(({ shape, dtype, data }) => ({ shape, dtype, data })),
        left: secrets,
      });
    return { kind: 'described', key: m.key, def, types: arrays.map(entering) };
  } catch (e) {
    return { kind: 'undescribed', key: m.key, error: packError(e) };
  }
};

type Keeping = Control & { kind: 'keeper' };
interface Exporting {
  resolve(exported: Exported): void;
  reject(error: unknown): void;
}

/** Dumps and loads of this party: its shares stay here. */
class Keepers {
  readonly #deliver: (message: ToThread) => void;
  readonly #jobs = new Map<string, PartFiles>();
  readonly #exporting = new Map<number, Exporting>();
  #loaded: string | undefined;
  #exports = 0;

  constructor(deliver: (message: ToThread) => void) {
    this.#deliver = deliver;
  }

  async obey({ number, job, storageKey, order }: Keeping): Promise<Report> {
    try {
      const files = this.#jobs.get(job) ?? this.#open(storageKey);
      // The next dump or load needs another.
      this.#jobs.set(job, files);
      for (const old of this.#jobs.keys()) if (this.#jobs.size > MOST_KEEPERS) this.#jobs.delete(old);
      return { kind: 'kept', number, value: await files.obey(order) };
    } catch (e) {
      return { kind: 'unkept', number, error: packError(e) };
    }
  }

  #open(storageKey: string): PartFiles {
    return new PartFiles({
      root: (workerData as { root: string }).root,
      storageKey,
      exporting: (ids) =>
        new Promise((resolve, reject) => {
          // Those that the driver asks for are numbered from 0 on.
          const number = --this.#exports;
          this.#exporting.set(number, { resolve, reject });
          this.#deliver({ kind: 'export', number, ids });
        }),
      hold: (key, tensors) => {
        // What was read and not put in will not be.
        if (this.#loaded !== undefined) described.delete(this.#loaded);
        this.#loaded = key;
        if (tensors.length > 0) described.set(key, { tensors, left: tensors.length });
      },
    });
  }

  exported(message: FromThread & { kind: 'exported' | 'unexported' }): void {
    const waiting = this.#exporting.get(message.number);
    this.#exporting.delete(message.number);
    if (message.kind === 'exported') waiting?.resolve(message.exported);
    else waiting?.reject(unpackError(message.error));
  }
}

/** Dumps and loads that may be under way at the same time. */
const MOST_KEEPERS = 1_024;

const take = (key: string, leaf: number): Tensor => {
  const found = described.get(key);
  const tensor = found?.tensors[leaf];
  if (found === undefined || tensor === undefined)
    throw new TesseraError('DIVERGED', `nothing was described as ${key}`, { key });
  if (--found.left === 0) described.delete(key);
  return tensor;
};

const start = async (links: SpuLinks, job: string): Promise<void> => {
  const { duty } = links;
  const transport = await connect({
    self: duty.self,
    parties: links.parties,
    job,
    identity,
    peerIdentities: links.identities,
    configDigest: { spu: job },
    peerTimeoutMs: LOST_MS,
  });
  postToNode({ kind: 'listening', port: transport.port ?? null });
  await transport.ready();
  const control = transport.channel('control', [DRIVER]);
  let tag = 0;
  const report = (message: Report): void => {
    Promise.resolve(control.send(DRIVER, tag++, encode(message))).catch(() => {});
  };
  let handle: ((message: ToThread) => void) | undefined;
  const early: ToThread[] = [];
  let ending = false;
  const deliver = (message: ToThread): void => {
    ending ||= message.kind === 'close';
    if (handle === undefined) early.push(message);
    else if (message.kind === 'job' && message.sources !== undefined)
      handle({
        ...message,
        privates: new Map(message.sources.map(([name, key, leaf]) => [name, take(key, leaf)])),
      });
    else handle(message);
  };
  const keepers = new Keepers(deliver);
  const listen = async (): Promise<void> => {
    for (let n = 0; ; n++) {
      const message = decode(await control.recv(DRIVER, n)) as Control;
      if (message.kind === 'describe') void describe(message, duty).then(report);
      else if (message.kind === 'keeper') void keepers.obey(message).then(report);
      else deliver(message);
    }
  };
  // When the driver goes without a word, so does all that this thread is for.
  void listen().catch(() => ending || process.exit());
  await serveOver(duty, transport, {
    post: (message) => {
      if ((message.kind === 'exported' || message.kind === 'unexported') && message.number < 0)
        keepers.exported(message);
      else report(message);
    },
    listen: (h) => {
      handle = h;
      for (const message of early.splice(0)) deliver(message);
    },
    leave: () => process.exit(),
  });
};

const onMessage = (message: ToSpu): void => {
  if (message.kind === 'start') {
    start(message.links, message.job).catch((e: unknown) =>
      postToNode({ kind: 'error', error: packError(e) }),
    );
    return;
  }
  const waiting = fetching.get(message.number);
  fetching.delete(message.number);
  if (message.kind === 'fetched') waiting?.resolve(message.bytes);
  else waiting?.reject(unpackError(message.error));
};

if (node !== null) {
  node.on('message', onMessage);
  postToNode({ kind: 'prepared', identity: identityText(identity) });
}
