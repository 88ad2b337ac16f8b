/**
 * @file Options of `secretflow.init` that mean nothing here, or something else: the same in all modes. What has a meaning is honoured;
 * anything else is UNSUPPORTED and says what to use.
 */
import { custom, flag, instance, isFunction, type Optional, optional, text } from '../config/schema.ts';
import { fail } from '../errors.ts';
import { describe } from '../names.ts';

/** Null, or one of `accepted`. */
const nothingBut = (instead: string, accepted: readonly unknown[]) =>
  custom<unknown>(accepted.length > 0 ? { enum: [...accepted, null] } : { type: 'null' }, (value) =>
    accepted.includes(value) || value === null
      ? value
      : fail('UNSUPPORTED', `${describe(value)} is not supported: ${instead}`),
  );

/** An option that may be left out, null, or one of `accepted`. */
export const unused = (instead: string, ...accepted: readonly unknown[]): Optional<unknown, unknown> =>
  optional(nothingBut(instead, accepted));

const THREADS = 'max_concurrency in runtime_config says how many threads a party has';
const NO_TEE = 'there is no TEE: an SPU computes what no party may see';
const SOCKETS = 'parties talk over WebSockets: leave it out';
const RETRIES = 'crossSilo.peerTimeoutMs says how long a party may be gone';

/** Of `sf.init`, in every mode. */
export const UPSTREAM = {
  /** Parties talk over WebSockets: there is nothing to choose. */
  crossSiloCommBackend: unused(SOCKETS),
  /** There is no Ray: `false` says so. */
  rayMode: unused('there is no Ray: `tessera start` makes clusters for simulation', false),
  enableWaitingForOtherPartiesReady: unused(
    'crossSilo.readyTimeoutMs says how long sf.init waits for the others',
    true,
  ),
  numCpus: unused(THREADS),
  numGpus: unused('there is no GPU to share', 0),
  ompNumThreads: unused(THREADS),
  debugMode: unused('check: true runs float64 beside a simulation', false),
  authManagerConfig: unused(NO_TEE),
  teeSimulation: unused(NO_TEE, false),
  partyKeyPair: unused("a party's keys are in identity and tls_config"),
  /** Accepted: what parties print is printed. */
  logToDriver: optional(flag, true),
};

/** Called with why the session cannot go on, where it cannot. */
export type FailureHandler = (error: Error) => void;

const failureHandler = instance<FailureHandler>(isFunction, 'a function');

/** Of `cross_silo_comm_options`, in production. */
export const UPSTREAM_CROSS_SILO = {
  /** The process ends with code 1 when the session cannot go on (a party is lost, programs differ). */
  exitOnSendingFailure: optional(flag, false, [
    'exit_on_failure_cross_silo_sending',
    'exitOnFailureCrossSiloSending',
  ]),
  /** Hears why the session cannot go on; before the process ends, if it is to. */
  sendingFailureHandler: optional(failureHandler),
  continueWaitingForDataOnError: optional(
    nothingBut('a failure is told to all parties; catch it where it is revealed', [false]),
    undefined,
    ['continue_waiting_for_data_sending_on_error', 'continueWaitingForDataSendingOnError'],
  ),
  useGlobalProxy: unused(SOCKETS),
  proxyMaxRestarts: unused(RETRIES),
  maxConcurrency: unused(THREADS),
  grpcRetryPolicy: unused(RETRIES),
  grpcChannelOptions: unused('there is no gRPC: crossSilo.maxMessageBytes limits messages'),
};

/** A job's name means something between programs alone: in a simulation there is one. */
export const UNUSED_JOB = { jobName: optional(text) };
