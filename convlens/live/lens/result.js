// A kernel's result in colours, or clipped to a picture.
const LEAST = 0.05 // where signed colours end at least: what lies below is noise

// found: of `slider`; from: its first column that is shown; high: where the colours ended before, null at first.
// {low, top, clipped, beyond, high}: of what is shown the extremes, the shares outside [0, 1] and outside the colours, where those end
function coloured(found, image, from, signed, colours, high) {
  const { results, shape: [rows, columns] } = found, pixels = new Uint32Array(image.data.buffer), [first] = results
  let low = Infinity, top = -Infinity, outside = 0, beyond = 0
  const count = results.length * rows * (columns - from)
  if (!count) return { low: 0, top: 0, clipped: 0, beyond: 0, high }
  for (const plane of results) for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) {
    const v = plane[i]
    if (v < low) low = v
    if (v > top) top = v
    if (v < 0 || v > 1) outside++
  }
  if (!signed) {
    const [red, green, blue] = results.length === 3 ? results : [first, first, first], byte = v => (v <= 0 ? 0 : v >= 1 ? 255 : Math.round(255 * v))
    for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) pixels[i] = 0xff000000 | (byte(blue[i]) << 16) | (byte(green[i]) << 8) | byte(red[i])
    return { low, top, clipped: outside / count, beyond: 0, high: null }
  }
  const wished = Math.max(LEAST, low < 0 ? most(first, rows, columns, from) : top), end = high ? high + 0.15 * (wished - high) : wished // slowly, or it would flicker
  const table = low < 0 ? colours.signed : colours.plain, least = low < 0 ? -end : 0, by = 252 / (end - least)
  for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) {
    const v = first[i], at = (v - least) * by
    if (v > end || v < -end) beyond++
    pixels[i] = table[at <= 0 ? 0 : at >= 252 ? 252 : Math.round(at)]
  }
  return { low, top, clipped: outside / count, beyond: beyond / count, high: end }
}
function most(values, rows, columns, from) { // what 98 of 100 values do not exceed, of some of them
  const some = [], wide = columns - from, step = 1 + Math.floor((rows * wide) / 2000)
  for (let n = 0; n < rows * wide; n += step) some.push(Math.abs(values[Math.floor(n / wide) * columns + from + (n % wide)]))
  return Float32Array.from(some).sort()[Math.floor(0.98 * some.length)]
}

// The result where it belongs in the frame, as far as it is right of x; rows and columns of a result stand for several of the frame
function laidOver(view, canvas, { shape: [rows, columns], begins }, step, x) {
  const { left, top, across, down } = grid(begins, step)
  view.save()
  view.beginPath()
  view.rect(x, 0, WIDE - x, HIGH)
  view.clip()
  view.imageSmoothingEnabled = false
  view.drawImage(canvas, left, top, columns * across, rows * down)
  view.restore()
}
// where the first value's square begins in the frame, and how large each is
function grid([above, before], { weights, stride: [down, across], pool }) {
  const times = pool === "none" ? 1 : 2, middle = n => (n - 1) / 2 + 0.5 // where the first window's middle lies
  return { top: above + middle(weights.length) - down / 2, left: before + middle(weights[0].length) - across / 2, down: down * times, across: across * times }
}
// the first column of the result that is seen right of x
function firstColumn(x, { shape: [, columns], begins }, step) {
  const { left, across } = grid(begins, step)
  return Math.min(columns, Math.max(0, Math.floor((x - left) / across)))
}
