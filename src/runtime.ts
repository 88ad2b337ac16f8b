/**
 * @file All that differs between platforms, and how each is held to it by the compiler. `imports` of package.json chooses among
 * the implementations by condition: `node` and `deno`, or `browser` and `worker`.
 */
import type { ClusterEntry } from './cluster/cluster-entry.ts';
import type { DeviceRuntime } from './device/device-runtime.ts';
import type { MakingEntry } from './ir/run/engine-material.ts';
import type { AnswerEntry } from './link/answers.ts';
import type { Curves } from './link/curves.ts';
import type { SocketHost } from './link/sockets.ts';
import type { KernelHost } from './ring/kernel-host.ts';

/** By the names under which modules import them. */
export interface Runtime {
  readonly '#kernel-host': KernelHost;
  readonly '#curves': Curves;
  readonly '#sockets': SocketHost;
  readonly '#device-runtime': DeviceRuntime;
  readonly '#cluster': ClusterEntry;
  readonly '#making': MakingEntry;
  readonly '#answers': AnswerEntry;
}

type Implements<R extends Runtime> = R;

/** Node and Deno. */
export type ServerRuntime = Implements<{
  '#kernel-host': typeof import('./ring/node-kernel-host.ts');
  '#curves': typeof import('./link/node-curves.ts');
  '#sockets': typeof import('./link/node-sockets.ts');
  '#device-runtime': typeof import('./device/node-runtime.ts');
  '#cluster': typeof import('./cluster/entry.ts');
  '#making': typeof import('./ir/run/together.ts');
  '#answers': typeof import('./link/answer-server.ts');
}>;

/** Pages and their workers. */
export type BrowserRuntime = Implements<{
  '#kernel-host': typeof import('./ring/browser-kernel-host.ts');
  '#curves': typeof import('./link/browser-curves.ts');
  '#sockets': typeof import('./link/browser-sockets.ts');
  '#device-runtime': typeof import('./browser/page-runtime.ts');
  '#cluster': typeof import('./browser/no-cluster.ts');
  '#making': typeof import('./browser/no-making.ts');
  '#answers': typeof import('./browser/no-answers.ts');
}>;
