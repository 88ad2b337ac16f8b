/** @file What is public of a frame: names, dtypes and owners, and what may be asked of them. */
import { fail } from '../errors.ts';
import { describe, suggestion } from '../names.ts';
import type { FrameDType } from './table.ts';

export interface FrameColumn {
  readonly name: string;
  readonly dtype: FrameDType;
  /** The party that has it. */
  readonly owner: string;
}

/** Those that models take. */
export const NUMERIC: readonly FrameDType[] = ['number', 'integer', 'boolean', 'date'];

/** The columns of a frame, whose names differ. Throws INVALID_ARGUMENT. */
export class Schema {
  readonly columns: readonly FrameColumn[];

  constructor(columns: readonly FrameColumn[]) {
    const names = columns.map((c) => c.name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      fail('INVALID_ARGUMENT', `two columns are called ${JSON.stringify(twice)}: rename one`, {
        column: twice,
      });
    this.columns = columns;
  }

  /** Throws INVALID_ARGUMENT for a name that is not there, with the nearest one. */
  column(name: string): FrameColumn {
    const names = this.columns.map((c) => c.name);
    return (
      this.columns.find((c) => c.name === name) ??
      fail('INVALID_ARGUMENT', `no column ${describe(name)}: ${suggestion(String(name), names)}`, {
        column: name,
      })
    );
  }

  /** A column of numbers. Throws DTYPE for others. */
  numeric(name: string): FrameColumn {
    const c = this.column(name);
    const text = `column ${JSON.stringify(name)} holds ${c.dtype}, not numbers: onehot makes numbers of categories`;
    return NUMERIC.includes(c.dtype) ? c : fail('DTYPE', text, { column: name });
  }

  /** These columns, or all that hold numbers. */
  numbers(names: readonly string[] | undefined): FrameColumn[] {
    return names?.map((name) => this.numeric(name)) ?? this.columns.filter((c) => NUMERIC.includes(c.dtype));
  }
}
