/** @file `sf.frame`, which is loaded when the first table is read. */
import { currentSession } from './device/default-session.ts';
import { DeviceObject } from './device/objects.ts';
import type { Session } from './device/session.ts';
import type { Frame, FrameOptions, RowFrame } from './frame/index.ts';

export type { Aggregate, Frame, FrameColumn, FrameOptions, RowFrame } from './frame/index.ts';

/**
 * Tables of several parties, put side by side: `data` has a handle of each party's table, which is CSV (text or UTF-8 bytes), a list of objects or an object of
 * columns, and stays there in the clear. Everybody learns names, dtypes and the number of rows, and nothing else. With { on: 'id' } rows are those whose identifiers in that column both parties have, found by sf.psi, which says
 * what that shows, in the order of these texts. With { apart: 'rows' } parties have rows of their own with the same columns, and the result is a RowFrame. Tables are read from
 * Parquet (npm packages hyparquet and hyparquet-compressors) and Arrow (@uwdata/flechette) too, where these are installed. Options: on, rows (as sf.psi gives
 * them), apart, dtypes by column (number, integer,
 * boolean, category, text, date; found unless said), separator (found), decimal ('.' or ','), missing (texts that stand for nothing). Rejects with INVALID_ARGUMENT, with
 * column and row, for what is no such table, SHAPE where parties have different numbers of rows.
 * @example
 * const f = await sf.frame({ alice: sf.to(alice, 'age,city\n30,Rome\n40,Bonn\n'), bob: sf.to(bob, [{ paid: 1 }, { paid: 0 }]) });
 * f.columns.map((c) => `${c.name} of ${c.owner}`) // ['age of alice', 'city of alice', 'paid of bob']
 */
export function frame(
  data: Readonly<Record<string, unknown>>,
  options: FrameOptions & { readonly apart: 'rows' },
): Promise<RowFrame>;
export function frame(data: Readonly<Record<string, unknown>>, options?: FrameOptions): Promise<Frame>;
export async function frame(
  data: Readonly<Record<string, unknown>>,
  options?: FrameOptions,
): Promise<Frame | RowFrame> {
  const given = Object.values(data ?? {}).find((x) => x instanceof DeviceObject);
  const session = (given?.device.session as Session | undefined) ?? currentSession();
  return (await import('./frame/index.ts')).frame(session, data, options);
}
