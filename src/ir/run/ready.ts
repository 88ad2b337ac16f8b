/**
 * @file Nodes that may run, the one that comes first in the program first: the dealer deals in that order, so that
 * little of what it has dealt waits to be used. A binary heap.
 */

interface Item<T> {
  /** Place in the program. */
  readonly place: number;
  /** Among equal places, who came first. */
  readonly turn: number;
  readonly node: T;
}

export class Ready<T> {
  readonly #items: Item<T>[] = [];
  #turns = 0;

  add(place: number, node: T): void {
    const item = { place, turn: this.#turns++, node };
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** The first, if its place is below `limit`. */
  next(limit: number): T | undefined {
    const items = this.#items;
    const first = items[0];
    if (first === undefined || first.place >= limit) return undefined;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first.node;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first.node;
  }
}

const before = (a: Item<unknown>, b: Item<unknown>): boolean =>
  a.place < b.place || (a.place === b.place && a.turn < b.turn);
