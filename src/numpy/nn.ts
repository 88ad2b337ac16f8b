/**
 * @file np.nn: activations, losses that start from logits, and layers. Shaped like jax.nn; written so that nothing
 * overflows a fixed-point number and no loss needs the logarithm or the inverse of a probability. Errors are below 2^-20 at FM128
 * and 2^-12 at FM64, relative above 1 and absolute below, for any x, unless a line says otherwise (test/numpy/ranges.ts).
 */
export {
  celu,
  elu,
  gelu,
  glu,
  hardSigmoid,
  hardSigmoid as hard_sigmoid,
  hardSilu,
  hardSilu as hard_silu,
  hardSwish,
  hardSwish as hard_swish,
  hardTanh,
  hardTanh as hard_tanh,
  identity,
  leakyRelu,
  leakyRelu as leaky_relu,
  log1mexp,
  logSigmoid,
  logSigmoid as log_sigmoid,
  mish,
  relu,
  relu6,
  selu,
  silu,
  softplus,
  softSign,
  softSign as soft_sign,
  sparsePlus,
  sparsePlus as sparse_plus,
  sparseSigmoid,
  sparseSigmoid as sparse_sigmoid,
  squareplus,
  swish,
} from './activations.ts';
export {
  type AttentionOptions,
  dotProductAttention,
  dotProductAttention as dot_product_attention,
} from './attention.ts';
export {
  avgPool,
  avgPool as avg_pool,
  conv,
  conv1d,
  conv2d,
  maxPool,
  maxPool as max_pool,
} from './convolution.ts';
export { sigmoid, tanh } from './elementwise.ts';
export {
  layerNorm,
  layerNorm as layer_norm,
  logmeanexp,
  logSoftmax,
  logSoftmax as log_softmax,
  logsumexp,
  type NormOptions,
  type StandardizeOptions,
  sigmoidCrossEntropy,
  sigmoidCrossEntropy as sigmoid_cross_entropy,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropy as softmax_cross_entropy,
  softmaxCrossEntropyWithIntegerLabels,
  softmaxCrossEntropyWithIntegerLabels as softmax_cross_entropy_with_integer_labels,
  standardize,
} from './normalizing.ts';
export { oneHot, oneHot as one_hot } from './statistics.ts';
