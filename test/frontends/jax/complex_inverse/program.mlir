module @jit_complex_inverse attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> (tensor<4xf32> {jax.result_info = "result[0]"}, tensor<4xf32> {jax.result_info = "result[1]"}, tensor<4xf32> {jax.result_info = "result[2]"}, tensor<4xf32> {jax.result_info = "result[3]"}, tensor<4xf32> {jax.result_info = "result[4]"}, tensor<4xf32> {jax.result_info = "result[5]"}, tensor<4xf32> {jax.result_info = "result[6]"}, tensor<4xf32> {jax.result_info = "result[7]"}, tensor<4xf32> {jax.result_info = "result[8]"}, tensor<4xf32> {jax.result_info = "result[9]"}, tensor<4xf32> {jax.result_info = "result[10]"}, tensor<4xf32> {jax.result_info = "result[11]"}, tensor<4xf32> {jax.result_info = "result[12]"}, tensor<4xf32> {jax.result_info = "result[13]"}, tensor<4xf32> {jax.result_info = "result[14]"}, tensor<4xf32> {jax.result_info = "result[15]"}, tensor<4xf32> {jax.result_info = "result[16]"}, tensor<4xf32> {jax.result_info = "result[17]"}, tensor<4xf32> {jax.result_info = "result[18]"}, tensor<4xf32> {jax.result_info = "result[19]"}, tensor<4xf32> {jax.result_info = "result[20]"}, tensor<4xf32> {jax.result_info = "result[21]"}, tensor<4xf32> {jax.result_info = "result[22]"}, tensor<4xf32> {jax.result_info = "result[23]"}) {
    %0 = stablehlo.convert %arg1 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %cst = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %2 = stablehlo.multiply %1, %0 : tensor<4xcomplex<f32>>
    %3 = stablehlo.convert %arg0 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %4 = stablehlo.add %3, %2 : tensor<4xcomplex<f32>>
    %5 = chlo.asin %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %6 = chlo.acos %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %7 = chlo.atan %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %8 = chlo.asinh %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %9 = call @arccosh(%4) : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
    %10 = chlo.atanh %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %11 = stablehlo.exponential_minus_one %4 : tensor<4xcomplex<f32>>
    %12 = stablehlo.log_plus_one %4 : tensor<4xcomplex<f32>>
    %13 = stablehlo.rsqrt %4 : tensor<4xcomplex<f32>>
    %14 = stablehlo.sign %4 : tensor<4xcomplex<f32>>
    %15 = stablehlo.real %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %16 = stablehlo.imag %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %17 = stablehlo.is_finite %15 : (tensor<4xf32>) -> tensor<4xi1>
    %18 = stablehlo.compare  EQ, %15, %16,  FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %19 = stablehlo.negate %16 : tensor<4xf32>
    %20 = stablehlo.compare  EQ, %15, %19,  FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %21 = stablehlo.or %18, %20 : tensor<4xi1>
    %22 = stablehlo.and %17, %21 : tensor<4xi1>
    %23 = stablehlo.subtract %15, %16 : tensor<4xf32>
    %24 = stablehlo.add %15, %16 : tensor<4xf32>
    %25 = stablehlo.multiply %23, %24 : tensor<4xf32>
    %26 = stablehlo.multiply %15, %16 : tensor<4xf32>
    %cst_0 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %27 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %28 = stablehlo.multiply %26, %27 : tensor<4xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %29 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %30 = stablehlo.complex %29, %28 : tensor<4xcomplex<f32>>
    %31 = stablehlo.complex %25, %28 : tensor<4xcomplex<f32>>
    %32 = stablehlo.select %22, %30, %31 : tensor<4xi1>, tensor<4xcomplex<f32>>
    %33 = stablehlo.negate %4 : tensor<4xcomplex<f32>>
    %34 = stablehlo.exponential %33 : tensor<4xcomplex<f32>>
    %cst_2 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %35 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %36 = stablehlo.add %35, %34 : tensor<4xcomplex<f32>>
    %cst_3 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %37 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %38 = stablehlo.divide %37, %36 : tensor<4xcomplex<f32>>
    %39 = stablehlo.real %5 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %40 = stablehlo.imag %5 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %41 = stablehlo.real %6 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %42 = stablehlo.imag %6 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %43 = stablehlo.real %7 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %44 = stablehlo.imag %7 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %45 = stablehlo.real %8 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %46 = stablehlo.imag %8 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %47 = stablehlo.real %9 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %48 = stablehlo.imag %9 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %49 = stablehlo.real %10 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %50 = stablehlo.imag %10 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %51 = stablehlo.real %11 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %52 = stablehlo.imag %11 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %53 = stablehlo.real %12 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %54 = stablehlo.imag %12 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %55 = stablehlo.real %13 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %56 = stablehlo.imag %13 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %57 = stablehlo.real %14 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %58 = stablehlo.imag %14 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %59 = stablehlo.real %32 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %60 = stablehlo.imag %32 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %61 = stablehlo.real %38 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %62 = stablehlo.imag %38 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    return %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  func.func private @arccosh(%arg0: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
    %0 = chlo.acosh %arg0 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %1 = stablehlo.real %0 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %3 = stablehlo.compare  LT, %1, %2,  FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %4 = stablehlo.negate %0 : tensor<4xcomplex<f32>>
    %5 = call @_where(%3, %4, %0) : (tensor<4xi1>, tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
    return %5 : tensor<4xcomplex<f32>>
  }
  func.func private @_where(%arg0: tensor<4xi1>, %arg1: tensor<4xcomplex<f32>>, %arg2: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<4xi1>, tensor<4xcomplex<f32>>
    return %0 : tensor<4xcomplex<f32>>
  }
}
