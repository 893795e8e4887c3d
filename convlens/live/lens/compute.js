// A whole network's forward pass on one picture, with arithmetic.js' activation functions. Pure functions; what is
// allocated, is allocated once: a frame leaves nothing behind.
// A program, as live/program.py writes it: {layers: [{name, kind, shape, inputs [index], settings, arrays [{at, shape}]}], range [low, high],
// minus [3] or null, answer}, then all weights. Arrays lie in the order of NumPy: rows, columns, channels.

const product = shape => shape.reduce((a, b) => a * b, 1)

// bytes of a program → {layers: [{…, values: Float32Array}], run(picture)}; picture: Uint8 values of rows, columns, channels
function compiled(buffer, fast = true) {
  const length = new DataView(buffer).getUint32(0, true)
  const program = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)))
  const floats = new Float32Array(buffer, 4 + length)
  const adding = fast ? adder(room(program.layers)) : null, take = adding?.take ?? (n => new Float32Array(n))
  const layers = []
  for (const told of program.layers) {
    const layer = { ...told, adding, weights: told.arrays.map(({ at, shape }) => ({ shape, data: floats.subarray(at, at + product(shape)) })) }
    layer.from = told.inputs.map(i => layers[i])
    const shares = told.settings.op === "same" || told.settings.op === "reshape" // the same values, in another order of places
    layer.values = shares ? layer.from[0].values : take(product(told.shape))
    layer.step = shares || !layer.from.length ? null : STEPS[told.settings.op](layer)
    layers.push(layer)
  }
  const input = layers[0].values, [low, high] = program.range, { minus } = program
  function run(picture) {
    const by = (high - low) / 255
    if (minus) for (let i = 0; i < input.length; i += 3) for (let c = 0; c < 3; c++) input[i + c] = picture[i + 2 - c] * by + low - minus[c]
    else for (let i = 0; i < input.length; i++) input[i] = picture[i] * by + low
    for (const layer of layers) layer.step?.()
  }
  return { ...program, layers, run, shares: () => shares(program.answer, layers.at(-1).values) }
}

// how many numbers all layers and their weights need: units in fours, and each array begins at a multiple of four
function room(layers) {
  const fours = shape => product(shape.slice(0, -1)) * 4 * Math.ceil(shape.at(-1) / 4) + 4
  const between = ({ settings, shape, arrays: [kernel] }) => (settings.op === "separable" ? shape[0] * shape[1] * product(kernel.shape.slice(2)) + 4 : 0)
  return sum(layers.map(layer => 2 * fours(layer.shape) + sum(layer.arrays.map(each => fours(each.shape))) + between(layer)))
}

function shares(answer, values) {
  if (answer !== "logits") return Array.from(values)
  const largest = Math.max(...values), powers = Array.from(values, x => Math.exp(x - largest)), total = sum(powers)
  return powers.map(x => x / total)
}

// what comes after the sums of a layer, in place
function activated({ name, ...numbers }, values, channels, slopes) {
  if (name === "linear") return () => {}
  if (name === "relu" && !Object.values(numbers).some(x => x)) return () => { for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0 }
  const { of, among } = ACTIVATIONS[name]
  if (slopes) return () => { for (let i = 0; i < values.length; i++) values[i] = of(values[i], { slope: slopes(i) }) }
  if (!among) return () => { for (let i = 0; i < values.length; i++) values[i] = of(values[i], numbers) }
  return () => {
    for (let at = 0; at < values.length; at += channels) {
      let largest = -Infinity, total = 0
      for (let i = at; i < at + channels; i++) if (values[i] > largest) largest = values[i]
      for (let i = at; i < at + channels; i++) total += Math.exp(values[i] - largest)
      for (let i = at; i < at + channels; i++) values[i] = name === "softmax" ? Math.exp(values[i] - largest) / total : values[i] - largest - Math.log(total)
    }
  }
}

// the i-th value of a whole → the one of a part that stands for it: along a side of 1 there is one for all
function repeated(part, whole) {
  const [r, c, u] = sidesOf(part), [, columns, units] = sidesOf(whole)
  return i => {
    const unit = i % units, column = Math.floor(i / units) % columns, row = Math.floor(i / units / columns)
    return ((r > 1 ? row : 0) * c + (c > 1 ? column : 0)) * u + (u > 1 ? unit : 0)
  }
}
const sidesOf = shape => (shape.length === 3 ? shape : [1, 1, shape[0]])

