// How one cell of a layer is computed from the layers it reads. Pure functions; `explain` is what the panel shows.
// An array is {shape: [rows, columns, channels] or [n], data: Float32Array}, in the order of NumPy.
// spec: {op, …} as networks/operations makes it; unit: {slices, rows, columns, sources, factors, bias, numbers} as its Unit.

// base64 of float32 numbers → Float32Array; a unit as it comes from Python → with its arrays
const unpacked = text => new Float32Array(decoded(text).buffer)
function unpackedUnit(unit) {
  const arrays = {}
  for (const name of ["slices", "factors", "slopes"]) if (unit[name]) arrays[name] = unpacked(unit[name])
  return { ...unit, ...arrays }
}

const depthOf = array => array.shape[array.shape.length - 1]
const cellAt = (array, row, column, channel) =>
  array.shape.length === 1 ? array.data[channel] : array.data[(row * array.shape[1] + column) * array.shape[2] + channel]
const inside = (array, row, column) => row >= 0 && column >= 0 && row < array.shape[0] && column < array.shape[1]
const sum = values => values.reduce((a, b) => a + b, 0)

// ---- activations, with the constants that Keras uses when no layer sets them

function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x)) // Abramowitz and Stegun 7.1.26, error below 1.5e-7
  const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x)
  return x < 0 ? -y : y
}
const sigmoid = x => 1 / (1 + Math.exp(-x))
const softplus = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const clip = (x, low, high) => Math.min(Math.max(x, low), high)
const SELU = [1.0507009873554805, 1.6732632423543772]

const ACTIVATIONS = {
  linear: { of: x => x, text: "x" },
  relu: {
    of: (x, a) => {
      const threshold = a.threshold ?? 0, slope = a.negative_slope ?? 0
      if (a.max_value != null && x >= a.max_value) return a.max_value
      return x >= threshold ? x : slope * (x - threshold)
    },
    text: "max(0, x)",
  },
  relu6: { of: x => clip(x, 0, 6), text: "min(max(0, x), 6)" },
  leaky_relu: { of: (x, a) => (x >= 0 ? x : (a.negative_slope ?? 0.2) * x), text: "x, or slope · x below 0" },
  prelu: { of: (x, a) => (x >= 0 ? x : a.slope * x), text: "x, or a learned slope · x below 0" },
  elu: { of: (x, a) => (x >= 0 ? x : (a.alpha ?? 1) * Math.expm1(x)), text: "x, or α(eˣ − 1) below 0" },
  celu: { of: (x, a) => Math.max(x, 0) + Math.min(0, (a.alpha ?? 1) * Math.expm1(x / (a.alpha ?? 1))), text: "max(0, x) + min(0, eˣ − 1)" },
  selu: { of: x => SELU[0] * (x >= 0 ? x : SELU[1] * Math.expm1(x)), text: "1.0507 · (x, or 1.6733(eˣ − 1) below 0)" },
  gelu: { of: x => 0.5 * x * (1 + erf(x / Math.SQRT2)), text: "x · Φ(x)" },
  silu: { of: x => x * sigmoid(x), text: "x / (1 + e⁻ˣ)" },
  mish: { of: x => x * Math.tanh(softplus(x)), text: "x · tanh(ln(1 + eˣ))" },
  sigmoid: { of: sigmoid, text: "1 / (1 + e⁻ˣ)" },
  hard_sigmoid: { of: x => clip(x + 3, 0, 6) / 6, text: "min(max(0, x + 3), 6) / 6" },
  hard_silu: { of: x => (x * clip(x + 3, 0, 6)) / 6, text: "x · min(max(0, x + 3), 6) / 6" },
  hard_tanh: { of: x => clip(x, -1, 1), text: "min(max(−1, x), 1)" },
  tanh: { of: Math.tanh, text: "tanh(x)" },
  softplus: { of: softplus, text: "ln(1 + eˣ)" },
  softsign: { of: x => x / (1 + Math.abs(x)), text: "x / (1 + |x|)" },
  exponential: { of: Math.exp, text: "eˣ" },
  log_sigmoid: { of: x => -softplus(-x), text: "−ln(1 + e⁻ˣ)" },
  tanh_shrink: { of: x => x - Math.tanh(x), text: "x − tanh(x)" },
  soft_shrink: { of: x => (x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0), text: "x moved 0.5 towards 0" },
  hard_shrink: { of: x => (Math.abs(x) > 0.5 ? x : 0), text: "x, or 0 between −0.5 and 0.5" },
  sparse_plus: { of: x => (x <= -1 ? 0 : x >= 1 ? x : 0.25 * (x + 1) ** 2), text: "0, ¼(x + 1)², then x" },
  sparse_sigmoid: { of: x => clip(0.5 * (x + 1), 0, 1), text: "min(max(0, ½(x + 1)), 1)" },
  squareplus: { of: x => (x + Math.sqrt(x * x + 4)) / 2, text: "½(x + √(x² + 4))" },
  softmax: { among: true, text: "eˣ / Σ eˣ" },
  log_softmax: { among: true, text: "x − ln Σ eˣ" },
}

