/**
 * @file What devices need of the platform: threads, links, engines, lowering, files, and notice of the program's end.
 * `#device-runtime` is the implementation for the platform at hand.
 */
import type { TesseraError } from '../errors.ts';
import type { OpGraph } from '../ir/ops/program.ts';
import type { Metric } from '../link/metrics.ts';
import type { PortLike } from '../link/port.ts';
import type { WebSocketTransport } from '../link/websocket.ts';
import type { LoweredProgram, LoweringOptions } from './lower-program.ts';
import type { Duty, FromThread, ToThread } from './messages.ts';
import type { PartyFiles, SessionFigures } from './mode.ts';
import type { Production } from './production/production-options.ts';
import type { NodeOptions, PartyNode } from './production/spu-node.ts';
import type { openStored } from './production/stored/stored-source.ts';

/** A thread, seen from the driver. */
export interface RunningThread {
  /** Resolves when it has ended. */
  readonly exited: Promise<void>;
  post(message: ToThread): void;
  /** Is the program kept from ending while the thread runs? */
  hold(on: boolean): void;
  terminate(): Promise<unknown>;
}

export interface ThreadEvents {
  message(message: FromThread): void;
  /** The thread threw what nobody caught, or could not be started. */
  error(error: unknown): void;
  exit(code: number): void;
}

/** Health and figures of a party, for who runs it. */
export interface Observation {
  /** The options under which it hears of the other parties. */
  readonly options: Production;
  session(figures: () => SessionFigures): void;
  also(metrics: () => readonly Metric[]): void;
  failed(error: TesseraError): void;
  close(): Promise<void>;
}

export interface DeviceRuntime {
  portPair(): readonly [PortLike, PortLike];
  /** Starts a thread that does its duty (serve.ts); the ports go over to it. */
  startThread(duty: Duty, ports: ReadonlyMap<string, PortLike>, events: ThreadEvents): RunningThread;
  /** Passes and lowering; what they throw, this rejects with. */
  lowerProgram(graph: OpGraph, options: LoweringOptions): Promise<LoweredProgram>;
  /** Offers health and figures where the options ask for them; undefined where they do not. */
  observed(o: Production, role: 'party' | 'dealer'): Promise<Observation | undefined>;
  /** Connects to the other parties. Rejects with one table of who is missing and why. */
  openLinks(o: Production): Promise<WebSocketTransport>;
  /** This party's engine of an SPU in production. */
  startNode(options: NodeOptions): PartyNode;
  /** Files that only this party can read. */
  filesOf(o: Pick<Production, 'identity' | 'storageKey'>): PartyFiles;
  /** Writes a file of the user's; a page has none. `mode`: of a file that is for its owner, which a page refuses to write. */
  writeFile(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  /** The options with identities as texts, which may stand in files of their own. */
  withIdentities(o: Production): Production;
  /** A TCP port that nobody has at the moment. */
  freePort(): Promise<number>;
  /** Stored material, in place of a dealer. */
  readonly openStored: (...args: Parameters<typeof openStored>) => ReturnType<typeof openStored>;
  /** Calls `listener` when the program is stopped from outside. Returns what takes it off again. */
  onEnd(listener: (why: string) => void): () => void;
  /** Calls `end` when the program has nothing left to do. Returns what takes it off again. */
  onEmpty(end: () => Promise<void>): () => void;
}
