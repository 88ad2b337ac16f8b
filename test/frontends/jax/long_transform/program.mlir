module @jit_long_transform attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<600xf32>, %arg1: tensor<600xf32>) -> (tensor<600xf32> {jax.result_info = "result[0]"}, tensor<600xf32> {jax.result_info = "result[1]"}, tensor<600xf32> {jax.result_info = "result[2]"}, tensor<600xf32> {jax.result_info = "result[3]"}) {
    %0 = stablehlo.convert %arg1 : (tensor<600xf32>) -> tensor<600xcomplex<f32>>
    %cst = stablehlo.constant dense<(0.000000e+00,1.000000e+00)> : tensor<complex<f32>>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<complex<f32>>) -> tensor<600xcomplex<f32>>
    %2 = stablehlo.multiply %1, %0 : tensor<600xcomplex<f32>>
    %3 = stablehlo.convert %arg0 : (tensor<600xf32>) -> tensor<600xcomplex<f32>>
    %4 = stablehlo.add %3, %2 : tensor<600xcomplex<f32>>
    %5 = call @fft(%4) : (tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>>
    %6 = stablehlo.real %5 : (tensor<600xcomplex<f32>>) -> tensor<600xf32>
    %7 = stablehlo.imag %5 : (tensor<600xcomplex<f32>>) -> tensor<600xf32>
    %8 = call @fft_1(%5) : (tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>>
    %9 = stablehlo.real %8 : (tensor<600xcomplex<f32>>) -> tensor<600xf32>
    %10 = call @fft_3(%arg0) : (tensor<600xf32>) -> tensor<301xcomplex<f32>>
    %11 = call @fft_5(%10) : (tensor<301xcomplex<f32>>) -> tensor<600xf32>
    return %6, %7, %9, %11 : tensor<600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<600xf32>
  }
  func.func private @fft(%arg0: tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  FFT, length = [600] : (tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>>
    return %0 : tensor<600xcomplex<f32>>
  }
  func.func private @fft_1(%arg0: tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  IFFT, length = [600] : (tensor<600xcomplex<f32>>) -> tensor<600xcomplex<f32>>
    return %0 : tensor<600xcomplex<f32>>
  }
  func.func private @fft_3(%arg0: tensor<600xf32>) -> tensor<301xcomplex<f32>> {
    %0 = stablehlo.fft %arg0, type =  RFFT, length = [600] : (tensor<600xf32>) -> tensor<301xcomplex<f32>>
    return %0 : tensor<301xcomplex<f32>>
  }
  func.func private @fft_5(%arg0: tensor<301xcomplex<f32>>) -> tensor<600xf32> {
    %0 = stablehlo.fft %arg0, type =  IRFFT, length = [600] : (tensor<301xcomplex<f32>>) -> tensor<600xf32>
    return %0 : tensor<600xf32>
  }
}