// {values, exponentials, total, largest, result} of a function that looks at all units of a place
function among(name, values, unit) {
  const largest = Math.max(...values)
  const exponentials = values.map(x => Math.exp(x - largest))
  const total = sum(exponentials)
  if (name === "softmax") return { values, largest, exponentials, total, result: exponentials[unit] / total }
  return { values, largest, exponentials, total, result: values[unit] - largest - Math.log(total) } // log_softmax
}

// ---- which cells of an input a cell is computed from

// [[row, column, kernel row, kernel column], …], those outside the input included (they are zeros)
function taps(spec, row, column) {
  const [kernelRows, kernelColumns] = spec.kernel, found = []
  for (let k = 0; k < kernelRows; k++) for (let l = 0; l < kernelColumns; l++) {
    if (spec.op === "transposed") {
      const i = (row + spec.before[0] - k * spec.dilation[0]) / spec.strides[0]
      const j = (column + spec.before[1] - l * spec.dilation[1]) / spec.strides[1]
      if (Number.isInteger(i) && Number.isInteger(j)) found.push([i, j, k, l])
    } else {
      found.push([row * spec.strides[0] - spec.before[0] + k * spec.dilation[0], column * spec.strides[1] - spec.before[1] + l * spec.dilation[1], k, l])
    }
  }
  return found
}

const pixelWise = { kernel: [1, 1], strides: [1, 1], dilation: [1, 1], before: [0, 0] }
const windowed = spec => (spec.kernel ? spec : { ...spec, ...pixelWise })
const weightAt = (unit, k, l, n) => unit.slices[(k * unit.columns + l) * unit.sources.length + n]

// one slice of the kernel on its map: {source, products: [[value, weight, row, column], …], partial, factor, share}
function term(spec, unit, input, n, row, column) {
  const products = []
  for (const [i, j, k, l] of taps(windowed(spec), row, column))
    if (spec.op !== "transposed" || inside(input, i, j))
      products.push([inside(input, i, j) ? cellAt(input, i, j, unit.sources[n]) : 0, weightAt(unit, k, l, n), i, j])
  const partial = sum(products.map(([x, w]) => x * w))
  const factor = unit.factors ? unit.factors[n] : 1
  return { source: unit.sources[n], products, partial, factor, share: partial * factor }
}

