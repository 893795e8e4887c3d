// The layers of one network by TensorFlow.js, all of them read for every frame, as the page Live does it: milliseconds a frame.
// told: the head of a program (see convlens/live/program.py); numbers: its weights; pixels: values of 0 to 1 of rows, columns, channels
window.inTfjs = async (backend, told, numbers, pixels, frames) => {
  await tf.setBackend(backend)
  await tf.ready()
  const made = [tf.input({ shape: told.layers[0].shape })]
  for (const { kind, settings: s, inputs, shape, arrays } of told.layers.slice(1)) {
    const padding = s.before && [...s.before, ...s.after].some(Boolean) ? "same" : "valid", activation = s.activation?.name
    const layer = {
      Conv2D: () => tf.layers.conv2d({ filters: shape[2], kernelSize: s.kernel, strides: s.strides, padding, activation }),
      MaxPooling2D: () => tf.layers.maxPooling2d({ poolSize: s.kernel, strides: s.strides, padding }),
      Dense: () => tf.layers.dense({ units: shape.at(-1), activation }),
      Dropout: () => tf.layers.dropout({ rate: 0.5 }),
      Flatten: () => tf.layers.flatten(),
    }[kind]()
    made.push(layer.apply(made[inputs[0]]))
    if (arrays.length) layer.setWeights(arrays.map(({ at, shape }) => tf.tensor(numbers.slice(at, at + shape.reduce((a, b) => a * b)), shape)))
  }
  const model = tf.model({ inputs: made[0], outputs: made.slice(1) })
  const input = tf.tensor(pixels, [1, ...told.layers[0].shape])
  let begun = 0, last = null
  for (let i = -20; i < frames; i++) {
    if (i === 0) begun = performance.now()
    const found = model.predict(input)
    last = (await Promise.all(found.map(each => each.data()))).at(-1)
    found.forEach(each => each.dispose())
  }
  return { milliseconds: (performance.now() - begun) / frames, answer: [...last] }
}
