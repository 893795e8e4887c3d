// A kernel slid over a whole frame, as filters/convolution.py and filters/chain.py do it: stride, padding, scale and bias, ReLU, pooling.
const LUMA = [0.299, 0.587, 0.114] // of red, green and blue, ITU-R BT.601

// how many places a kernel visits along n pixels, and the zeros before them
const visited = (n, kernel, stride, padding) => (padding === "same" ? Math.ceil(n / stride) : Math.floor((n - kernel) / stride) + 1)
const zerosBefore = (n, kernel, stride, padding) => (padding === "same" ? Math.floor(Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0) / 2) : 0)

// step {weights [[…]], scale, bias, stride [rows, columns], padding, relu, pool}; planes: how many, each on its own.
// {shape: [rows, columns] of the result, results: [Float32Array], fill(pixels, weigh, from), run(from), under(plane, row, column)}: fill
// takes RGBA bytes, of which weigh(plane) says [red, green, blue]; from: the first column of the result that is wanted; under: of one value
// {row, column, pixels [[…]], sum}: the place of its sum among those before pooling, what lay under the kernel there, what it came to
function slider(step, rows, columns, planes, fast = true) {
  const { weights, scale, bias, stride: [down, across], padding, relu, pool } = step, k = weights.length, l = weights[0].length
  const top = zerosBefore(rows, k, down, padding), left = zerosBefore(columns, l, across, padding)
  const out = [visited(rows, k, down, padding), visited(columns, l, across, padding)]
  const wide = 4 * Math.ceil((columns + 2 * l + 4) / 4), high = rows + 2 * k
  const adding = fast ? adder(planes * (wide * high + 8) + k * l + wide + 64) : null, take = adding?.take ?? (n => new Float32Array(n))
  const inputs = Array.from({ length: planes }, () => take(wide * high)), flat = take(k * l), line = take(wide)
  flat.set(weights.flat())
  const sums = Array.from({ length: planes }, () => new Float32Array(out[0] * out[1]))
  const shape = pool === "none" ? out : out.map(n => Math.floor(n / 2))
  const results = pool === "none" ? sums : sums.map(() => new Float32Array(shape[0] * shape[1]))
  const firstOf = from => (pool === "none" ? from : 2 * from)

  function fill(pixels, weigh, from = 0) {
    const first = Math.max(0, firstOf(from) * across - left)
    inputs.forEach((plane, p) => {
      const [red, green, blue] = weigh(p).map(w => w / 255)
      for (let r = 0; r < rows; r++) {
        let at = 4 * (r * columns + first), o = (r + top) * wide + first + left
        for (let c = first; c < columns; c++, at += 4) plane[o++] = red * pixels[at] + green * pixels[at + 1] + blue * pixels[at + 2]
      }
    })
  }
  function run(from = 0) {
    const start = firstOf(from)
    if (start >= out[1]) return
    const begin = start * across, count = 4 * Math.ceil(((out[1] - start - 1) * across + 1) / 4)
    inputs.forEach((plane, p) => {
      for (let r = 0; r < out[0]; r++) {
        line.fill(0)
        for (let i = 0; i < k; i++) {
          const at = (r * down + i) * wide + begin
          if (adding) adding.sums(flat.byteOffset + 4 * i * l, plane.byteOffset + 4 * at, line.byteOffset, l, count, 4)
          else for (let j = 0; j < l; j++) { const w = flat[i * l + j]; if (w) for (let c = 0; c < count; c++) line[c] += w * plane[at + j + c] }
        }
        for (let c = start, o = r * out[1] + start, x = 0; c < out[1]; c++, x += across) {
          const value = scale * line[x] + bias
          sums[p][o++] = relu && value < 0 ? 0 : value
        }
      }
      if (pool !== "none") pooled(sums[p], results[p], from)
    })
  }
  function pooled(values, result, from) {
    for (let r = 0; r < shape[0]; r++) for (let c = from; c < shape[1]; c++) {
      const at = 2 * r * out[1] + 2 * c, four = [values[at], values[at + 1], values[at + out[1]], values[at + out[1] + 1]]
      result[r * shape[1] + c] = pool === "max" ? Math.max(...four) : sum(four) / 4
    }
  }
  function under(plane, row, column) { // of four pooled sums the one that is the largest, or the first of a mean
    const some = pool === "none" ? [[row, column]] : [0, 1, 2, 3].map(i => [2 * row + (i >> 1), 2 * column + (i & 1)]), at = ([r, c]) => sums[plane][r * out[1] + c]
    const [r, c] = pool === "max" ? some.reduce((best, each) => (at(each) > at(best) ? each : best)) : some[0]
    const pixels = Array.from({ length: k }, (_, i) => Array.from({ length: l }, (_, j) => inputs[plane][(r * down + i) * wide + c * across + j]))
    return { row: r, column: c, pixels, sum: at([r, c]) }
  }
  return { shape, results, fill, run, under, begins: [-top, -left] }
}

// The mean of the pixels that each cell of a smaller picture stands for, edges by their share: Uint8 of (rows, columns, channels).
// box: [top, left, height, width] of RGBA bytes that are `across` pixels wide; grey: by the luma
function shrunk(pixels, across, [top, left, height, width], [rows, columns, channels], inverted, into) {
  const down = sharesOf(height, rows), along = sharesOf(width, columns)
  for (let r = 0, o = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
    let red = 0, green = 0, blue = 0
    for (let i = down.from[r], a = down.begin[r]; a < down.begin[r + 1]; i++, a++) {
      const high = down.shares[a]
      for (let at = 4 * ((top + i) * across + left + along.from[c]), b = along.begin[c], end = along.begin[c + 1]; b < end; at += 4, b++) {
        const w = high * along.shares[b]
        red += w * pixels[at]
        green += w * pixels[at + 1]
        blue += w * pixels[at + 2]
      }
    }
    if (channels === 1) into[o++] = rounded(LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue, inverted)
    else for (let n = 0; n < 3; n++) into[o++] = rounded(n === 0 ? red : n === 1 ? green : blue, inverted)
  }
  return into
}
const rounded = (value, inverted) => Math.round(inverted ? 255 - value : value)
const known = new Map()
function sharesOf(length, cells) { // of each cell: its first pixel, where its pixels' shares begin, and those, which sum to 1
  const key = `${length}/${cells}`
  if (known.has(key)) return known.get(key)
  const from = new Int32Array(cells), begin = new Int32Array(cells + 1), shares = []
  for (let cell = 0; cell < cells; cell++) {
    const low = (cell * length) / cells, high = ((cell + 1) * length) / cells
    from[cell] = Math.floor(low)
    for (let i = from[cell]; i < Math.min(length, high); i++) shares.push((Math.min(i + 1, high) - Math.max(i, low)) / (high - low))
    begin[cell + 1] = shares.length
  }
  known.set(key, { from, begin, shares: Float64Array.from(shares) })
  return known.get(key)
}
