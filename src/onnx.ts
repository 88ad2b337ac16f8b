/** @file `sf.onnx`, whose reader and rules are loaded when the first model is. */
import type { OnnxModel, OnnxOptions } from './frontends/onnx-model.ts';
import type { ProgramSource } from './frontends/program-source.ts';

export type { OnnxArray, OnnxModel, OnnxOptions } from './frontends/onnx-model.ts';

/**
 * A model as PyTorch, scikit-learn, XGBoost, LightGBM and others write it (ONNX, opsets 7 to 28), as a function over `np` of its weights and
 * its inputs, both by name; it gives its outputs by name. Weights are float tensors of more than one number, coefficients, support
 * vectors, and of trees thresholds, leaves and what is asked where; public are the graph, shapes, all integers, floats that stand alone,
 * and of trees how many there are and how many questions and leaves they have at most. So the owner's file holds `weights`, and
 * everybody has `skeleton`, of which the same function is made. Texts are places in `words`, probabilities by class an array. Throws SERIALIZATION
 * with the place in the file for what cannot be read; when the function is called, UNSUPPORTED with operation and node for what has no
 * meaning on secrets, SHAPE, DTYPE and INVALID_ARGUMENT for arguments that do not fit.
 *
 * @example
 * const bytes = Uint8Array.from(atob('CAg6NQoOCgF4CgF4EgF5IgNBZGQSAWdaDwoBeBIKCggIARIECgIIAmIPCgF5EgoKCAgBEgQKAggCQgQKABAR'), (c) => c.charCodeAt(0));
 * const model = await sf.onnx(bytes); // at the owner; everybody: await sf.onnx(model.skeleton)
 * model(model.weights, { x: [1, 2] }).y // [2, 4]
 */
export const onnx = async (source: ProgramSource, options?: OnnxOptions): Promise<OnnxModel> =>
  (await import('./frontends/onnx-model.ts')).onnx(source, options);
