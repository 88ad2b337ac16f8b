/** @file `sf.program`, whose readers are loaded when the first program is. */

import type { ProgramSource } from './frontends/program-source.ts';
import type { Program, ProgramOptions } from './frontends/stablehlo-program.ts';
import type { BaseArray } from './numpy/index.ts';

export type { ProgramArray } from './frontends/ports.ts';
export type { ProgramSource } from './frontends/program-source.ts';
export type { Program, ProgramEvent, ProgramOptions } from './frontends/stablehlo-program.ts';

/**
 * A program that JAX has exported, or any StableHLO in portable bytecode or text, as a function over `np`: for `spu(f)`, a call in the clear,
 * `np.grad`, `np.vmap`. The source is bytes, text, a path or a URL. Arguments and results keep the trees and names of the export; named
 * arguments are a last object. Floats are fixed-point numbers of the SPU's field; constants of the file are public. Infinite constants, and those
 * of 1e30 and more, are what they mean as starts and padding of reductions, as bounds and in comparisons; elsewhere they count as 2^30 with
 * their sign where they meet secrets, whose size is to stay below that there. Throws SERIALIZATION with
 * the place in the file for what cannot be read; when the function is called, UNSUPPORTED with operation and place for what has no meaning on
 * secrets, SHAPE and DTYPE for arguments that do not fit.
 *
 * @example
 * const f = await sf.program(`module {
 *   func.func public \u0040main(%arg0: tensor<3xf32>) -> tensor<3xf32> {
 *     %0 = stablehlo.add %arg0, %arg0 : tensor<3xf32>
 *     return %0 : tensor<3xf32>
 *   }
 * }`);
 * f([1, 2, 3]); // [2, 4, 6]
 */
export const program = async <R = BaseArray>(
  source: ProgramSource,
  options?: ProgramOptions,
): Promise<Program<R>> => (await import('./frontends/stablehlo-program.ts')).program<R>(source, options);
