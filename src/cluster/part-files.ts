/**
 * @file A party's parts of checkpoints on its node's disk, as its program orders them: below the node's folder, and nothing but
 * parts. Shares go from the party's engine to the disk and back; the program hears what is public of them.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { filesOf } from '#device-runtime';
import { secretsOf, tensorsOf, unpackCommon } from '../device/checkpoint-part.ts';
import { LocalKeeper } from '../device/keeper.ts';
import type { FileHeader, Keeper } from '../device/mode.ts';
import { fail } from '../errors.ts';
import type { Tensor } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';

/** What a program orders, in the place of a keeper's methods. */
export type KeeperOrder =
  | { readonly does: 'list'; readonly path: string }
  | { readonly does: 'take'; readonly ids: readonly number[] }
  | {
      readonly does: 'write';
      readonly path: string;
      readonly sequence: number;
      readonly header: FileHeader;
      readonly common: Uint8Array;
    }
  | { readonly does: 'keep'; readonly path: string; readonly file: string }
  | { readonly does: 'discard'; readonly file: string }
  | { readonly does: 'read'; readonly file: string; readonly key: string };

/** A file that has not taken its place yet. */
const NEW = /\.\d{1,15}\.new$/;

/** Where `path` is, if its folder is below `root`, by its real name. Throws CONFIG where it is not. */
export const placeBelow = (root: string, path: string): string => {
  const wanted = resolve(root, path);
  let folder: string;
  try {
    folder = realpathSync(dirname(wanted));
  } catch (e) {
    return fail('CONFIG', `${path}: its folder cannot be opened (${(e as NodeJS.ErrnoException).code})`, {
      path,
    });
  }
  if (folder !== root && !folder.startsWith(root + sep))
    fail(
      'CONFIG',
      `${path} is not below the node's folder ${root}: files that it writes are, and their paths are seen from there`,
      { path, root },
    );
  return join(folder, basename(wanted));
};

export interface PartFilesOptions {
  readonly root: string;
  readonly storageKey: string;
  exporting(ids: readonly number[]): Promise<Exported>;
  /** Holds what the next job of this key puts in. */
  hold(key: string, tensors: Tensor[]): void;
}

/** Does what is ordered. */
export class PartFiles {
  readonly #o: PartFilesOptions;
  readonly #keeper: LocalKeeper;

  constructor(o: PartFilesOptions) {
    this.#o = o;
    const files = filesOf({ identity: undefined, storageKey: o.storageKey });
    this.#keeper = new LocalKeeper(files, (ids) => o.exporting(ids));
  }

  async obey(order: KeeperOrder): Promise<unknown> {
    return this.#does[order.does](order as never);
  }

  #at = (path: string): string => placeBelow(this.#o.root, path);

  /** A part of `path` that is not in its place. */
  #part(file: string): string {
    const place = this.#at(file);
    return NEW.test(place) ? place : fail('CONFIG', `${file} is no part of a dump`, { path: file });
  }

  readonly #does: { readonly [K in KeeperOrder['does']]: (o: KeeperOrder & { does: K }) => unknown } = {
    list: ({ path }) => this.#keeper.list(this.#at(path)),
    take: ({ ids }) => this.#keeper.take(ids),
    write: ({ path, sequence, header, common }) =>
      Number.isSafeInteger(sequence) && sequence > 0
        ? this.#keeper.write(this.#at(path), sequence, header, common)
        : fail('CONFIG', `${path}: ${sequence} is no number of a dump`, { path }),
    keep: ({ path, file }) => this.#keeper.keep(this.#at(path), this.#part(file)),
    discard: ({ file }) => this.#keeper.discard(this.#part(file)),
    read: async ({ file, key }) => {
      const read = await this.#keeper.read(this.#at(file));
      const common = unpackCommon(read.common);
      const { shares } = this.#keeper;
      if (shares.length !== secretsOf(common).length) fail('CONFIG', `${file}: is damaged`, { path: file });
      this.#o.hold(key, tensorsOf(common, shares));
      return read;
    },
  };
}

/** A keeper whose work is done at the party's node: `order` sends there, and resolves with what comes back. */
export class RemoteKeeper implements Keeper {
  readonly shares: string;
  readonly #order: (order: KeeperOrder) => Promise<unknown>;

  constructor(key: string, order: (order: KeeperOrder) => Promise<unknown>) {
    this.shares = key;
    this.#order = order;
  }

  list = (path: string) => this.#order({ does: 'list', path }) as ReturnType<Keeper['list']>;
  take = (ids: readonly number[]) => this.#order({ does: 'take', ids }) as ReturnType<Keeper['take']>;
  write = (path: string, sequence: number, header: FileHeader, common: Uint8Array) =>
    this.#order({ does: 'write', path, sequence, header, common }) as ReturnType<Keeper['write']>;
  keep = async (path: string, file: string): Promise<void> => {
    await this.#order({ does: 'keep', path, file });
  };
  discard = async (file: string): Promise<void> => {
    await this.#order({ does: 'discard', file });
  };
  read = (file: string) =>
    this.#order({ does: 'read', file, key: this.shares }) as ReturnType<Keeper['read']>;
}
