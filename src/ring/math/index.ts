/**
 * @file Mathematics that is the same on every engine, to the last bit: made of +, -, *, /, square roots and operations on the bits
 * of float64 alone, all of which ECMAScript defines exactly, where it leaves Math.exp, Math.sin, `**` and their kin to the engine
 * and these differ. Public values, coefficients and weights of functions are computed with it, so that parties and dealers on
 * different runtimes mean the same numbers.
 *
 * Errors are below 0.52 units in the last place; 0.6 for hyperbolic functions, 0.75 for sin, cos and tan, 1 for atan, 2 for erf
 * and what follows. A result below 2^-1022 is off by up to one of its coarser units. NaN, infinities and -0 are as in C and NumPy.
 */
export { acos, asin, atan, atan2 } from './arcs.ts';
export { cos, sin, tan } from './circle.ts';
export { exp, expm1 } from './exponential.ts';
export { acosh, asinh, atanh, cosh, sinh, tanh } from './hyperbolic.ts';
export { log, log1p, log2, log10 } from './logarithm.ts';
export { pow, pow2 } from './power.ts';
export { cbrt, hypot } from './roots.ts';
export { arccosRest, erf, gelu, geluTanh, mish, sigmoid, silu, softplus } from './smooth.ts';
