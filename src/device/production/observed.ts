/** @file What a party or a dealer in production tells who runs it, where it is asked to: its health, and its figures. */
import { BUILD } from '../../build.ts';
import type { TesseraError } from '../../errors.ts';
import { figure, type Health, type Metric, type Observable } from '../../link/metrics.ts';
import { type MetricsServer, serveMetrics } from '../../link/metrics-server.ts';
import type { PeerEvent } from '../../link/report.ts';
import type { SessionFigures } from '../mode.ts';
import type { SpuStats } from '../profile.ts';
import type { Production } from './production-options.ts';

const THERE: readonly PeerEvent['state'][] = ['up', 'resumed'];

/** Figures of SPUs, one for each. */
const ofSpus = (spus: readonly SpuStats[]): Metric[] => {
  const each = (value: (s: SpuStats) => number): Metric['values'] =>
    spus.map((s, i) => [{ spu: String(i), parties: s.parties.join(' ') }, value(s)]);
  const counter = (name: string, help: string, value: (s: SpuStats) => number): Metric => ({
    name: `tessera_spu_${name}`,
    help,
    type: 'counter',
    values: each(value),
  });
  const byParty = (of: (s: SpuStats) => Readonly<Record<string, number>>): Metric['values'] =>
    spus.flatMap((s, i) =>
      Object.entries(of(s)).map(([party, n]) => [{ spu: String(i), party }, n] as const),
    );
  return [
    counter('programs_total', 'Programs that were run.', (s) => s.jobs),
    counter('rounds_total', 'Rounds of messages.', (s) => s.rounds),
    counter('dealt_bytes_total', 'Bytes of randomness that the first party was dealt.', (s) => s.dealerBytes),
    counter('busy_seconds_total', 'Seconds in which programs ran.', (s) => s.ms / 1000),
    {
      name: 'tessera_spu_sent_bytes_total',
      help: 'Bytes sent to the other parties.',
      type: 'counter',
      values: byParty((s) => s.bytes),
    },
    {
      name: 'tessera_spu_peak_memory_bytes',
      help: 'The most memory that arrays took.',
      type: 'gauge',
      values: byParty((s) => s.peakMemory),
    },
  ];
};

export class Observed implements Observable {
  readonly #o: Production;
  readonly #role: 'party' | 'dealer';
  readonly #peers: Map<string, PeerEvent['state']>;
  #session: (() => SessionFigures) | undefined;
  #more: () => readonly Metric[] = () => [];
  #failure: TesseraError | undefined;
  #server: MetricsServer | undefined;

  private constructor(o: Production, role: 'party' | 'dealer') {
    this.#o = o;
    this.#role = role;
    const others = Object.keys(o.addresses).filter((name) => name !== o.self);
    this.#peers = new Map(others.map((name) => [name, 'waiting']));
  }

  /** Undefined where nobody wants to know. */
  static async open(o: Production, role: 'party' | 'dealer'): Promise<Observed | undefined> {
    if (o.metrics === undefined) return undefined;
    const seen = new Observed(o, role);
    seen.#server = await serveMetrics(o.metrics, seen);
    return seen;
  }

  /** The options under which it hears of the other parties. */
  get options(): Production {
    const { onPeer } = this.#o;
    return {
      ...this.#o,
      onPeer: (event) => {
        this.#peers.set(event.party, event.state);
        onPeer?.(event);
      },
    };
  }

  /** Where figures come from beside peers. */
  session(figures: () => SessionFigures): void {
    this.#session = figures;
  }

  also(metrics: () => readonly Metric[]): void {
    this.#more = metrics;
  }

  failed(error: TesseraError): void {
    this.#failure ??= error;
  }

  close(): Promise<void> {
    return this.#server?.close() ?? Promise.resolve();
  }

  health(): Health {
    if (this.#failure) return { status: 'failed', why: this.#failure.code };
    const missing = [...this.#peers].flatMap(([party, state]) => (THERE.includes(state) ? [] : [party]));
    return missing.length === 0 ? { status: 'ok' } : { status: 'waiting', why: `for ${missing.join(', ')}` };
  }

  metrics(): readonly Metric[] {
    const session = this.#session?.();
    return [
      {
        name: 'tessera_info',
        help: 'Which program this is.',
        type: 'gauge',
        values: [[{ version: BUILD.version, role: this.#role, name: this.#o.self, job: this.#o.job }, 1]],
      },
      figure('tessera_failed', '1 when it cannot go on.', 'gauge', this.#failure ? 1 : 0),
      {
        name: 'tessera_peer_connected',
        help: '1 for a party that is connected.',
        type: 'gauge',
        values: [...this.#peers].map(([peer, state]) => [{ peer }, THERE.includes(state) ? 1 : 0]),
      },
      figure('tessera_resident_memory_bytes', 'Memory of the process.', 'gauge', process.memoryUsage.rss()),
      ...(session
        ? [
            figure('tessera_operations_total', 'Calls on devices.', 'counter', session.ops),
            ...ofSpus(session.spus),
          ]
        : []),
      ...this.#more(),
    ];
  }
}
