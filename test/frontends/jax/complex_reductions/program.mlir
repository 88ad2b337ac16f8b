module @jit_complex_reductions attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x5xf32>, %arg1: tensor<4x5xf32>) -> (tensor<f32> {jax.result_info = "result[0]"}, tensor<f32> {jax.result_info = "result[1]"}, tensor<4xf32> {jax.result_info = "result[2]"}, tensor<4xf32> {jax.result_info = "result[3]"}, tensor<5xf32> {jax.result_info = "result[4]"}, tensor<5xf32> {jax.result_info = "result[5]"}, tensor<4xf32> {jax.result_info = "result[6]"}, tensor<4xf32> {jax.result_info = "result[7]"}, tensor<4x5xf32> {jax.result_info = "result[8]"}, tensor<4x5xf32> {jax.result_info = "result[9]"}, tensor<4x5xf32> {jax.result_info = "result[10]"}, tensor<4x5xf32> {jax.result_info = "result[11]"}, tensor<4x5xf32> {jax.result_info = "result[12]"}, tensor<4x5xf32> {jax.result_info = "result[13]"}, tensor<f32> {jax.result_info = "result[14]"}, tensor<f32> {jax.result_info = "result[15]"}, tensor<5xf32> {jax.result_info = "result[16]"}, tensor<5xf32> {jax.result_info = "result[17]"}, tensor<f32> {jax.result_info = "result[18]"}, tensor<f32> {jax.result_info = "result[19]"}, tensor<4x4xf32> {jax.result_info = "result[20]"}, tensor<4x4xf32> {jax.result_info = "result[21]"}, tensor<4x4xf32> {jax.result_info = "result[22]"}, tensor<4x4xf32> {jax.result_info = "result[23]"}, tensor<4xf32> {jax.result_info = "result[24]"}, tensor<4xf32> {jax.result_info = "result[25]"}, tensor<f32> {jax.result_info = "result[26]"}, tensor<f32> {jax.result_info = "result[27]"}, tensor<4x5xf32> {jax.result_info = "result[28]"}, tensor<4x5xf32> {jax.result_info = "result[29]"}, tensor<4x5xf32> {jax.result_info = "result[30]"}, tensor<4x5xf32> {jax.result_info = "result[31]"}, tensor<2x10xf32> {jax.result_info = "result[32]"}, tensor<2x10xf32> {jax.result_info = "result[33]"}, tensor<4x5xf32> {jax.result_info = "result[34]"}, tensor<4x5xf32> {jax.result_info = "result[35]"}, tensor<6x7xf32> {jax.result_info = "result[36]"}, tensor<6x7xf32> {jax.result_info = "result[37]"}, tensor<2x4x5xf32> {jax.result_info = "result[38]"}, tensor<2x4x5xf32> {jax.result_info = "result[39]"}, tensor<4x5xf32> {jax.result_info = "result[40]"}, tensor<4x5xf32> {jax.result_info = "result[41]"}, tensor<4x5xf32> {jax.result_info = "result[42]"}, tensor<4x5xf32> {jax.result_info = "result[43]"}, tensor<2x5xf32> {jax.result_info = "result[44]"}, tensor<2x5xf32> {jax.result_info = "result[45]"}, tensor<9xf32> {jax.result_info = "result[46]"}, tensor<9xf32> {jax.result_info = "result[47]"}, tensor<5xf32> {jax.result_info = "result[48]"}, tensor<5xf32> {jax.result_info = "result[49]"}, tensor<5xf32> {jax.result_info = "result[50]"}, tensor<5xf32> {jax.result_info = "result[51]"}, tensor<f32> {jax.result_info = "result[52]"}, tensor<4xf32> {jax.result_info = "result[53]"}, tensor<i32> {jax.result_info = "result[54]"}) {
    %c = stablehlo.constant dense<[0, 2]> : tensor<2xi32>
    %0 = stablehlo.convert %arg1 : (tensor<4x5xf32>) -> tensor<4x5xcomplex<f32>>
    %cst = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<4x5xcomplex<f32>>
    %2 = stablehlo.multiply %1, %0 : tensor<4x5xcomplex<f32>>
    %3 = stablehlo.convert %arg0 : (tensor<4x5xf32>) -> tensor<4x5xcomplex<f32>>
    %4 = stablehlo.add %3, %2 : tensor<4x5xcomplex<f32>>
    %cst_0 = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %5 = stablehlo.reduce(%4 init: %cst_0) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
    %cst_1 = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %6 = stablehlo.reduce(%4 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %cst_2 = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %7 = stablehlo.reduce(%4 init: %cst_2) applies stablehlo.add across dimensions = [0] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<5xcomplex<f32>>
    %cst_3 = stablehlo.constant dense<(4.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %8 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<complex<f32>>) -> tensor<5xcomplex<f32>>
    %9 = stablehlo.divide %7, %8 : tensor<5xcomplex<f32>>
    %cst_4 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %10 = stablehlo.reduce(%4 init: %cst_4) applies stablehlo.multiply across dimensions = [1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %11 = call @cumsum(%4) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %12 = call @cumprod(%4) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %13 = call @sort(%4) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %cst_5 = stablehlo.constant dense<(0xFF800000,0.000000e+00)> : tensor<complex<f32>>
    %14 = stablehlo.reduce(%4 init: %cst_5) across dimensions = [0, 1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
     reducer(%arg2: tensor<complex<f32>>, %arg3: tensor<complex<f32>>)  {
      %126 = stablehlo.real %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %127 = stablehlo.real %arg3 : (tensor<complex<f32>>) -> tensor<f32>
      %128 = stablehlo.compare  EQ, %126, %127,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %129 = stablehlo.compare  GT, %126, %127,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %130 = stablehlo.imag %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %131 = stablehlo.imag %arg3 : (tensor<complex<f32>>) -> tensor<f32>
      %132 = stablehlo.compare  GT, %130, %131,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %133 = stablehlo.select %128, %132, %129 : tensor<i1>, tensor<i1>
      %134 = stablehlo.select %133, %arg2, %arg3 : tensor<i1>, tensor<complex<f32>>
      stablehlo.return %134 : tensor<complex<f32>>
    }
    %cst_6 = stablehlo.constant dense<(0x7F800000,0.000000e+00)> : tensor<complex<f32>>
    %15 = stablehlo.reduce(%4 init: %cst_6) across dimensions = [0] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<5xcomplex<f32>>
     reducer(%arg2: tensor<complex<f32>>, %arg3: tensor<complex<f32>>)  {
      %126 = stablehlo.real %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %127 = stablehlo.real %arg3 : (tensor<complex<f32>>) -> tensor<f32>
      %128 = stablehlo.compare  EQ, %126, %127,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %129 = stablehlo.compare  LT, %126, %127,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %130 = stablehlo.imag %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %131 = stablehlo.imag %arg3 : (tensor<complex<f32>>) -> tensor<f32>
      %132 = stablehlo.compare  LT, %130, %131,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %133 = stablehlo.select %128, %132, %129 : tensor<i1>, tensor<i1>
      %134 = stablehlo.select %133, %arg2, %arg3 : tensor<i1>, tensor<complex<f32>>
      stablehlo.return %134 : tensor<complex<f32>>
    }
    %c_7 = stablehlo.constant dense<0> : tensor<i32>
    %16 = call @_var(%4, %c_7) : (tensor<4x5xcomplex<f32>>, tensor<i32>) -> tensor<f32>
    %17 = call @diff(%4) : (tensor<4x5xcomplex<f32>>) -> tensor<4x4xcomplex<f32>>
    %18 = stablehlo.transpose %4, dims = [1, 0] : (tensor<4x5xcomplex<f32>>) -> tensor<5x4xcomplex<f32>>
    %19 = stablehlo.dot_general %4, %18, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x5xcomplex<f32>>, tensor<5x4xcomplex<f32>>) -> tensor<4x4xcomplex<f32>>
    %20 = stablehlo.real %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %21 = stablehlo.imag %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %22 = stablehlo.negate %21 : tensor<4x5xf32>
    %23 = stablehlo.complex %20, %22 : tensor<4x5xcomplex<f32>>
    %24 = stablehlo.dot_general %4, %23, batching_dims = [0] x [0], contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<4x5xcomplex<f32>>, tensor<4x5xcomplex<f32>>) -> tensor<4xcomplex<f32>>
    %25 = stablehlo.real %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %26 = stablehlo.imag %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %27 = stablehlo.negate %26 : tensor<4x5xf32>
    %28 = stablehlo.complex %25, %27 : tensor<4x5xcomplex<f32>>
    %29 = stablehlo.reshape %28 : (tensor<4x5xcomplex<f32>>) -> tensor<20xcomplex<f32>>
    %30 = stablehlo.reshape %4 : (tensor<4x5xcomplex<f32>>) -> tensor<20xcomplex<f32>>
    %31 = stablehlo.dot_general %29, %30, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<20xcomplex<f32>>, tensor<20xcomplex<f32>>) -> tensor<complex<f32>>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %32 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<4x5xf32>
    %33 = stablehlo.compare  GT, %arg0, %32,  FLOAT : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
    %34 = call @_where_20(%33, %4, %c_7) : (tensor<4x5xi1>, tensor<4x5xcomplex<f32>>, tensor<i32>) -> tensor<4x5xcomplex<f32>>
    %35 = stablehlo.reverse %4, dims = [0] : tensor<4x5xcomplex<f32>>
    %36 = stablehlo.reshape %4 : (tensor<4x5xcomplex<f32>>) -> tensor<2x10xcomplex<f32>>
    %37 = stablehlo.reshape %4 : (tensor<4x5xcomplex<f32>>) -> tensor<20xcomplex<f32>>
    %38 = call @_roll_static(%37) : (tensor<20xcomplex<f32>>) -> tensor<20xcomplex<f32>>
    %39 = stablehlo.reshape %38 : (tensor<20xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %40 = call @_pad(%4, %c_7) : (tensor<4x5xcomplex<f32>>, tensor<i32>) -> tensor<6x7xcomplex<f32>>
    %41 = stablehlo.broadcast_in_dim %4, dims = [1, 2] : (tensor<4x5xcomplex<f32>>) -> tensor<1x4x5xcomplex<f32>>
    %42 = stablehlo.broadcast_in_dim %4, dims = [1, 2] : (tensor<4x5xcomplex<f32>>) -> tensor<1x4x5xcomplex<f32>>
    %43 = stablehlo.concatenate %41, %42, dim = 0 : (tensor<1x4x5xcomplex<f32>>, tensor<1x4x5xcomplex<f32>>) -> tensor<2x4x5xcomplex<f32>>
    %c_9 = stablehlo.constant dense<0> : tensor<i32>
    %44 = stablehlo.broadcast_in_dim %c_9, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %cst_10 = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %45 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<complex<f32>>) -> tensor<5xcomplex<f32>>
    %46 = "stablehlo.scatter"(%4, %44, %45) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>, unique_indices = true}> ({
    ^bb0(%arg2: tensor<complex<f32>>, %arg3: tensor<complex<f32>>):
      %126 = stablehlo.add %arg2, %arg3 : tensor<complex<f32>>
      stablehlo.return %126 : tensor<complex<f32>>
    }) : (tensor<4x5xcomplex<f32>>, tensor<1xi32>, tensor<5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %c_11 = stablehlo.constant dense<1> : tensor<i32>
    %47 = stablehlo.broadcast_in_dim %c_11, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %c_12 = stablehlo.constant dense<2> : tensor<i32>
    %48 = stablehlo.broadcast_in_dim %c_12, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %49 = stablehlo.concatenate %47, %48, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
    %cst_13 = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %50 = "stablehlo.scatter"(%4, %49, %cst_13) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0, 1], scatter_dims_to_operand_dims = [0, 1]>, unique_indices = true}> ({
    ^bb0(%arg2: tensor<complex<f32>>, %arg3: tensor<complex<f32>>):
      stablehlo.return %arg3 : tensor<complex<f32>>
    }) : (tensor<4x5xcomplex<f32>>, tensor<2xi32>, tensor<complex<f32>>) -> tensor<4x5xcomplex<f32>>
    %c_14 = stablehlo.constant dense<0> : tensor<i32>
    %51 = stablehlo.broadcast_in_dim %c_14, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %52 = stablehlo.compare  LT, %c, %51,  SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
    %c_15 = stablehlo.constant dense<4> : tensor<i32>
    %53 = stablehlo.broadcast_in_dim %c_15, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %54 = stablehlo.add %c, %53 : tensor<2xi32>
    %55 = stablehlo.select %52, %54, %c : tensor<2xi1>, tensor<2xi32>
    %56 = stablehlo.broadcast_in_dim %55, dims = [0] : (tensor<2xi32>) -> tensor<2x1xi32>
    %57 = "stablehlo.gather"(%4, %56) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 5>}> : (tensor<4x5xcomplex<f32>>, tensor<2x1xi32>) -> tensor<2x5xcomplex<f32>>
    %58 = stablehlo.slice %4 [0:1, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
    %59 = stablehlo.reshape %58 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
    %60 = stablehlo.slice %4 [1:2, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
    %61 = stablehlo.reshape %60 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
    %62 = call @convolve(%59, %61) : (tensor<5xcomplex<f32>>, tensor<5xcomplex<f32>>) -> tensor<9xcomplex<f32>>
    %63 = stablehlo.slice %4 [1:2, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
    %64 = stablehlo.reshape %63 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
    %c_16 = stablehlo.constant dense<0> : tensor<i32>
    %65:4 = stablehlo.while(%iterArg = %4, %iterArg_19 = %c_16, %iterArg_20 = %c_7, %iterArg_21 = %64) : tensor<4x5xcomplex<f32>>, tensor<i32>, tensor<i32>, tensor<5xcomplex<f32>>
    cond {
      %c_22 = stablehlo.constant dense<3> : tensor<i32>
      %126 = stablehlo.compare  LT, %iterArg_19, %c_22,  SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %126 : tensor<i1>
    } do {
      %126:2 = func.call @closed_call(%iterArg, %iterArg_20, %iterArg_21) : (tensor<4x5xcomplex<f32>>, tensor<i32>, tensor<5xcomplex<f32>>) -> (tensor<i32>, tensor<5xcomplex<f32>>)
      %c_22 = stablehlo.constant dense<1> : tensor<i32>
      %127 = stablehlo.add %iterArg_19, %c_22 : tensor<i32>
      stablehlo.return %iterArg, %127, %126#0, %126#1 : tensor<4x5xcomplex<f32>>, tensor<i32>, tensor<i32>, tensor<5xcomplex<f32>>
    }
    %66 = stablehlo.slice %arg0 [0:1, 0:1] : (tensor<4x5xf32>) -> tensor<1x1xf32>
    %67 = stablehlo.reshape %66 : (tensor<1x1xf32>) -> tensor<f32>
    %cst_17 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %68 = stablehlo.compare  GT, %67, %cst_17,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %69 = stablehlo.convert %68 : (tensor<i1>) -> tensor<i32>
    %70 = "stablehlo.case"(%69) ({
      %126 = stablehlo.slice %4 [1:2, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
      %127 = stablehlo.reshape %126 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
      stablehlo.return %127 : tensor<5xcomplex<f32>>
    }, {
      %126 = stablehlo.slice %4 [0:1, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
      %127 = stablehlo.reshape %126 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
      stablehlo.return %127 : tensor<5xcomplex<f32>>
    }) : (tensor<i32>) -> tensor<5xcomplex<f32>>
    %71 = stablehlo.real %5 : (tensor<complex<f32>>) -> tensor<f32>
    %72 = stablehlo.imag %5 : (tensor<complex<f32>>) -> tensor<f32>
    %73 = stablehlo.real %6 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %74 = stablehlo.imag %6 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %75 = stablehlo.real %9 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %76 = stablehlo.imag %9 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %77 = stablehlo.real %10 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %78 = stablehlo.imag %10 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %79 = stablehlo.real %11 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %80 = stablehlo.imag %11 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %81 = stablehlo.real %12 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %82 = stablehlo.imag %12 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %83 = stablehlo.real %13 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %84 = stablehlo.imag %13 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %85 = stablehlo.real %14 : (tensor<complex<f32>>) -> tensor<f32>
    %86 = stablehlo.imag %14 : (tensor<complex<f32>>) -> tensor<f32>
    %87 = stablehlo.real %15 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %88 = stablehlo.imag %15 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %89 = stablehlo.real %17 : (tensor<4x4xcomplex<f32>>) -> tensor<4x4xf32>
    %90 = stablehlo.imag %17 : (tensor<4x4xcomplex<f32>>) -> tensor<4x4xf32>
    %91 = stablehlo.real %19 : (tensor<4x4xcomplex<f32>>) -> tensor<4x4xf32>
    %92 = stablehlo.imag %19 : (tensor<4x4xcomplex<f32>>) -> tensor<4x4xf32>
    %93 = stablehlo.real %24 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %94 = stablehlo.imag %24 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
    %95 = stablehlo.real %31 : (tensor<complex<f32>>) -> tensor<f32>
    %96 = stablehlo.imag %31 : (tensor<complex<f32>>) -> tensor<f32>
    %97 = stablehlo.real %34 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %98 = stablehlo.imag %34 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %99 = stablehlo.real %35 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %100 = stablehlo.imag %35 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %101 = stablehlo.real %36 : (tensor<2x10xcomplex<f32>>) -> tensor<2x10xf32>
    %102 = stablehlo.imag %36 : (tensor<2x10xcomplex<f32>>) -> tensor<2x10xf32>
    %103 = stablehlo.real %39 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %104 = stablehlo.imag %39 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %105 = stablehlo.real %40 : (tensor<6x7xcomplex<f32>>) -> tensor<6x7xf32>
    %106 = stablehlo.imag %40 : (tensor<6x7xcomplex<f32>>) -> tensor<6x7xf32>
    %107 = stablehlo.real %43 : (tensor<2x4x5xcomplex<f32>>) -> tensor<2x4x5xf32>
    %108 = stablehlo.imag %43 : (tensor<2x4x5xcomplex<f32>>) -> tensor<2x4x5xf32>
    %109 = stablehlo.real %46 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %110 = stablehlo.imag %46 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %111 = stablehlo.real %50 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %112 = stablehlo.imag %50 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %113 = stablehlo.real %57 : (tensor<2x5xcomplex<f32>>) -> tensor<2x5xf32>
    %114 = stablehlo.imag %57 : (tensor<2x5xcomplex<f32>>) -> tensor<2x5xf32>
    %115 = stablehlo.real %62 : (tensor<9xcomplex<f32>>) -> tensor<9xf32>
    %116 = stablehlo.imag %62 : (tensor<9xcomplex<f32>>) -> tensor<9xf32>
    %117 = stablehlo.real %65#3 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %118 = stablehlo.imag %65#3 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %119 = stablehlo.real %70 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %120 = stablehlo.imag %70 : (tensor<5xcomplex<f32>>) -> tensor<5xf32>
    %121 = call @norm(%4) : (tensor<4x5xcomplex<f32>>) -> tensor<f32>
    %122 = call @_var_73(%4, %c_7) : (tensor<4x5xcomplex<f32>>, tensor<i32>) -> tensor<4xf32>
    %123 = stablehlo.abs %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %124 = stablehlo.reshape %123 : (tensor<4x5xf32>) -> tensor<20xf32>
    %125 = call @argmax(%124) : (tensor<20xf32>) -> tensor<i32>
    %cst_18 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    return %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, %82, %83, %84, %85, %86, %87, %88, %16, %cst_18, %89, %90, %91, %92, %93, %94, %95, %96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, %112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %125 : tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<5xf32>, tensor<5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<f32>, tensor<f32>, tensor<5xf32>, tensor<5xf32>, tensor<f32>, tensor<f32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<2x10xf32>, tensor<2x10xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<2x4x5xf32>, tensor<2x4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<9xf32>, tensor<9xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<f32>, tensor<4xf32>, tensor<i32>
  }
  func.func private @cumsum(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>> {
    %0 = call @cumsum_2(%arg0) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    return %0 : tensor<4x5xcomplex<f32>>
  }
  func.func private @cumsum_2(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>> {
    %cst = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<complex<f32>>
    %1 = "stablehlo.reduce_window"(%arg0, %0) <{base_dilations = array<i64: 1, 1>, padding = dense<[[0, 0], [4, 0]]> : tensor<2x2xi64>, window_dilations = array<i64: 1, 1>, window_dimensions = array<i64: 1, 5>, window_strides = array<i64: 1, 1>}> ({
    ^bb0(%arg1: tensor<complex<f32>>, %arg2: tensor<complex<f32>>):
      %2 = stablehlo.add %arg1, %arg2 : tensor<complex<f32>>
      stablehlo.return %2 : tensor<complex<f32>>
    }) : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4x5xcomplex<f32>>
    return %1 : tensor<4x5xcomplex<f32>>
  }
  func.func private @cumprod(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>> {
    %0 = call @cumprod_3(%arg0) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    return %0 : tensor<4x5xcomplex<f32>>
  }
  func.func private @cumprod_3(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>> {
    %cst = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %0 = "stablehlo.reduce_window"(%arg0, %cst) <{base_dilations = array<i64: 1, 1>, padding = dense<[[3, 0], [0, 0]]> : tensor<2x2xi64>, window_dilations = array<i64: 1, 1>, window_dimensions = array<i64: 4, 1>, window_strides = array<i64: 1, 1>}> ({
    ^bb0(%arg1: tensor<complex<f32>>, %arg2: tensor<complex<f32>>):
      %1 = stablehlo.multiply %arg1, %arg2 : tensor<complex<f32>>
      stablehlo.return %1 : tensor<complex<f32>>
    }) : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4x5xcomplex<f32>>
    return %0 : tensor<4x5xcomplex<f32>>
  }
  func.func private @sort(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<complex<f32>>, %arg2: tensor<complex<f32>>):
      %1 = stablehlo.real %arg1 : (tensor<complex<f32>>) -> tensor<f32>
      %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %2 = stablehlo.compare  EQ, %1, %cst,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %3 = stablehlo.select %2, %cst_0, %1 : tensor<i1>, tensor<f32>
      %4 = stablehlo.compare  NE, %1, %1,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_1 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %5 = stablehlo.select %4, %cst_1, %3 : tensor<i1>, tensor<f32>
      %6 = stablehlo.imag %arg1 : (tensor<complex<f32>>) -> tensor<f32>
      %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %7 = stablehlo.compare  EQ, %6, %cst_2,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %8 = stablehlo.select %7, %cst_3, %6 : tensor<i1>, tensor<f32>
      %9 = stablehlo.compare  NE, %6, %6,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %10 = stablehlo.select %9, %cst_4, %8 : tensor<i1>, tensor<f32>
      %11 = stablehlo.real %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %12 = stablehlo.compare  EQ, %11, %cst_5,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %13 = stablehlo.select %12, %cst_6, %11 : tensor<i1>, tensor<f32>
      %14 = stablehlo.compare  NE, %11, %11,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_7 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %15 = stablehlo.select %14, %cst_7, %13 : tensor<i1>, tensor<f32>
      %16 = stablehlo.imag %arg2 : (tensor<complex<f32>>) -> tensor<f32>
      %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %17 = stablehlo.compare  EQ, %16, %cst_8,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %18 = stablehlo.select %17, %cst_9, %16 : tensor<i1>, tensor<f32>
      %19 = stablehlo.compare  NE, %16, %16,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %cst_10 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
      %20 = stablehlo.select %19, %cst_10, %18 : tensor<i1>, tensor<f32>
      %21 = stablehlo.compare  LT, %10, %20,  TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %22 = stablehlo.compare  LT, %5, %15,  TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %23 = stablehlo.compare  EQ, %5, %15,  TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %24 = stablehlo.and %23, %21 : tensor<i1>
      %25 = stablehlo.or %22, %24 : tensor<i1>
      stablehlo.return %25 : tensor<i1>
    }) : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    return %0 : tensor<4x5xcomplex<f32>>
  }
  func.func private @_var(%arg0: tensor<4x5xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<f32> {
    %cst = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<complex<f32>>) -> tensor<1x1xcomplex<f32>>
    %cst_0 = stablehlo.constant dense<(2.000000e+01,0.000000e+00)> : tensor<complex<f32>>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<complex<f32>>) -> tensor<1x1xcomplex<f32>>
    %3 = stablehlo.divide %1, %2 : tensor<1x1xcomplex<f32>>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1x1xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %5 = stablehlo.subtract %arg0, %4 : tensor<4x5xcomplex<f32>>
    %6 = stablehlo.real %5 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %7 = stablehlo.imag %5 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %8 = stablehlo.negate %7 : tensor<4x5xf32>
    %9 = stablehlo.complex %6, %8 : tensor<4x5xcomplex<f32>>
    %10 = stablehlo.multiply %5, %9 : tensor<4x5xcomplex<f32>>
    %11 = stablehlo.real %10 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %12 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %cst_1 = stablehlo.constant dense<2.000000e+01> : tensor<f32>
    %13 = stablehlo.subtract %cst_1, %12 : tensor<f32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %14 = stablehlo.reduce(%11 init: %cst_2) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<f32>
    %15 = stablehlo.divide %14, %13 : tensor<f32>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %16 = stablehlo.compare  GT, %13, %cst_3,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %17 = call @_where(%16, %15, %cst_4) : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
    return %17 : tensor<f32>
  }
  func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<f32>, %arg2: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.convert %arg2 : tensor<f32>
    %1 = stablehlo.select %arg0, %arg1, %0 : tensor<i1>, tensor<f32>
    return %1 : tensor<f32>
  }
  func.func private @diff(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<4x4xcomplex<f32>> {
    %0 = stablehlo.slice %arg0 [0:4, 1:5] : (tensor<4x5xcomplex<f32>>) -> tensor<4x4xcomplex<f32>>
    %1 = stablehlo.slice %arg0 [0:4, 0:4] : (tensor<4x5xcomplex<f32>>) -> tensor<4x4xcomplex<f32>>
    %2 = stablehlo.subtract %0, %1 : tensor<4x4xcomplex<f32>>
    return %2 : tensor<4x4xcomplex<f32>>
  }
  func.func private @_where_20(%arg0: tensor<4x5xi1>, %arg1: tensor<4x5xcomplex<f32>>, %arg2: tensor<i32>) -> tensor<4x5xcomplex<f32>> {
    %0 = stablehlo.convert %arg2 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<complex<f32>>) -> tensor<4x5xcomplex<f32>>
    %2 = stablehlo.select %arg0, %arg1, %1 : tensor<4x5xi1>, tensor<4x5xcomplex<f32>>
    return %2 : tensor<4x5xcomplex<f32>>
  }
  func.func private @_roll_static(%arg0: tensor<20xcomplex<f32>>) -> tensor<20xcomplex<f32>> {
    %0 = stablehlo.slice %arg0 [19:20] : (tensor<20xcomplex<f32>>) -> tensor<1xcomplex<f32>>
    %1 = stablehlo.slice %arg0 [0:19] : (tensor<20xcomplex<f32>>) -> tensor<19xcomplex<f32>>
    %2 = stablehlo.concatenate %0, %1, dim = 0 : (tensor<1xcomplex<f32>>, tensor<19xcomplex<f32>>) -> tensor<20xcomplex<f32>>
    return %2 : tensor<20xcomplex<f32>>
  }
  func.func private @_pad(%arg0: tensor<4x5xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<6x7xcomplex<f32>> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.pad %arg0, %0, low = [1, 1], high = [1, 1], interior = [0, 0] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<6x7xcomplex<f32>>
    return %1 : tensor<6x7xcomplex<f32>>
  }
  func.func private @convolve(%arg0: tensor<5xcomplex<f32>>, %arg1: tensor<5xcomplex<f32>>) -> tensor<9xcomplex<f32>> {
    %0 = call @_conv(%arg0, %arg1) : (tensor<5xcomplex<f32>>, tensor<5xcomplex<f32>>) -> tensor<9xcomplex<f32>>
    return %0 : tensor<9xcomplex<f32>>
  }
  func.func private @_conv(%arg0: tensor<5xcomplex<f32>>, %arg1: tensor<5xcomplex<f32>>) -> tensor<9xcomplex<f32>> {
    %0 = call @_flip(%arg1) : (tensor<5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
    %1 = stablehlo.broadcast_in_dim %arg0, dims = [2] : (tensor<5xcomplex<f32>>) -> tensor<1x1x5xcomplex<f32>>
    %2 = stablehlo.broadcast_in_dim %0, dims = [2] : (tensor<5xcomplex<f32>>) -> tensor<1x1x5xcomplex<f32>>
    %3 = stablehlo.real %1 : (tensor<1x1x5xcomplex<f32>>) -> tensor<1x1x5xf32>
    %4 = stablehlo.imag %1 : (tensor<1x1x5xcomplex<f32>>) -> tensor<1x1x5xf32>
    %5 = stablehlo.real %2 : (tensor<1x1x5xcomplex<f32>>) -> tensor<1x1x5xf32>
    %6 = stablehlo.imag %2 : (tensor<1x1x5xcomplex<f32>>) -> tensor<1x1x5xf32>
    %7 = stablehlo.add %3, %4 : tensor<1x1x5xf32>
    %8 = stablehlo.convolution(%7, %5) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {stride = [1], pad = [[4, 4]], lhs_dilate = [1], rhs_dilate = [1], reverse = [false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<1x1x5xf32>, tensor<1x1x5xf32>) -> tensor<1x1x9xf32>
    %9 = stablehlo.subtract %6, %5 : tensor<1x1x5xf32>
    %10 = stablehlo.convolution(%3, %9) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {stride = [1], pad = [[4, 4]], lhs_dilate = [1], rhs_dilate = [1], reverse = [false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<1x1x5xf32>, tensor<1x1x5xf32>) -> tensor<1x1x9xf32>
    %11 = stablehlo.add %5, %6 : tensor<1x1x5xf32>
    %12 = stablehlo.convolution(%4, %11) dim_numbers = [b, f, 0]x[o, i, 0]->[b, f, 0], window = {stride = [1], pad = [[4, 4]], lhs_dilate = [1], rhs_dilate = [1], reverse = [false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<1x1x5xf32>, tensor<1x1x5xf32>) -> tensor<1x1x9xf32>
    %13 = stablehlo.subtract %8, %12 : tensor<1x1x9xf32>
    %14 = stablehlo.add %8, %10 : tensor<1x1x9xf32>
    %15 = stablehlo.complex %13, %14 : tensor<1x1x9xcomplex<f32>>
    %16 = stablehlo.slice %15 [0:1, 0:1, 0:9] : (tensor<1x1x9xcomplex<f32>>) -> tensor<1x1x9xcomplex<f32>>
    %17 = stablehlo.reshape %16 : (tensor<1x1x9xcomplex<f32>>) -> tensor<9xcomplex<f32>>
    return %17 : tensor<9xcomplex<f32>>
  }
  func.func private @_flip(%arg0: tensor<5xcomplex<f32>>) -> tensor<5xcomplex<f32>> {
    %0 = stablehlo.reverse %arg0, dims = [0] : tensor<5xcomplex<f32>>
    return %0 : tensor<5xcomplex<f32>>
  }
  func.func private @closed_call(%arg0: tensor<4x5xcomplex<f32>>, %arg1: tensor<i32>, %arg2: tensor<5xcomplex<f32>>) -> (tensor<i32>, tensor<5xcomplex<f32>>) {
    %c = stablehlo.constant dense<1> : tensor<i32>
    %0 = stablehlo.add %arg1, %c : tensor<i32>
    %1 = stablehlo.slice %arg0 [0:1, 0:5] : (tensor<4x5xcomplex<f32>>) -> tensor<1x5xcomplex<f32>>
    %2 = stablehlo.reshape %1 : (tensor<1x5xcomplex<f32>>) -> tensor<5xcomplex<f32>>
    %3 = stablehlo.multiply %arg2, %2 : tensor<5xcomplex<f32>>
    return %0, %3 : tensor<i32>, tensor<5xcomplex<f32>>
  }
  func.func private @norm(%arg0: tensor<4x5xcomplex<f32>>) -> tensor<f32> {
    %0 = stablehlo.real %arg0 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %1 = stablehlo.imag %arg0 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %2 = stablehlo.negate %1 : tensor<4x5xf32>
    %3 = stablehlo.complex %0, %2 : tensor<4x5xcomplex<f32>>
    %4 = stablehlo.multiply %arg0, %3 : tensor<4x5xcomplex<f32>>
    %5 = stablehlo.real %4 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %6 = stablehlo.reduce(%5 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<f32>
    %7 = stablehlo.sqrt %6 : tensor<f32>
    return %7 : tensor<f32>
  }
  func.func private @_var_73(%arg0: tensor<4x5xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<4xf32> {
    %cst = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<4x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<4xcomplex<f32>>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<4xcomplex<f32>>) -> tensor<4x1xcomplex<f32>>
    %cst_0 = stablehlo.constant dense<(5.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<complex<f32>>) -> tensor<4x1xcomplex<f32>>
    %3 = stablehlo.divide %1, %2 : tensor<4x1xcomplex<f32>>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<4x1xcomplex<f32>>) -> tensor<4x5xcomplex<f32>>
    %5 = stablehlo.subtract %arg0, %4 : tensor<4x5xcomplex<f32>>
    %6 = stablehlo.real %5 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %7 = stablehlo.imag %5 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %8 = stablehlo.negate %7 : tensor<4x5xf32>
    %9 = stablehlo.complex %6, %8 : tensor<4x5xcomplex<f32>>
    %10 = stablehlo.multiply %5, %9 : tensor<4x5xcomplex<f32>>
    %11 = stablehlo.real %10 : (tensor<4x5xcomplex<f32>>) -> tensor<4x5xf32>
    %12 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %cst_1 = stablehlo.constant dense<5.000000e+00> : tensor<f32>
    %13 = stablehlo.subtract %cst_1, %12 : tensor<f32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %14 = stablehlo.reduce(%11 init: %cst_2) applies stablehlo.add across dimensions = [1] : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>
    %15 = stablehlo.broadcast_in_dim %13, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %16 = stablehlo.divide %14, %15 : tensor<4xf32>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %17 = stablehlo.compare  GT, %13, %cst_3,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %cst_4 = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %18 = call @_where_79(%17, %16, %cst_4) : (tensor<i1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    return %18 : tensor<4xf32>
  }
  func.func private @_where_79(%arg0: tensor<i1>, %arg1: tensor<4xf32>, %arg2: tensor<f32>) -> tensor<4xf32> {
    %0 = stablehlo.convert %arg2 : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %2 = stablehlo.select %arg0, %arg1, %1 : tensor<i1>, tensor<4xf32>
    return %2 : tensor<4xf32>
  }
  func.func private @argmax(%arg0: tensor<20xf32>) -> tensor<i32> {
    %0 = stablehlo.iota dim = 0 : tensor<20xi32>
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1:2 = stablehlo.reduce(%arg0 init: %cst), (%0 init: %c) across dimensions = [0] : (tensor<20xf32>, tensor<20xi32>, tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
     reducer(%arg1: tensor<f32>, %arg3: tensor<f32>) (%arg2: tensor<i32>, %arg4: tensor<i32>)  {
      %2 = stablehlo.compare  GT, %arg1, %arg3,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %3 = stablehlo.compare  NE, %arg1, %arg1,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %4 = stablehlo.or %2, %3 : tensor<i1>
      %5 = stablehlo.compare  EQ, %arg1, %arg3,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %6 = stablehlo.compare  LT, %arg2, %arg4,  SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %7 = stablehlo.and %5, %6 : tensor<i1>
      %8 = stablehlo.or %4, %7 : tensor<i1>
      %9 = stablehlo.select %4, %arg1, %arg3 : tensor<i1>, tensor<f32>
      %10 = stablehlo.select %8, %arg2, %arg4 : tensor<i1>, tensor<i32>
      stablehlo.return %9, %10 : tensor<f32>, tensor<i32>
    }
    return %1#1 : tensor<i32>
  }
}
