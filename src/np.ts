/** @file `np` as the package gives it: the functions of src/numpy by their names, and its types. */
import * as functions from './numpy/index.ts';
import { named } from './numpy/named.ts';

/** What programs are written with, shaped like jax.numpy. An unknown name is an error that says the nearest known one. */
export const np: typeof functions = named('np', functions);

/** The types of `np`. */
export namespace np {
  export type ArrayInput = functions.ArrayInput;
  export type Axis = functions.Axis;
  export type BaseArray = functions.BaseArray;
  export type BincountOptions = functions.BincountOptions;
  export type Carry<T> = functions.Carry<T>;
  export type CarryResult<T> = functions.CarryResult<T>;
  export type CovOptions = functions.CovOptions;
  export type GradOptions = functions.GradOptions;
  export type GroupVarOptions = functions.GroupVarOptions;
  export type HistogramOptions = functions.HistogramOptions;
  export type ManyHistogramOptions = functions.ManyHistogramOptions;
  export type MappedAxis = functions.MappedAxis;
  export type NDArray = functions.NDArray;
  export type NestedNumbers = functions.NestedNumbers;
  export type ScanOptions = functions.ScanOptions;
  export type ShapeInput = functions.ShapeInput;
  export type SizeOptions = functions.SizeOptions;
  export type SliceSpec = functions.SliceSpec;
  export type WhileOptions = functions.WhileOptions;
}
