/**
 * @file The functions that jax.numpy and its neighbours offer (jax 0.10.2: public callables, without dtypes, printing and
 * internals). FEATURES.md says of each whether `np` has it, by looking.
 */

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const JAX: Readonly<Record<'numpy' | 'linalg' | 'nn' | 'random', readonly string[]>> = {
  numpy: list(`
abs absolute acos acosh add all allclose amax amin angle any append apply_along_axis apply_over_axes arange
arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort argwhere around array
array_equal array_equiv array_split asarray asin asinh astype atan atan2 atanh atleast_1d atleast_2d
atleast_3d average bartlett bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not
bitwise_or bitwise_right_shift bitwise_xor blackman block bool broadcast_arrays broadcast_shapes broadcast_to
can_cast cbrt ceil choose clip column_stack compress concat concatenate conj conjugate convolve copy copysign
corrcoef correlate cos cosh count_nonzero cov cross cumprod cumsum cumulative_prod cumulative_sum deg2rad
degrees delete diag diag_indices diag_indices_from diagflat diagonal diff digitize divide divmod dot dsplit
dstack ediff1d einsum einsum_path empty empty_like equal exp exp2 expand_dims expm1 extract eye fabs
fill_diagonal flatnonzero flip fliplr flipud float_power floor floor_divide fmax fmin fmod frexp from_dlpack
frombuffer fromfile fromfunction fromiter frompyfunc fromstring full full_like gcd geomspace gradient greater
greater_equal hamming hanning heaviside histogram histogram2d histogram_bin_edges histogramdd hsplit hstack
hypot i0 identity imag indices inner insert interp intersect1d invert isclose iscomplex iscomplexobj isdtype
isfinite isin isinf isnan isneginf isposinf isreal isrealobj isscalar issubdtype iterable ix_ kaiser kron lcm
ldexp left_shift less less_equal lexsort linspace load log log10 log1p log2 logaddexp logaddexp2 logical_and
logical_not logical_or logical_xor logspace mask_indices matmul matrix_transpose matvec max maximum mean
median meshgrid min minimum mod modf moveaxis multiply nan_to_num nanargmax nanargmin nancumprod nancumsum
nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative nextafter
nonzero not_equal ones ones_like outer packbits pad partition percentile permute_dims piecewise place poly
polyadd polyder polydiv polyfit polyint polymul polysub polyval positive pow power prod promote_types ptp put
put_along_axis quantile rad2deg radians ravel ravel_multi_index real reciprocal remainder repeat reshape
resize result_type right_shift rint roll rollaxis roots rot90 round save savez searchsorted select setdiff1d
setxor1d shape sign signbit sin sinc sinh size sort sort_complex spacing split sqrt square squeeze stack std
subtract sum swapaxes take take_along_axis tan tanh tensordot tile trace transpose trapezoid tri tril
tril_indices tril_indices_from trim_zeros triu triu_indices triu_indices_from true_divide trunc union1d unique
unique_all unique_counts unique_inverse unique_values unpackbits unravel_index unstack unwrap vander var vdot
vecdot vecmat vectorize vsplit vstack where zeros zeros_like`),
  linalg: list(`
cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv
tensorsolve trace vecdot vector_norm`),
  nn: list(`
celu dot_product_attention elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu
log1mexp log_sigmoid log_softmax logmeanexp logsumexp mish one_hot relu relu6 scaled_dot_general scaled_matmul
selu sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus standardize swish tanh`),
  random: list(`
PRNGKey ball bernoulli beta binomial bits categorical cauchy chisquare choice dirichlet double_sided_maxwell
exponential f fold_in gamma generalized_normal geometric gumbel key laplace loggamma logistic lognormal
maxwell multinomial multivariate_normal normal orthogonal pareto permutation poisson rademacher randint
rayleigh split t triangular truncated_normal uniform wald weibull_min`),
};
