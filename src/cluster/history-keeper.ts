/** @file The oldest node of a cluster keeps its history, so that who looks later sees what was before. */

import { HISTORY, History, readMoments } from './history.ts';
import type { Members } from './members.ts';
import type { Engine } from './message-engine.ts';

const LOOK_MS = 2_000;
/** It is written down with every so many looks. */
const LOOKS = 4;

/** What has been kept so far. */
export const keptHistory = async ({ kv }: Engine): Promise<ReturnType<typeof readMoments>> => {
  const entry = await kv.get(HISTORY);
  return entry?.operation === 'PUT' ? readMoments(entry.string()) : [];
};

export class HistoryKeeper {
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #node: string;
  readonly #timer: NodeJS.Timeout;
  #history: History | undefined;
  #looks = 0;
  #looking = false;

  constructor(engine: Engine, members: Members, node: string) {
    this.#engine = engine;
    this.#members = members;
    this.#node = node;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  /** While the engine is away there is nothing to see. */
  async #look(): Promise<void> {
    const { nodes, drivers, tags } = this.#members;
    const [oldest] = nodes.sort((a, b) => a.started - b.started || (a.id < b.id ? -1 : 1));
    if (this.#looking) return;
    if (oldest?.id !== this.#node) {
      this.#history = undefined;
      return;
    }
    this.#looking = true;
    try {
      this.#history ??= new History(await keptHistory(this.#engine));
      const queues = await Promise.all(tags.map((tag) => this.#engine.depth(tag)));
      this.#history.add({ at: Date.now(), nodes, drivers, queues });
      if (this.#looks++ % LOOKS === 0)
        await this.#engine.kv.put(HISTORY, JSON.stringify(this.#history.moments));
    } catch {
      // The next look tries again.
    } finally {
      this.#looking = false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