// the input's cells that a window reads along one axis: for each place, [[index of the weight, cell], …], those outside left out
function reads(places, cells, kernel, stride, dilation, before) {
  return Array.from({ length: places }, (_, at) => {
    const found = []
    for (let k = 0; k < kernel; k++) {
      const cell = at * stride - before + k * dilation
      if (cell >= 0 && cell < cells) found.push([k, cell])
    }
    return found
  })
}
function laid(places, cells, kernel, stride, dilation, before) { // of a transposed convolution
  return Array.from({ length: places }, (_, at) => {
    const found = []
    for (let k = 0; k < kernel; k++) {
      const cell = (at + before - k * dilation) / stride
      if (Number.isInteger(cell) && cell >= 0 && cell < cells) found.push([k, cell])
    }
    return found
  })
}

// The sum of products of a convolution. weight(k, l, n): where the weights of all units begin, which lie one after the other;
// an input of 0 is passed over: after a ReLU that is half of them
function convolved(layer, { kernel, groups = 1 }, weights, bias, how) {
  const [rows, columns, units] = layer.shape, [inRows, inColumns, channels] = layer.from[0].shape, s = layer.settings
  const down = how(rows, inRows, kernel.shape[0], s.strides[0], s.dilation[0], s.before[0])
  const across = how(columns, inColumns, kernel.shape[1], s.strides[1], s.dilation[1], s.before[1])
  const read = channels / groups, mine = units / groups, input = layer.from[0].values, out = layer.values
  const sums = new Float64Array(units), start = new Float64Array(units)
  if (bias) start.set(bias)
  return () => {
    let o = 0
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      sums.set(start)
      for (const [k, i] of down[r]) for (const [l, j] of across[c]) {
        const cell = (i * inColumns + j) * channels, place = (k * kernel.shape[1] + l) * read * units
        for (let g = 0; g < groups; g++) for (let n = 0; n < read; n++) {
          const x = input[cell + g * read + n]
          if (x === 0) continue
          let w = place + n * units + g * mine
          for (let u = g * mine, end = u + mine; u < end; u++) sums[u] += x * weights[w++]
        }
      }
      for (let u = 0; u < units; u++) out[o++] = sums[u]
    }
  }
}

// The same four units at a time, where a run of cells lies one after the other; null where it does not
function convolvedFast(layer, kernel, bias) {
  const { adding, settings: s } = layer
  if (!adding || s.groups > 1 || s.dilation[1] !== 1) return null
  const [rows, columns, units] = layer.shape, [inRows, inColumns, channels] = layer.from[0].shape
  const down = reads(rows, inRows, kernel.shape[0], s.strides[0], s.dilation[0], s.before[0])
  const across = reads(columns, inColumns, kernel.shape[1], s.strides[1], 1, s.before[1]).map(found => (found.length ? [...found[0], found.length] : null))
  const padded = 4 * Math.ceil(units / 4), weights = inFours(adding, kernel.data, units), start = new Float32Array(padded)
  if (bias) start.set(bias)
  const sums = units === padded ? layer.values : adding.take(padded), out = layer.values
  const input = layer.from[0].values.byteOffset, first = weights.byteOffset
  return () => {
    let o = 0
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++, o += units) {
      const at = sums === out ? o : 0
      sums.set(start, at)
      if (across[c]) {
        const [l, j, count] = across[c]
        for (const [k, i] of down[r])
          adding.sums(input + 4 * (i * inColumns + j) * channels, first + 4 * (k * kernel.shape[1] + l) * channels * padded, sums.byteOffset + 4 * at, count * channels, padded, 4 * padded)
      }
      if (sums !== out) for (let u = 0; u < units; u++) out[o + u] = sums[u]
    }
  }
}
function inFours(adding, weights, units) { // units filled up with zeros
  const padded = 4 * Math.ceil(units / 4), n = weights.length / units, filled = adding.take(n * padded)
  for (let i = 0; i < n; i++) filled.set(weights.subarray(i * units, (i + 1) * units), i * padded)
  return filled
}

// each map on its own, `multiplier` results of each
function depthwise(layer, shape, weights, out) {
  const [rows, columns] = layer.shape, [inRows, inColumns, channels] = layer.from[0].shape, s = layer.settings
  const multiplier = shape[3], all = channels * multiplier, input = layer.from[0].values
  const down = reads(rows, inRows, shape[0], s.strides[0], s.dilation[0], s.before[0])
  const across = reads(columns, inColumns, shape[1], s.strides[1], s.dilation[1], s.before[1])
  const sums = new Float64Array(all)
  return () => {
    let o = 0
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      sums.fill(0)
      for (const [k, i] of down[r]) for (const [l, j] of across[c]) {
        const cell = (i * inColumns + j) * channels
        let w = (k * shape[1] + l) * all, u = 0
        for (let n = 0; n < channels; n++) for (let m = 0; m < multiplier; m++) sums[u++] += input[cell + n] * weights[w++]
      }
      for (let u = 0; u < all; u++) out[o++] = sums[u]
    }
  }
}

