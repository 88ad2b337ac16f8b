/** @file A party's side of checkpoints, where its engine's shares are in this process. */
import { fail } from '../errors.ts';
import type { Exported } from '../ir/run/export.ts';
import type { FileHeader, Keeper, PartyFiles, Taken } from './mode.ts';

export class LocalKeeper implements Keeper {
  readonly #files: PartyFiles;
  readonly #export: (ids: readonly number[]) => Promise<Exported>;
  #taken: readonly Uint8Array[] | undefined;
  #read: readonly Uint8Array[] = [];

  constructor(files: PartyFiles, exporting: (ids: readonly number[]) => Promise<Exported>) {
    this.#files = files;
    this.#export = exporting;
  }

  get shares(): readonly Uint8Array[] {
    return this.#read;
  }

  list = (path: string) => this.#files.list(path);
  keep = (path: string, file: string) => this.#files.keep(path, file);
  discard = (file: string) => this.#files.discard(file);

  async take(ids: readonly number[]): Promise<Taken> {
    const { id, shares } = await this.#export(ids);
    this.#taken = shares.filter((s) => s instanceof Uint8Array);
    return { id, publics: shares.flatMap((s, i) => (s instanceof Uint8Array ? [] : [[i, s] as const])) };
  }

  async write(path: string, sequence: number, header: FileHeader, common: Uint8Array): Promise<string> {
    if (this.#taken === undefined)
      return fail('CONFIG', `${path}: there is nothing to write: no shares were taken`, { path });
    return this.#files.write(path, sequence, header, [common, ...this.#taken]);
  }

  async read(file: string) {
    const { header, records } = await this.#files.read(file);
    const [common = new Uint8Array(), ...shares] = records;
    this.#read = shares;
    return { header, common };
  }
}
