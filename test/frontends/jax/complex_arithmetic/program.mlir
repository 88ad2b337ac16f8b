module @jit_complex_arithmetic attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> (tensor<4xf32> {jax.result_info = "result[0]"}, tensor<4xf32> {jax.result_info = "result[1]"}, tensor<4xf32> {jax.result_info = "result[2]"}, tensor<4xf32> {jax.result_info = "result[3]"}, tensor<4xf32> {jax.result_info = "result[4]"}, tensor<4xf32> {jax.result_info = "result[5]"}, tensor<4xf32> {jax.result_info = "result[6]"}, tensor<4xf32> {jax.result_info = "result[7]"}, tensor<4xf32> {jax.result_info = "result[8]"}, tensor<4xf32> {jax.result_info = "result[9]"}, tensor<4xf32> {jax.result_info = "result[10]"}, tensor<4xf32> {jax.result_info = "result[11]"}, tensor<4xf32> {jax.result_info = "result[12]"}, tensor<4xf32> {jax.result_info = "result[13]"}, tensor<4xf32> {jax.result_info = "result[14]"}, tensor<4xf32> {jax.result_info = "result[15]"}, tensor<4xf32> {jax.result_info = "result[16]"}, tensor<4xf32> {jax.result_info = "result[17]"}, tensor<4xf32> {jax.result_info = "result[18]"}, tensor<4xf32> {jax.result_info = "result[19]"}, tensor<4xf32> {jax.result_info = "result[20]"}, tensor<4xf32> {jax.result_info = "result[21]"}, tensor<4xf32> {jax.result_info = "result[22]"}, tensor<4xf32> {jax.result_info = "result[23]"}, tensor<4xf32> {jax.result_info = "result[24]"}, tensor<4xf32> {jax.result_info = "result[25]"}, tensor<4xf32> {jax.result_info = "result[26]"}, tensor<4xf32> {jax.result_info = "result[27]"}, tensor<4xf32> {jax.result_info = "result[28]"}, tensor<4xf32> {jax.result_info = "result[29]"}, tensor<4xf32> {jax.result_info = "result[30]"}, tensor<4xf32> {jax.result_info = "result[31]"}, tensor<4xf32> {jax.result_info = "result[32]"}, tensor<4xf32> {jax.result_info = "result[33]"}, tensor<4xf32> {jax.result_info = "result[34]"}, tensor<4xf32> {jax.result_info = "result[35]"}, tensor<4xf32> {jax.result_info = "result[36]"}, tensor<4xf32> {jax.result_info = "result[37]"}, tensor<4xf32> {jax.result_info = "result[38]"}, tensor<4xf32> {jax.result_info = "result[39]"}, tensor<4xf32> {jax.result_info = "result[40]"}, tensor<4xf32> {jax.result_info = "result[41]"}, tensor<4xi1> {jax.result_info = "result[42]"}, tensor<4xi1> {jax.result_info = "result[43]"}) {
    %0 = stablehlo.convert %arg1 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %cst = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %2 = stablehlo.multiply %1, %0 : tensor<4xcomplex<f32>>
    %3 = stablehlo.convert %arg0 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %4 = stablehlo.add %3, %2 : tensor<4xcomplex<f32>>
    %5 = stablehlo.convert %arg0 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %cst_0 = stablehlo.constant dense<(0.000000e+00,2.000000e+00)> : tensor<complex<f32>>
    %6 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %7 = stablehlo.multiply %6, %5 : tensor<4xcomplex<f32>>
    %8 = stablehlo.convert %arg1 : (tensor<4xf32>) -> tensor<4xcomplex<f32>>
    %9 = stablehlo.subtract %8, %7 : tensor<4xcomplex<f32>>
    %cst_1 = stablehlo.constant dense<(5.000000e-01,0.000000e+00)> : tensor<complex<f32>>
    %10 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %11 = stablehlo.add %9, %10 : tensor<4xcomplex<f32>>
    %12 = stablehlo.multiply %4, %11 : tensor<4xcomplex<f32>>
    %13 = stablehlo.divide %4, %11 : tensor<4xcomplex<f32>>
    %14 = stablehlo.add %4, %11 : tensor<4xcomplex<f32>>
    %15 = stablehlo.subtract %4, %11 : tensor<4xcomplex<f32>>
    %16 = stablehlo.negate %4 : tensor<4xcomplex<f32>>
    %17 = stablehlo.multiply %4, %4 : tensor<4xcomplex<f32>>
    %18 = stablehlo.multiply %4, %4 : tensor<4xcomplex<f32>>
    %19 = stablehlo.multiply %18, %4 : tensor<4xcomplex<f32>>
    %20 = stablehlo.real %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %21 = stablehlo.imag %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %22 = stablehlo.negate %21 : tensor<4xf32>
    %23 = stablehlo.complex %20, %22 : tensor<4xcomplex<f32>>
    %24 = stablehlo.exponential %4 : tensor<4xcomplex<f32>>
    %25 = stablehlo.log %4 : tensor<4xcomplex<f32>>
    %26 = stablehlo.sqrt %4 : tensor<4xcomplex<f32>>
    %27 = stablehlo.real %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %28 = stablehlo.imag %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %29 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %30 = stablehlo.compare  EQ, %27, %29,  FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %31 = stablehlo.sine %27 : tensor<4xf32>
    %32 = stablehlo.cosine %27 : tensor<4xf32>
    %33 = stablehlo.exponential_minus_one %28 : tensor<4xf32>
    %34 = stablehlo.negate %28 : tensor<4xf32>
    %35 = stablehlo.exponential_minus_one %34 : tensor<4xf32>
    %36 = stablehlo.subtract %33, %35 : tensor<4xf32>
    %cst_3 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %37 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %38 = stablehlo.divide %36, %37 : tensor<4xf32>
    %39 = stablehlo.add %33, %35 : tensor<4xf32>
    %cst_4 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %40 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %41 = stablehlo.add %39, %40 : tensor<4xf32>
    %cst_5 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %42 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %43 = stablehlo.divide %41, %42 : tensor<4xf32>
    %44 = stablehlo.multiply %31, %43 : tensor<4xf32>
    %45 = stablehlo.multiply %32, %38 : tensor<4xf32>
    %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %46 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %47 = stablehlo.complex %46, %45 : tensor<4xcomplex<f32>>
    %48 = stablehlo.complex %44, %45 : tensor<4xcomplex<f32>>
    %49 = stablehlo.select %30, %47, %48 : tensor<4xi1>, tensor<4xcomplex<f32>>
    %50 = stablehlo.real %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %51 = stablehlo.imag %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %cst_7 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %52 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %53 = stablehlo.compare  EQ, %50, %52,  FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %54 = stablehlo.sine %50 : tensor<4xf32>
    %55 = stablehlo.cosine %50 : tensor<4xf32>
    %56 = stablehlo.exponential_minus_one %51 : tensor<4xf32>
    %57 = stablehlo.negate %51 : tensor<4xf32>
    %58 = stablehlo.exponential_minus_one %57 : tensor<4xf32>
    %59 = stablehlo.subtract %56, %58 : tensor<4xf32>
    %cst_8 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %60 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %61 = stablehlo.divide %59, %60 : tensor<4xf32>
    %62 = stablehlo.add %56, %58 : tensor<4xf32>
    %cst_9 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %63 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %64 = stablehlo.add %62, %63 : tensor<4xf32>
    %cst_10 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %65 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %66 = stablehlo.divide %64, %65 : tensor<4xf32>
    %67 = stablehlo.multiply %55, %66 : tensor<4xf32>
    %68 = stablehlo.negate %54 : tensor<4xf32>
    %69 = stablehlo.multiply %68, %61 : tensor<4xf32>
    %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %70 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %71 = stablehlo.complex %67, %70 : tensor<4xcomplex<f32>>
    %72 = stablehlo.complex %67, %69 : tensor<4xcomplex<f32>>
    %73 = stablehlo.select %53, %71, %72 : tensor<4xi1>, tensor<4xcomplex<f32>>
    %74 = stablehlo.tan %4 : tensor<4xcomplex<f32>>
    %75 = stablehlo.tanh %4 : tensor<4xcomplex<f32>>
    %76 = chlo.sinh %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %77 = chlo.cosh %4 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
    %cst_12 = stablehlo.constant dense<(2.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %78 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %79 = stablehlo.divide %4, %78 : tensor<4xcomplex<f32>>
    %cst_13 = stablehlo.constant dense<(2.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %80 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %81 = stablehlo.divide %80, %4 : tensor<4xcomplex<f32>>
    %82 = stablehlo.power %4, %11 : tensor<4xcomplex<f32>>
    %83 = stablehlo.real %12 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %84 = stablehlo.imag %12 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %85 = stablehlo.real %13 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %86 = stablehlo.imag %13 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %87 = stablehlo.real %14 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %88 = stablehlo.imag %14 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %89 = stablehlo.real %15 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %90 = stablehlo.imag %15 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %91 = stablehlo.real %16 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %92 = stablehlo.imag %16 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %93 = stablehlo.real %17 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %94 = stablehlo.imag %17 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %95 = stablehlo.real %19 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %96 = stablehlo.imag %19 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %97 = stablehlo.real %23 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %98 = stablehlo.imag %23 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %99 = stablehlo.real %24 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %100 = stablehlo.imag %24 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %101 = stablehlo.real %25 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %102 = stablehlo.imag %25 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %103 = stablehlo.real %26 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %104 = stablehlo.imag %26 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %105 = stablehlo.real %49 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %106 = stablehlo.imag %49 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %107 = stablehlo.real %73 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %108 = stablehlo.imag %73 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %109 = stablehlo.real %74 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %110 = stablehlo.imag %74 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %111 = stablehlo.real %75 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %112 = stablehlo.imag %75 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %113 = stablehlo.real %76 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %114 = stablehlo.imag %76 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %115 = stablehlo.real %77 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %116 = stablehlo.imag %77 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %117 = stablehlo.real %79 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %118 = stablehlo.imag %79 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %119 = stablehlo.real %81 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %120 = stablehlo.imag %81 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %121 = stablehlo.real %82 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %122 = stablehlo.imag %82 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %123 = stablehlo.abs %4 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %124 = call @angle(%4) : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %125 = stablehlo.compare  EQ, %4, %11,  FLOAT : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
    %126 = stablehlo.compare  NE, %4, %11,  FLOAT : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
    return %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, %96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, %112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi1>, tensor<4xi1>
  }
  func.func private @angle(%arg0: tensor<4xcomplex<f32>>) -> tensor<4xf32> {
    %0 = stablehlo.real %arg0 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %1 = stablehlo.imag %arg0 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %2 = stablehlo.atan2 %1, %0 : tensor<4xf32>
    return %2 : tensor<4xf32>
  }
}