// the result of one slice at every place: a Float32Array of rows × columns of the output
function intermediate(spec, unit, input, n, rows, columns) {
  const out = new Float32Array(rows * columns), s = windowed(spec), source = unit.sources[n]
  if (spec.op === "transposed") {
    for (let i = 0; i < input.shape[0]; i++) for (let j = 0; j < input.shape[1]; j++) {
      const x = cellAt(input, i, j, source)
      for (let k = 0; k < s.kernel[0]; k++) for (let l = 0; l < s.kernel[1]; l++) {
        const r = i * s.strides[0] + k * s.dilation[0] - s.before[0], c = j * s.strides[1] + l * s.dilation[1] - s.before[1]
        if (r >= 0 && c >= 0 && r < rows && c < columns) out[r * columns + c] += x * weightAt(unit, k, l, n)
      }
    }
  } else {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      let total = 0
      for (let k = 0; k < s.kernel[0]; k++) {
        const i = r * s.strides[0] - s.before[0] + k * s.dilation[0]
        if (i < 0 || i >= input.shape[0]) continue
        for (let l = 0; l < s.kernel[1]; l++) {
          const j = c * s.strides[1] - s.before[1] + l * s.dilation[1]
          if (j >= 0 && j < input.shape[1]) total += cellAt(input, i, j, source) * weightAt(unit, k, l, n)
        }
      }
      out[r * columns + c] = total
    }
  }
  if (unit.factors) for (let i = 0; i < out.length; i++) out[i] *= unit.factors[n]
  return out
}

// after the sum: bias and activation. `before`: an array of all units' sums, for activations that look at all of them
function finish(found, spec, unit, before, at) {
  const name = spec.activation.name
  found.before = found.sum + (unit.bias ?? 0)
  found.bias = unit.bias
  found.activation = name
  if (ACTIVATIONS[name].among) {
    const all = Array.from({ length: depthOf(before) }, (_, i) => cellAt(before, at.row, at.column, i))
    all[at.channel] = found.before
    found.among = among(name, all, at.channel)
    found.value = found.among.result
  } else found.value = ACTIVATIONS[name].of(found.before, spec.activation)
  return found
}

// ---- everything about one cell