// sums of vectors of `count` inputs at every place, each by the same weights (inputs, units)
function dense(input, count, kernel, units, bias, out, adding) {
  if (adding) {
    const padded = 4 * Math.ceil(units / 4), filled = inFours(adding, kernel.data, units), sums = adding.take(padded), start = new Float32Array(padded)
    if (bias) start.set(bias)
    return () => {
      for (let at = 0, o = 0; at < input.length; at += count, o += units) {
        sums.set(start)
        adding.sums(input.byteOffset + 4 * at, filled.byteOffset, sums.byteOffset, count, padded, 4 * padded)
        for (let u = 0; u < units; u++) out[o + u] = sums[u]
      }
    }
  }
  const weights = double(kernel), sums = new Float64Array(units), start = new Float64Array(units)
  if (bias) start.set(bias)
  return () => {
    for (let at = 0, o = 0; at < input.length; at += count) {
      sums.set(start)
      for (let n = 0; n < count; n++) {
        const x = input[at + n]
        if (x !== 0) for (let u = 0, w = n * units; u < units; u++) sums[u] += x * weights[w++]
      }
      for (let u = 0; u < units; u++) out[o++] = sums[u]
    }
  }
}

function then(...steps) {
  return () => { for (const step of steps) step() }
}
const take = ({ adding }, n) => (adding ? adding.take(n) : new Float32Array(n))
const double = weights => Float64Array.from(weights.data) // of single precision they would be made anew at every product

