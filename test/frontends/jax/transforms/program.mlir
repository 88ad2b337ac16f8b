module @jit_transforms attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<6x8xf32>) -> (tensor<6x8xf32> {jax.result_info = "result[0]"}, tensor<6x8xf32> {jax.result_info = "result[1]"}, tensor<6x8xf32> {jax.result_info = "result[2]"}, tensor<6x8xf32> {jax.result_info = "result[3]"}, tensor<6x8xf32> {jax.result_info = "result[4]"}, tensor<6x8xf32> {jax.result_info = "result[5]"}, tensor<6x8xf32> {jax.result_info = "result[6]"}, tensor<6x8xf32> {jax.result_info = "result[7]"}, tensor<6x5xf32> {jax.result_info = "result[8]"}, tensor<6x5xf32> {jax.result_info = "result[9]"}, tensor<6x5xf32> {jax.result_info = "result[10]"}, tensor<6x5xf32> {jax.result_info = "result[11]"}, tensor<6x5xf32> {jax.result_info = "result[12]"}, tensor<6x5xf32> {jax.result_info = "result[13]"}, tensor<6x8xf32> {jax.result_info = "result[14]"}, tensor<6x8xf32> {jax.result_info = "result[15]"}, tensor<6x5xf32> {jax.result_info = "result[16]"}, tensor<6x5xf32> {jax.result_info = "result[17]"}, tensor<6x8xf32> {jax.result_info = "result[18]"}, tensor<6x8xf32> {jax.result_info = "result[19]"}, tensor<6x5xf32> {jax.result_info = "result[20]"}, tensor<6x5xf32> {jax.result_info = "result[21]"}, tensor<6x12xf32> {jax.result_info = "result[22]"}, tensor<6x12xf32> {jax.result_info = "result[23]"}, tensor<6x8xf32> {jax.result_info = "result[24]"}, tensor<6x8xf32> {jax.result_info = "result[25]"}, tensor<6x4xf32> {jax.result_info = "result[26]"}, tensor<6x4xf32> {jax.result_info = "result[27]"}, tensor<6x8xf32> {jax.result_info = "result[28]"}, tensor<6x8xf32> {jax.result_info = "result[29]"}, tensor<6x8xf32> {jax.result_info = "result[30]"}, tensor<6x8xf32> {jax.result_info = "result[31]"}, tensor<6x8xf32> {jax.result_info = "result[32]"}, tensor<6x8xf32> {jax.result_info = "result[33]"}, tensor<6x8xf32> {jax.result_info = "result[34]"}, tensor<6x8xf32> {jax.result_info = "result[35]"}, tensor<6x9xf32> {jax.result_info = "result[36]"}, tensor<6x14xf32> {jax.result_info = "result[37]"}, tensor<6x8xf32> {jax.result_info = "result[38]"}, tensor<8xf32> {jax.result_info = "result[39]"}, tensor<15xf32> {jax.result_info = "result[40]"}, tensor<15xf32> {jax.result_info = "result[41]"}, tensor<8xf32> {jax.result_info = "result[42]"}, tensor<6x5xf32> {jax.result_info = "result[43]"}, tensor<6x8xf32> {jax.result_info = "result[44]"}, tensor<6x8xf32> {jax.result_info = "result[45]"}, tensor<6x8xf32> {jax.result_info = "result[46]"}) {
    %cst = stablehlo.constant dense<(8.000000e+00,0.000000e+00)> : tensor<1xcomplex<f32>>
    %0 = call @fft(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = call @fft_1(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %2 = call @fft_3(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %3 = call @fft_5(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %4 = call @fft_7(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %5 = call @fft_9(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %6 = call @fft_9(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %7 = call @fft_3(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %8 = call @fft_7(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %9 = stablehlo.real %8 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %10 = stablehlo.imag %8 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %11 = stablehlo.negate %10 : tensor<6x5xf32>
    %12 = stablehlo.complex %9, %11 : tensor<6x5xcomplex<f32>>
    %cst_0 = stablehlo.constant dense<(1.250000e-01,0.000000e+00)> : tensor<complex<f32>>
    %13 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<complex<f32>>) -> tensor<6x5xcomplex<f32>>
    %14 = stablehlo.multiply %12, %13 : tensor<6x5xcomplex<f32>>
    %15 = call @fft(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %16 = call @_roll_static(%15) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %17 = stablehlo.slice %arg0 [0:6, 0:5] : (tensor<6x8xf32>) -> tensor<6x5xf32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %18 = call @_pad(%17, %c) : (tensor<6x5xf32>, tensor<i32>) -> tensor<6x5xf32>
    %19 = call @fft_17(%18) : (tensor<6x5xf32>) -> tensor<6x5xcomplex<f32>>
    %20 = call @_pad_20(%arg0, %c) : (tensor<6x8xf32>, tensor<i32>) -> tensor<6x12xf32>
    %21 = call @fft_22(%20) : (tensor<6x12xf32>) -> tensor<6x12xcomplex<f32>>
    %22 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<6x8xf32>) -> tensor<8x6xf32>
    %23 = call @fft_25(%22) : (tensor<8x6xf32>) -> tensor<8x6xcomplex<f32>>
    %24 = stablehlo.transpose %23, dims = [1, 0] : (tensor<8x6xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %25 = stablehlo.slice %arg0 [0:6, 0:7] : (tensor<6x8xf32>) -> tensor<6x7xf32>
    %26 = call @_pad_30(%25, %c) : (tensor<6x7xf32>, tensor<i32>) -> tensor<6x7xf32>
    %27 = call @fft_32(%26) : (tensor<6x7xf32>) -> tensor<6x4xcomplex<f32>>
    %28 = stablehlo.reverse %arg0, dims = [0] : tensor<6x8xf32>
    %29 = stablehlo.convert %28 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %cst_1 = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %30 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %31 = stablehlo.multiply %30, %29 : tensor<6x8xcomplex<f32>>
    %32 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %33 = stablehlo.add %32, %31 : tensor<6x8xcomplex<f32>>
    %34 = call @fft_35(%33) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %35 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %cst_2 = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %36 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %37 = stablehlo.multiply %36, %35 : tensor<6x8xcomplex<f32>>
    %38 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %39 = stablehlo.add %38, %37 : tensor<6x8xcomplex<f32>>
    %40 = call @fft_35(%39) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %41 = call @fft_36(%40) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %42 = call @fft(%arg0) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %cst_3 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %43 = stablehlo.reduce(%cst init: %cst_3) applies stablehlo.multiply across dimensions = [0] : (tensor<1xcomplex<f32>>, tensor<complex<f32>>) -> tensor<complex<f32>>
    %44 = stablehlo.sqrt %43 : tensor<complex<f32>>
    %cst_4 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %45 = stablehlo.divide %cst_4, %44 : tensor<complex<f32>>
    %46 = stablehlo.broadcast_in_dim %45, dims = [] : (tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %47 = stablehlo.multiply %42, %46 : tensor<6x8xcomplex<f32>>
    %48 = stablehlo.real %0 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %49 = stablehlo.imag %0 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %50 = stablehlo.real %1 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %51 = stablehlo.imag %1 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %52 = stablehlo.real %2 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %53 = stablehlo.imag %2 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %54 = stablehlo.real %3 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %55 = stablehlo.imag %3 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %56 = stablehlo.real %4 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %57 = stablehlo.imag %4 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %58 = stablehlo.real %5 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %59 = stablehlo.imag %5 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %60 = stablehlo.real %6 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %61 = stablehlo.imag %6 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %62 = stablehlo.real %7 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %63 = stablehlo.imag %7 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %64 = stablehlo.real %14 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %65 = stablehlo.imag %14 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %66 = stablehlo.real %16 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %67 = stablehlo.imag %16 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %68 = stablehlo.real %19 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %69 = stablehlo.imag %19 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %70 = stablehlo.real %21 : (tensor<6x12xcomplex<f32>>) -> tensor<6x12xf32>
    %71 = stablehlo.imag %21 : (tensor<6x12xcomplex<f32>>) -> tensor<6x12xf32>
    %72 = stablehlo.real %24 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %73 = stablehlo.imag %24 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %74 = stablehlo.real %27 : (tensor<6x4xcomplex<f32>>) -> tensor<6x4xf32>
    %75 = stablehlo.imag %27 : (tensor<6x4xcomplex<f32>>) -> tensor<6x4xf32>
    %76 = stablehlo.real %34 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %77 = stablehlo.imag %34 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %78 = stablehlo.real %41 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %79 = stablehlo.imag %41 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %80 = stablehlo.real %47 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %81 = stablehlo.imag %47 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %82 = call @fft_7(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %83 = call @fft_44(%82) : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    %84 = call @fft_9(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %85 = call @fft_46(%84) : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    %86 = call @fft_7(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %87 = call @_pad_48(%86, %c) : (tensor<6x5xcomplex<f32>>, tensor<i32>) -> tensor<6x5xcomplex<f32>>
    %88 = call @fft_51(%87) : (tensor<6x5xcomplex<f32>>) -> tensor<6x9xf32>
    %89 = call @fft_53(%arg0) : (tensor<6x8xf32>) -> tensor<6x14xf32>
    %cst_5 = stablehlo.constant dense<1.400000e+01> : tensor<f32>
    %90 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<6x14xf32>
    %91 = stablehlo.multiply %89, %90 : tensor<6x14xf32>
    %92 = call @fft_9(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %93 = call @fft_46(%92) : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    %94 = stablehlo.slice %arg0 [0:1, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %95 = stablehlo.reshape %94 : (tensor<1x8xf32>) -> tensor<8xf32>
    %96 = call @fft_57(%95) : (tensor<8xf32>) -> tensor<8xcomplex<f32>>
    %97 = stablehlo.slice %arg0 [1:2, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %98 = stablehlo.reshape %97 : (tensor<1x8xf32>) -> tensor<8xf32>
    %99 = call @fft_57(%98) : (tensor<8xf32>) -> tensor<8xcomplex<f32>>
    %100 = stablehlo.multiply %96, %99 : tensor<8xcomplex<f32>>
    %101 = call @fft_62(%100) : (tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>>
    %102 = stablehlo.real %101 : (tensor<8xcomplex<f32>>) -> tensor<8xf32>
    %103 = stablehlo.slice %arg0 [0:1, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %104 = stablehlo.reshape %103 : (tensor<1x8xf32>) -> tensor<8xf32>
    %105 = stablehlo.slice %arg0 [1:2, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %106 = stablehlo.reshape %105 : (tensor<1x8xf32>) -> tensor<8xf32>
    %107 = call @_pad_65(%104, %c) : (tensor<8xf32>, tensor<i32>) -> tensor<15xf32>
    %108 = call @fft_67(%107) : (tensor<15xf32>) -> tensor<8xcomplex<f32>>
    %109 = call @_pad_65(%106, %c) : (tensor<8xf32>, tensor<i32>) -> tensor<15xf32>
    %110 = call @fft_67(%109) : (tensor<15xf32>) -> tensor<8xcomplex<f32>>
    %111 = stablehlo.multiply %108, %110 : tensor<8xcomplex<f32>>
    %112 = call @_pad_69(%111, %c) : (tensor<8xcomplex<f32>>, tensor<i32>) -> tensor<8xcomplex<f32>>
    %113 = call @fft_71(%112) : (tensor<8xcomplex<f32>>) -> tensor<15xf32>
    %c_6 = stablehlo.constant dense<0> : tensor<i32>
    %114 = stablehlo.dynamic_slice %113, %c_6, sizes = [15] : (tensor<15xf32>, tensor<i32>) -> tensor<15xf32>
    %115 = stablehlo.slice %arg0 [0:1, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %116 = stablehlo.reshape %115 : (tensor<1x8xf32>) -> tensor<8xf32>
    %117 = stablehlo.slice %arg0 [1:2, 0:8] : (tensor<6x8xf32>) -> tensor<1x8xf32>
    %118 = stablehlo.reshape %117 : (tensor<1x8xf32>) -> tensor<8xf32>
    %119 = call @_pad_65(%116, %c) : (tensor<8xf32>, tensor<i32>) -> tensor<15xf32>
    %120 = call @fft_67(%119) : (tensor<15xf32>) -> tensor<8xcomplex<f32>>
    %121 = call @_pad_65(%118, %c) : (tensor<8xf32>, tensor<i32>) -> tensor<15xf32>
    %122 = call @fft_67(%121) : (tensor<15xf32>) -> tensor<8xcomplex<f32>>
    %123 = stablehlo.multiply %120, %122 : tensor<8xcomplex<f32>>
    %124 = call @_pad_69(%123, %c) : (tensor<8xcomplex<f32>>, tensor<i32>) -> tensor<8xcomplex<f32>>
    %125 = call @fft_71(%124) : (tensor<8xcomplex<f32>>) -> tensor<15xf32>
    %c_7 = stablehlo.constant dense<0> : tensor<i32>
    %126 = stablehlo.dynamic_slice %125, %c_7, sizes = [15] : (tensor<15xf32>, tensor<i32>) -> tensor<15xf32>
    %127 = stablehlo.iota dim = 0 : tensor<8xf32>
    %cst_8 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %128 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %129 = stablehlo.add %127, %128 : tensor<8xf32>
    %c_9 = stablehlo.constant dense<8> : tensor<i32>
    %130 = call @remainder(%129, %c_9) : (tensor<8xf32>, tensor<i32>) -> tensor<8xf32>
    %cst_10 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %131 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %132 = stablehlo.subtract %130, %131 : tensor<8xf32>
    %cst_11 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
    %133 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %134 = stablehlo.divide %132, %133 : tensor<8xf32>
    %135 = call @fft_7(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %136 = stablehlo.abs %135 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %137 = stablehlo.multiply %136, %136 : tensor<6x5xf32>
    %138 = call @fft_77(%arg0) : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    %139 = stablehlo.abs %138 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %140 = stablehlo.real %138 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %141 = stablehlo.imag %138 : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xf32>
    %142 = stablehlo.negate %141 : tensor<6x5xf32>
    %143 = stablehlo.complex %140, %142 : tensor<6x5xcomplex<f32>>
    %144 = stablehlo.convert %139 : (tensor<6x5xf32>) -> tensor<6x5xcomplex<f32>>
    %cst_12 = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %145 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<complex<f32>>) -> tensor<6x5xcomplex<f32>>
    %146 = stablehlo.compare  EQ, %144, %145,  FLOAT : (tensor<6x5xcomplex<f32>>, tensor<6x5xcomplex<f32>>) -> tensor<6x5xi1>
    %cst_13 = stablehlo.constant dense<(1.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %147 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<complex<f32>>) -> tensor<6x5xcomplex<f32>>
    %148 = stablehlo.select %146, %147, %144 : tensor<6x5xi1>, tensor<6x5xcomplex<f32>>
    %149 = stablehlo.divide %143, %148 : tensor<6x5xcomplex<f32>>
    %150 = stablehlo.multiply %139, %139 : tensor<6x5xf32>
    %cst_14 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %151 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<6x5xf32>
    %152 = stablehlo.multiply %151, %139 : tensor<6x5xf32>
    %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %153 = stablehlo.reduce(%150 init: %cst_15) applies stablehlo.add across dimensions = [0, 1] : (tensor<6x5xf32>, tensor<f32>) -> tensor<f32>
    %cst_16 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %154 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<6x5xf32>
    %155 = stablehlo.multiply %154, %152 : tensor<6x5xf32>
    %cst_17 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %156 = stablehlo.broadcast_in_dim %cst_17, dims = [] : (tensor<f32>) -> tensor<6x5xf32>
    %157 = stablehlo.complex %155, %156 : tensor<6x5xcomplex<f32>>
    %158 = stablehlo.multiply %157, %149 : tensor<6x5xcomplex<f32>>
    %159 = call @fft_86(%158) : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    %160 = stablehlo.slice %arg0 [0:6, 0:8:2] : (tensor<6x8xf32>) -> tensor<6x4xf32>
    %161 = stablehlo.slice %arg0 [0:6, 1:8:2] : (tensor<6x8xf32>) -> tensor<6x4xf32>
    %162 = stablehlo.reverse %161, dims = [1] : tensor<6x4xf32>
    %163 = stablehlo.concatenate %160, %162, dim = 1 : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<6x8xf32>
    %164 = call @fft(%163) : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %165 = stablehlo.real %164 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %166 = stablehlo.iota dim = 0 : tensor<8xf32>
    %167 = stablehlo.broadcast_in_dim %166, dims = [1] : (tensor<8xf32>) -> tensor<1x8xf32>
    %168 = stablehlo.convert %167 : (tensor<1x8xf32>) -> tensor<1x8xcomplex<f32>>
    %cst_18 = stablehlo.constant dense<(0.000000e+00,-1.57079637)> : tensor<complex<f32>>
    %169 = stablehlo.broadcast_in_dim %cst_18, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %170 = stablehlo.multiply %169, %168 : tensor<1x8xcomplex<f32>>
    %cst_19 = stablehlo.constant dense<(8.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %171 = stablehlo.broadcast_in_dim %cst_19, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %172 = stablehlo.divide %170, %171 : tensor<1x8xcomplex<f32>>
    %173 = stablehlo.exponential %172 : tensor<1x8xcomplex<f32>>
    %174 = stablehlo.broadcast_in_dim %173, dims = [0, 1] : (tensor<1x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %175 = stablehlo.multiply %164, %174 : tensor<6x8xcomplex<f32>>
    %176 = stablehlo.real %175 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %cst_20 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %177 = stablehlo.broadcast_in_dim %cst_20, dims = [] : (tensor<f32>) -> tensor<6x8xf32>
    %178 = stablehlo.multiply %177, %176 : tensor<6x8xf32>
    %cst_21 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %179 = stablehlo.broadcast_in_dim %cst_21, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %cst_22 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %180 = stablehlo.broadcast_in_dim %cst_22, dims = [] : (tensor<f32>) -> tensor<7xf32>
    %181 = stablehlo.concatenate %179, %180, dim = 0 : (tensor<1xf32>, tensor<7xf32>) -> tensor<8xf32>
    %182 = stablehlo.broadcast_in_dim %181, dims = [1] : (tensor<8xf32>) -> tensor<1x8xf32>
    %cst_23 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
    %183 = stablehlo.broadcast_in_dim %cst_23, dims = [] : (tensor<f32>) -> tensor<1x8xf32>
    %184 = stablehlo.multiply %182, %183 : tensor<1x8xf32>
    %185 = stablehlo.sqrt %184 : tensor<1x8xf32>
    %186 = stablehlo.broadcast_in_dim %185, dims = [0, 1] : (tensor<1x8xf32>) -> tensor<6x8xf32>
    %187 = stablehlo.divide %arg0, %186 : tensor<6x8xf32>
    %cst_24 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %188 = stablehlo.broadcast_in_dim %cst_24, dims = [] : (tensor<f32>) -> tensor<1xf32>
    %cst_25 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %189 = stablehlo.broadcast_in_dim %cst_25, dims = [] : (tensor<f32>) -> tensor<7xf32>
    %190 = stablehlo.concatenate %188, %189, dim = 0 : (tensor<1xf32>, tensor<7xf32>) -> tensor<8xf32>
    %191 = stablehlo.broadcast_in_dim %190, dims = [1] : (tensor<8xf32>) -> tensor<1x8xf32>
    %cst_26 = stablehlo.constant dense<8.000000e+00> : tensor<f32>
    %192 = stablehlo.broadcast_in_dim %cst_26, dims = [] : (tensor<f32>) -> tensor<1x8xf32>
    %193 = stablehlo.multiply %191, %192 : tensor<1x8xf32>
    %194 = stablehlo.sqrt %193 : tensor<1x8xf32>
    %195 = stablehlo.broadcast_in_dim %194, dims = [0, 1] : (tensor<1x8xf32>) -> tensor<6x8xf32>
    %196 = stablehlo.divide %187, %195 : tensor<6x8xf32>
    %197 = stablehlo.iota dim = 0 : tensor<8xf32>
    %198 = stablehlo.broadcast_in_dim %197, dims = [1] : (tensor<8xf32>) -> tensor<1x8xf32>
    %199 = stablehlo.convert %198 : (tensor<1x8xf32>) -> tensor<1x8xcomplex<f32>>
    %cst_27 = stablehlo.constant dense<(0.000000e+00,-1.57079637)> : tensor<complex<f32>>
    %200 = stablehlo.broadcast_in_dim %cst_27, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %201 = stablehlo.multiply %200, %199 : tensor<1x8xcomplex<f32>>
    %cst_28 = stablehlo.constant dense<(8.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %202 = stablehlo.broadcast_in_dim %cst_28, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %203 = stablehlo.divide %201, %202 : tensor<1x8xcomplex<f32>>
    %204 = stablehlo.exponential %203 : tensor<1x8xcomplex<f32>>
    %205 = stablehlo.convert %196 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %206 = stablehlo.convert %198 : (tensor<1x8xf32>) -> tensor<1x8xcomplex<f32>>
    %cst_29 = stablehlo.constant dense<(0.000000e+00,-1.57079637)> : tensor<complex<f32>>
    %207 = stablehlo.broadcast_in_dim %cst_29, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %208 = stablehlo.multiply %207, %206 : tensor<1x8xcomplex<f32>>
    %cst_30 = stablehlo.constant dense<(8.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %209 = stablehlo.broadcast_in_dim %cst_30, dims = [] : (tensor<complex<f32>>) -> tensor<1x8xcomplex<f32>>
    %210 = stablehlo.divide %208, %209 : tensor<1x8xcomplex<f32>>
    %211 = stablehlo.exponential %210 : tensor<1x8xcomplex<f32>>
    %212 = stablehlo.broadcast_in_dim %211, dims = [0, 1] : (tensor<1x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %213 = stablehlo.divide %205, %212 : tensor<6x8xcomplex<f32>>
    %cst_31 = stablehlo.constant dense<(2.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %214 = stablehlo.broadcast_in_dim %cst_31, dims = [] : (tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %215 = stablehlo.multiply %213, %214 : tensor<6x8xcomplex<f32>>
    %cst_32 = stablehlo.constant dense<(8.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %216 = stablehlo.broadcast_in_dim %cst_32, dims = [] : (tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %217 = stablehlo.multiply %215, %216 : tensor<6x8xcomplex<f32>>
    %218 = call @fft_36(%217) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %219 = stablehlo.real %218 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %220 = stablehlo.slice %219 [0:6, 0:4] : (tensor<6x8xf32>) -> tensor<6x4xf32>
    %221 = stablehlo.slice %219 [0:6, 4:8] : (tensor<6x8xf32>) -> tensor<6x4xf32>
    %222 = stablehlo.reverse %221, dims = [1] : tensor<6x4xf32>
    %cst_33 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %223 = stablehlo.broadcast_in_dim %cst_33, dims = [] : (tensor<f32>) -> tensor<6x8xf32>
    %224 = stablehlo.iota dim = 0 : tensor<4xi32>
    %c_34 = stablehlo.constant dense<2> : tensor<i32>
    %225 = stablehlo.broadcast_in_dim %c_34, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %226 = stablehlo.multiply %225, %224 : tensor<4xi32>
    %c_35 = stablehlo.constant dense<0> : tensor<i32>
    %227 = stablehlo.broadcast_in_dim %c_35, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %228 = stablehlo.add %227, %226 : tensor<4xi32>
    %229 = stablehlo.broadcast_in_dim %228, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %230 = "stablehlo.scatter"(%223, %229, %220) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1], scatter_dims_to_operand_dims = [1], index_vector_dim = 1>, unique_indices = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      stablehlo.return %arg2 : tensor<f32>
    }) : (tensor<6x8xf32>, tensor<4x1xi32>, tensor<6x4xf32>) -> tensor<6x8xf32>
    %231 = stablehlo.iota dim = 0 : tensor<4xi32>
    %c_36 = stablehlo.constant dense<2> : tensor<i32>
    %232 = stablehlo.broadcast_in_dim %c_36, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %233 = stablehlo.multiply %232, %231 : tensor<4xi32>
    %c_37 = stablehlo.constant dense<1> : tensor<i32>
    %234 = stablehlo.broadcast_in_dim %c_37, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %235 = stablehlo.add %234, %233 : tensor<4xi32>
    %236 = stablehlo.broadcast_in_dim %235, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %237 = "stablehlo.scatter"(%230, %236, %222) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1], scatter_dims_to_operand_dims = [1], index_vector_dim = 1>, unique_indices = true}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      stablehlo.return %arg2 : tensor<f32>
    }) : (tensor<6x8xf32>, tensor<4x1xi32>, tensor<6x4xf32>) -> tensor<6x8xf32>
    return %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, %64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, %83, %85, %88, %91, %93, %102, %114, %126, %134, %137, %159, %178, %237 : tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x5xf32>, tensor<6x5xf32>, tensor<6x12xf32>, tensor<6x12xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x4xf32>, tensor<6x4xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x9xf32>, tensor<6x14xf32>, tensor<6x8xf32>, tensor<8xf32>, tensor<15xf32>, tensor<15xf32>, tensor<8xf32>, tensor<6x5xf32>, tensor<6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>
  }
  func.func private @fft(%arg0: tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %1 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_1(%arg0: tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  IFFT, length = [8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %1 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_3(%arg0: tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [6, 8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %1 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_5(%arg0: tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  IFFT, length = [6, 8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %1 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_7(%arg0: tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [8] : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    return %0 : tensor<6x5xcomplex<f32>>
  }
  func.func private @fft_9(%arg0: tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [6, 8] : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    return %0 : tensor<6x5xcomplex<f32>>
  }
  func.func private @_roll_static(%arg0: tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.slice %arg0 [3:6, 0:8] : (tensor<6x8xcomplex<f32>>) -> tensor<3x8xcomplex<f32>>
    %1 = stablehlo.slice %arg0 [0:3, 0:8] : (tensor<6x8xcomplex<f32>>) -> tensor<3x8xcomplex<f32>>
    %2 = stablehlo.concatenate %0, %1, dim = 0 : (tensor<3x8xcomplex<f32>>, tensor<3x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %3 = stablehlo.slice %2 [0:6, 4:8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x4xcomplex<f32>>
    %4 = stablehlo.slice %2 [0:6, 0:4] : (tensor<6x8xcomplex<f32>>) -> tensor<6x4xcomplex<f32>>
    %5 = stablehlo.concatenate %3, %4, dim = 1 : (tensor<6x4xcomplex<f32>>, tensor<6x4xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %5 : tensor<6x8xcomplex<f32>>
  }
  func.func private @_pad(%arg0: tensor<6x5xf32>, %arg1: tensor<i32>) -> tensor<6x5xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<6x5xf32>, tensor<f32>) -> tensor<6x5xf32>
    return %1 : tensor<6x5xf32>
  }
  func.func private @fft_17(%arg0: tensor<6x5xf32>) -> tensor<6x5xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x5xf32>) -> tensor<6x5xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [5] : (tensor<6x5xcomplex<f32>>) -> tensor<6x5xcomplex<f32>>
    return %1 : tensor<6x5xcomplex<f32>>
  }
  func.func private @_pad_20(%arg0: tensor<6x8xf32>, %arg1: tensor<i32>) -> tensor<6x12xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 4], interior = [0, 0] : (tensor<6x8xf32>, tensor<f32>) -> tensor<6x12xf32>
    return %1 : tensor<6x12xf32>
  }
  func.func private @fft_22(%arg0: tensor<6x12xf32>) -> tensor<6x12xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<6x12xf32>) -> tensor<6x12xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [12] : (tensor<6x12xcomplex<f32>>) -> tensor<6x12xcomplex<f32>>
    return %1 : tensor<6x12xcomplex<f32>>
  }
  func.func private @fft_25(%arg0: tensor<8x6xf32>) -> tensor<8x6xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<8x6xf32>) -> tensor<8x6xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [6] : (tensor<8x6xcomplex<f32>>) -> tensor<8x6xcomplex<f32>>
    return %1 : tensor<8x6xcomplex<f32>>
  }
  func.func private @_pad_30(%arg0: tensor<6x7xf32>, %arg1: tensor<i32>) -> tensor<6x7xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<6x7xf32>, tensor<f32>) -> tensor<6x7xf32>
    return %1 : tensor<6x7xf32>
  }
  func.func private @fft_32(%arg0: tensor<6x7xf32>) -> tensor<6x4xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [7] : (tensor<6x7xf32>) -> tensor<6x4xcomplex<f32>>
    return %0 : tensor<6x4xcomplex<f32>>
  }
  func.func private @fft_35(%arg0: tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  FFT, length = [8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %0 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_36(%arg0: tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  IFFT, length = [8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %0 : tensor<6x8xcomplex<f32>>
  }
  func.func private @fft_44(%arg0: tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32> {
    %0 = stablehlo.fft %arg0, type =  IRFFT, length = [8] : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    return %0 : tensor<6x8xf32>
  }
  func.func private @fft_46(%arg0: tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32> {
    %0 = stablehlo.fft %arg0, type =  IRFFT, length = [6, 8] : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    return %0 : tensor<6x8xf32>
  }
  func.func private @_pad_48(%arg0: tensor<6x5xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<6x5xcomplex<f32>> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.pad %arg0, %0, low = [0, 0], high = [0, 0], interior = [0, 0] : (tensor<6x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<6x5xcomplex<f32>>
    return %1 : tensor<6x5xcomplex<f32>>
  }
  func.func private @fft_51(%arg0: tensor<6x5xcomplex<f32>>) -> tensor<6x9xf32> {
    %0 = stablehlo.fft %arg0, type =  IRFFT, length = [9] : (tensor<6x5xcomplex<f32>>) -> tensor<6x9xf32>
    return %0 : tensor<6x9xf32>
  }
  func.func private @fft_53(%arg0: tensor<6x8xf32>) -> tensor<6x14xf32> {
    %0 = stablehlo.convert %arg0 : (tensor<6x8xf32>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  IRFFT, length = [14] : (tensor<6x8xcomplex<f32>>) -> tensor<6x14xf32>
    return %1 : tensor<6x14xf32>
  }
  func.func private @fft_57(%arg0: tensor<8xf32>) -> tensor<8xcomplex<f32>> {
    %0 = stablehlo.convert %arg0 : (tensor<8xf32>) -> tensor<8xcomplex<f32>>
    %1 = stablehlo.fft %0, type =  FFT, length = [8] : (tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>>
    return %1 : tensor<8xcomplex<f32>>
  }
  func.func private @fft_62(%arg0: tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  IFFT, length = [8] : (tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>>
    return %0 : tensor<8xcomplex<f32>>
  }
  func.func private @_pad_65(%arg0: tensor<8xf32>, %arg1: tensor<i32>) -> tensor<15xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.pad %arg0, %0, low = [0], high = [7], interior = [0] : (tensor<8xf32>, tensor<f32>) -> tensor<15xf32>
    return %1 : tensor<15xf32>
  }
  func.func private @fft_67(%arg0: tensor<15xf32>) -> tensor<8xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [15] : (tensor<15xf32>) -> tensor<8xcomplex<f32>>
    return %0 : tensor<8xcomplex<f32>>
  }
  func.func private @_pad_69(%arg0: tensor<8xcomplex<f32>>, %arg1: tensor<i32>) -> tensor<8xcomplex<f32>> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<complex<f32>>
    %1 = stablehlo.pad %arg0, %0, low = [0], high = [0], interior = [0] : (tensor<8xcomplex<f32>>, tensor<complex<f32>>) -> tensor<8xcomplex<f32>>
    return %1 : tensor<8xcomplex<f32>>
  }
  func.func private @fft_71(%arg0: tensor<8xcomplex<f32>>) -> tensor<15xf32> {
    %0 = stablehlo.fft %arg0, type =  IRFFT, length = [15] : (tensor<8xcomplex<f32>>) -> tensor<15xf32>
    return %0 : tensor<15xf32>
  }
  func.func private @remainder(%arg0: tensor<8xf32>, %arg1: tensor<i32>) -> tensor<8xf32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %2 = stablehlo.remainder %arg0, %1 : tensor<8xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %4 = stablehlo.compare  NE, %2, %3,  FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %5 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %6 = stablehlo.compare  LT, %2, %5,  FLOAT : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %7 = stablehlo.compare  LT, %0, %cst_1,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %8 = stablehlo.broadcast_in_dim %7, dims = [] : (tensor<i1>) -> tensor<8xi1>
    %9 = stablehlo.compare  NE, %6, %8,  UNSIGNED : (tensor<8xi1>, tensor<8xi1>) -> tensor<8xi1>
    %10 = stablehlo.and %9, %4 : tensor<8xi1>
    %11 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<8xf32>
    %12 = stablehlo.add %2, %11 : tensor<8xf32>
    %13 = stablehlo.select %10, %12, %2 : tensor<8xi1>, tensor<8xf32>
    return %13 : tensor<8xf32>
  }
  func.func private @fft_77(%arg0: tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [8] : (tensor<6x8xf32>) -> tensor<6x5xcomplex<f32>>
    return %0 : tensor<6x5xcomplex<f32>>
  }
  func.func private @fft_86(%arg0: tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32> {
    %0 = call @_rfft_transpose(%arg0) : (tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32>
    return %0 : tensor<6x8xf32>
  }
  func.func private @_rfft_transpose(%arg0: tensor<6x5xcomplex<f32>>) -> tensor<6x8xf32> {
    call @fft_87() : () -> ()
    %cst = stablehlo.constant dense<(0.000000e+00,0.000000e+00)> : tensor<complex<f32>>
    %0 = stablehlo.pad %arg0, %cst, low = [0, 0], high = [0, 3], interior = [0, 0] : (tensor<6x5xcomplex<f32>>, tensor<complex<f32>>) -> tensor<6x8xcomplex<f32>>
    %1 = call @fft_89(%0) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    return %1 : tensor<6x8xf32>
  }
  func.func private @fft_87() {
    return
  }
  func.func private @fft_89(%arg0: tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32> {
    %0 = call @fft_90(%arg0) : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    %1 = stablehlo.real %0 : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xf32>
    %2 = stablehlo.convert %1 : tensor<6x8xf32>
    return %2 : tensor<6x8xf32>
  }
  func.func private @fft_90(%arg0: tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  FFT, length = [8] : (tensor<6x8xcomplex<f32>>) -> tensor<6x8xcomplex<f32>>
    return %0 : tensor<6x8xcomplex<f32>>
  }
}