function explain(spec, unit, inputs, output, before, at) {
  const { row, column, channel } = at, input = inputs[0]
  switch (spec.op) {
    case "conv": case "depthwise": case "separable": case "transposed": {
      const terms = unit.sources.map((_, n) => term(spec, unit, input, n, row, column))
      return finish({ form: "sum", terms, sum: sum(terms.map(t => t.share)) }, spec, unit, before, at)
    }
    case "dense": {
      if (input.shape.length === 3) {
        const terms = unit.sources.map((_, n) => term(spec, unit, input, n, row, column))
        return finish({ form: "sum", terms, sum: sum(terms.map(t => t.share)) }, spec, unit, before, at)
      }
      const products = unit.sources.map(n => [input.data[n], unit.slices[n]])
      return finish({ form: "contributions", products, sum: sum(products.map(([x, w]) => x * w)) }, spec, unit, before, at)
    }
    case "pool": case "global": {
      const whole = spec.op === "global"
      const places = whole
        ? Array.from({ length: input.shape[0] * input.shape[1] }, (_, i) => [Math.floor(i / input.shape[1]), i % input.shape[1]])
        : taps(spec, row, column).filter(([i, j]) => inside(input, i, j))
      const values = places.map(([i, j]) => cellAt(input, i, j, channel))
      const winner = values.indexOf(Math.max(...values.length < 5e4 ? values : [values.reduce((a, b) => (a > b ? a : b))]))
      const value = spec.how === "maximum" ? values[winner] : sum(values) / values.length
      return { form: "pool", how: spec.how, whole, source: channel, places, values, winner, total: sum(values), value }
    }
    case "norm": return normalised(cellAt(input, row, column, channel), unit.numbers, unit.numbers, spec.epsilon, channel)
    case "layernorm": {
      const all = Array.from({ length: depthOf(input) }, (_, i) => cellAt(input, row, column, i))
      const mean = sum(all) / all.length, variance = sum(all.map(x => (x - mean) ** 2)) / all.length
      return { ...normalised(all[channel], unit.numbers, { mean, variance }, spec.epsilon, channel), over: ` of ${all.length} ${input.shape.length === 3 ? "channels" : "units"}` }
    }
    case "pointwise": {
      const x = cellAt(input, row, column, channel), name = spec.activation.name
      if (ACTIVATIONS[name].among) {
        const found = among(name, Array.from({ length: depthOf(input) }, (_, i) => cellAt(input, row, column, i)), channel)
        return { form: "pointwise", source: channel, x, before: x, activation: name, among: found, value: found.result }
      }
      const slope = name === "prelu" ? { slope: slopeAt(unit, input, at) } : {}
      return { form: "pointwise", source: channel, x, activation: name, ...slope, value: ACTIVATIONS[name].of(x, { ...spec.activation, ...slope }) }
    }
    case "rescale": {
      const x = cellAt(input, row, column, channel), scale = spec.scale[channel], offset = spec.offset[channel]
      return { form: "rescale", source: channel, x, scale, offset, value: x * scale + offset }
    }
    case "merge": {
      const values = inputs.map(each => each.shape.length === 1 ? each.data[channel % depthOf(each)] : cellAt(each, Math.min(row, each.shape[0] - 1), Math.min(column, each.shape[1] - 1), Math.min(channel, depthOf(each) - 1)))
      const value = {
        add: () => sum(values), subtract: () => values[0] - values[1], multiply: () => values.reduce((a, b) => a * b),
        average: () => sum(values) / values.length, maximum: () => Math.max(...values), minimum: () => Math.min(...values),
      }[spec.how]()
      return { form: "merge", how: spec.how, values, value }
    }
    case "concatenate": {
      const place = input.shape.length === 1 ? [channel] : [row, column, channel], axis = spec.axis
      let which = 0
      while (place[axis] >= inputs[which].shape[axis]) place[axis] -= inputs[which++].shape[axis]
      return copied(inputs[which], which, place)
    }
    case "shift": {
      const i = row - spec.by[0], j = column - spec.by[1]
      return inside(input, i, j) ? copied(input, 0, [i, j, channel]) : { form: "copy", which: 0, place: null, value: 0 }
    }
    case "upsample": {
      if (spec.how === "nearest") return copied(input, 0, [Math.floor(row / spec.size[0]), Math.floor(column / spec.size[1]), channel])
      const sides = [row, column].map((at, axis) => {
        const y = (at + 0.5) / spec.size[axis] - 0.5, low = Math.floor(y), last = input.shape[axis] - 1
        return [[clip(low, 0, last), 1 - (y - low)], [clip(low + 1, 0, last), y - low]]
      })
      const products = sides[0].flatMap(([i, a]) => sides[1].map(([j, b]) => [cellAt(input, i, j, channel), a * b, i, j]))
      return { form: "blend", source: channel, products, value: sum(products.map(([x, w]) => x * w)) }
    }
    case "reshape": {
      const flat = output.shape.length === 1 ? channel : (row * output.shape[1] + column) * output.shape[2] + channel
      if (input.shape.length === 1) return copied(input, 0, [flat])
      const depth = input.shape[2], across = Math.floor(flat / depth)
      return copied(input, 0, [Math.floor(across / input.shape[1]), across % input.shape[1], flat % depth])
    }
    case "same": return copied(input, 0, input.shape.length === 1 ? [channel] : [row, column, channel])
    default: return { form: "none", value: cellAt(output, row, column, channel) }
  }
}
function normalised(x, { gamma, beta }, { mean, variance }, epsilon, source) {
  return { form: "norm", source, over: "", x, gamma, beta, mean, variance, epsilon, value: (gamma * (x - mean)) / Math.sqrt(variance + epsilon) + beta }
}
function copied(input, which, place) {
  return { form: "copy", which, place, value: place.length === 1 ? input.data[place[0]] : cellAt(input, ...place) }
}
// PReLU's slopes (rows, columns, channels) of which axes may be shared, that is, 1
function slopeAt(unit, input, { row, column, channel }) {
  const [rows, columns, channels] = unit.slopeShape.length === 3 ? unit.slopeShape : [1, 1, unit.slopeShape[0]]
  return unit.slopes[((rows > 1 ? row : 0) * columns + (columns > 1 ? column : 0)) * channels + (channels > 1 ? channel : 0)]
}