// operation → layer → what fills its values from those of the layers it reads
const STEPS = {
  conv(layer) {
    const [kernel, bias] = layer.weights, { activation, groups } = layer.settings
    const added = convolvedFast(layer, kernel, bias?.data) ?? convolved(layer, { kernel, groups }, double(kernel), bias?.data, reads)
    return then(added, activated(activation, layer.values, layer.shape[2]))
  },
  transposed(layer) { // kernel: (rows, columns, units, channels); turned so that units are last
    const [kernel, bias] = layer.weights, [k, l, units, channels] = kernel.shape, turned = new Float64Array(kernel.data.length)
    for (let at = 0; at < k * l; at++) for (let u = 0; u < units; u++) for (let n = 0; n < channels; n++) turned[(at * channels + n) * units + u] = kernel.data[(at * units + u) * channels + n]
    return then(convolved(layer, { kernel }, turned, bias?.data, laid), activated(layer.settings.activation, layer.values, units))
  },
  depthwise(layer) {
    const [kernel, bias] = layer.weights, units = layer.shape[2], { values } = layer
    const biased = () => { for (let i = 0; i < values.length; i++) values[i] += bias.data[i % units] }
    return then(depthwise(layer, kernel.shape, double(kernel), values), bias ? biased : () => {}, activated(layer.settings.activation, values, units))
  },
  separable(layer) {
    const [kernel, pointwise, bias] = layer.weights, [rows, columns, units] = layer.shape, between = kernel.shape[2] * kernel.shape[3]
    const maps = take(layer, rows * columns * between)
    return then(depthwise(layer, kernel.shape, double(kernel), maps), dense(maps, between, pointwise, units, bias?.data, layer.values, layer.adding), activated(layer.settings.activation, layer.values, units))
  },
  dense(layer) {
    const [kernel, bias] = layer.weights, [count, units] = kernel.shape
    return then(dense(layer.from[0].values, count, kernel, units, bias?.data, layer.values, layer.adding), activated(layer.settings.activation, layer.values, units))
  },
  pool(layer) {
    const [rows, columns, channels] = layer.shape, [inRows, inColumns] = layer.from[0].shape, s = layer.settings, out = layer.values, input = layer.from[0].values
    const down = reads(rows, inRows, s.kernel[0], s.strides[0], s.dilation[0], s.before[0]), across = reads(columns, inColumns, s.kernel[1], s.strides[1], s.dilation[1], s.before[1])
    const largest = s.how === "maximum"
    return () => {
      let o = 0
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) for (let n = 0; n < channels; n++) {
        let found = largest ? -Infinity : 0
        for (const [, i] of down[r]) for (const [, j] of across[c]) {
          const x = input[(i * inColumns + j) * channels + n]
          if (!largest) found += x
          else if (x > found) found = x
        }
        out[o++] = largest ? found : found / (down[r].length * across[c].length)
      }
    }
  },
  global(layer) {
    const [rows, columns, channels] = layer.from[0].shape, input = layer.from[0].values, largest = layer.settings.how === "maximum"
    return () => {
      for (let n = 0; n < channels; n++) {
        let found = largest ? -Infinity : 0
        for (let i = n; i < input.length; i += channels) found = largest ? Math.max(found, input[i]) : found + input[i]
        layer.values[n] = largest ? found : found / (rows * columns)
      }
    }
  },
  norm(layer) {
    const { epsilon, scale, center } = layer.settings, left = layer.weights.map(each => each.data), units = layer.shape.at(-1), input = layer.from[0].values
    const gamma = scale ? left.shift() : null, beta = center ? left.shift() : null, [mean, variance] = left
    const by = Float64Array.from(variance, (v, u) => (gamma ? gamma[u] : 1) / Math.sqrt(v + epsilon)), plus = by.map((x, u) => (beta ? beta[u] : 0) - mean[u] * x)
    return () => { for (let i = 0, u = 0; i < input.length; i++) { layer.values[i] = input[i] * by[u] + plus[u]; if (++u === units) u = 0 } }
  },
  layernorm(layer) {
    const { epsilon, scale, center } = layer.settings, left = layer.weights.map(each => each.data), units = layer.shape.at(-1), input = layer.from[0].values
    const gamma = scale ? left.shift() : null, beta = center ? left.shift() : null
    return () => {
      for (let at = 0; at < input.length; at += units) {
        let mean = 0, variance = 0
        for (let u = 0; u < units; u++) mean += input[at + u] / units
        for (let u = 0; u < units; u++) variance += (input[at + u] - mean) ** 2 / units
        for (let u = 0; u < units; u++) layer.values[at + u] = ((gamma ? gamma[u] : 1) * (input[at + u] - mean)) / Math.sqrt(variance + epsilon) + (beta ? beta[u] : 0)
      }
    }
  },
  rescale(layer) {
    const { scale, offset } = layer.settings, input = layer.from[0].values, units = layer.shape.at(-1)
    return () => { for (let i = 0; i < input.length; i++) layer.values[i] = input[i] * scale[i % units] + offset[i % units] }
  },
  pointwise(layer) {
    const input = layer.from[0].values, units = layer.shape.at(-1)
    let slopes = null
    if (layer.settings.activation.name === "prelu") { // a shared axis has the length 1
      const { shape, data } = layer.weights[0], place = repeated(shape, layer.shape)
      slopes = i => data[place(i)]
    }
    return then(() => layer.values.set(input), activated(layer.settings.activation, layer.values, units, slopes))
  },
  merge(layer) { // a smaller one is repeated
    const out = layer.values, n = layer.from.length
    const places = layer.from.map(({ shape }) => {
      const place = repeated(shape, layer.shape)
      return Int32Array.from(out, (_, i) => place(i))
    })
    const join = { add: (a, b) => a + b, average: (a, b) => a + b, subtract: (a, b) => a - b, multiply: (a, b) => a * b, maximum: Math.max, minimum: Math.min }[layer.settings.how]
    const by = layer.settings.how === "average" ? n : 1
    return () => {
      for (let i = 0; i < out.length; i++) {
        let found = layer.from[0].values[places[0][i]]
        for (let k = 1; k < n; k++) found = join(found, layer.from[k].values[places[k][i]])
        out[i] = found / by
      }
    }
  },
  concatenate(layer) {
    const { axis } = layer.settings, out = layer.values, whole = product(layer.shape.slice(axis))
    return () => {
      let begin = 0
      for (const { shape, values } of layer.from) {
        const part = product(shape.slice(axis))
        for (let at = 0, o = begin; at < values.length; at += part, o += whole) for (let i = 0; i < part; i++) out[o + i] = values[at + i]
        begin += part
      }
    }
  },
  shift(layer) {
    const [rows, columns, channels] = layer.shape, [inRows, inColumns] = layer.from[0].shape, [down, across] = layer.settings.by, input = layer.from[0].values
    return () => {
      layer.values.fill(0)
      for (let r = Math.max(0, down); r < Math.min(rows, inRows + down); r++) for (let c = Math.max(0, across); c < Math.min(columns, inColumns + across); c++)
        for (let n = 0; n < channels; n++) layer.values[(r * columns + c) * channels + n] = input[((r - down) * inColumns + c - across) * channels + n]
    }
  },
  upsample(layer) {
    const [rows, columns, channels] = layer.shape, [inRows, inColumns] = layer.from[0].shape, { size, how } = layer.settings, input = layer.from[0].values
    const along = (places, cells, times) => Array.from({ length: places }, (_, at) => {
      if (how === "nearest") return [[Math.floor(at / times), 1]]
      const y = (at + 0.5) / times - 0.5, low = Math.floor(y)
      return [[clamped(low, cells), 1 - (y - low)], [clamped(low + 1, cells), y - low]]
    })
    const down = along(rows, inRows, size[0]), across = along(columns, inColumns, size[1])
    return () => {
      let o = 0
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) for (let n = 0; n < channels; n++) {
        let found = 0
        for (const [i, a] of down[r]) for (const [j, b] of across[c]) found += input[(i * inColumns + j) * channels + n] * a * b
        layer.values[o++] = found
      }
    }
  },
}
