func.func public @main(%z: tensor<2xcomplex<f32>>) -> tensor<2xi64> {
  %0 = stablehlo.bitcast_convert %z : (tensor<2xcomplex<f32>>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}
