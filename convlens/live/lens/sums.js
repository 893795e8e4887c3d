// Sums of products four at a time: a WebAssembly function with SIMD, written here instruction by instruction, since a compiler would be a
// tool for sixty of them. sums(input, weights, out, count, units, stride): out[u] += input[n] · weights[n · stride + u] for all n below
// count; places and stride in bytes, units a multiple of 4. Sixteen sums stay in registers, where there are so many.

const I32 = 0x7f, V128 = 0x7b, EMPTY = 0x40
const [INPUT, WEIGHTS, OUT, COUNT, UNITS, STRIDE, LEFT, AT, FROM, END, X, SUM] = Array.from({ length: 12 }, (_, i) => i)
const leb = n => { // a whole number ≥ 0, signed LEB128
  const bytes = []
  for (; n > 63; n >>= 7) bytes.push((n & 127) | 128)
  return [...bytes, n]
}
const get = i => [0x20, i], set = i => [0x21, i], whole = n => [0x41, ...leb(n)]
const plus = 0x6a, minus = 0x6b, shifted = 0x74, less = 0x49, ifSo = n => [0x0d, n], again = n => [0x0c, n], end = 0x0b
const block = (...body) => [0x02, EMPTY, ...body.flat(), end], loop = (...body) => [0x03, EMPTY, ...body.flat(), end]
const loaded = offset => [0xfd, 0x00, 2, offset], splat = [0xfd, 0x09, 2, 0], stored = offset => [0xfd, 0x0b, 2, offset]
const added = [0xfd, 0xe4, 0x01], times = [0xfd, 0xe6, 0x01]
const moved = (local, by) => [...get(local), ...by, plus, ...set(local)]

// while as many units are left as `width` registers hold, their sums over all inputs
function strip(width) {
  const each = make => Array.from({ length: width }, (_, i) => make(i)).flat()
  const product = i => [...get(SUM + i), ...get(X), ...get(FROM), ...loaded(16 * i), ...times, ...added, ...set(SUM + i)]
  return block(loop(
    get(LEFT), whole(4 * width), [less], ifSo(1),
    each(i => [...get(OUT), ...loaded(16 * i), ...set(SUM + i)]),
    get(INPUT), set(AT), get(WEIGHTS), set(FROM),
    loop(get(AT), splat, set(X), each(product), moved(FROM, get(STRIDE)), moved(AT, whole(4)), get(AT), get(END), [less], ifSo(0)),
    each(i => [...get(OUT), ...get(SUM + i), ...stored(16 * i)]),
    moved(OUT, whole(16 * width)), moved(WEIGHTS, whole(16 * width)), get(LEFT), whole(4 * width), [minus], set(LEFT),
    again(0),
  ))
}

function moduleOfSums() {
  const body = [
    2, 4, I32, 5, V128, // locals: LEFT to END, X and four sums
    ...get(UNITS), ...set(LEFT),
    ...get(INPUT), ...get(COUNT), ...whole(2), shifted, plus, ...set(END),
    ...strip(4), ...strip(1), end,
  ]
  const section = (id, content) => [id, ...sized(content)]
  const text = name => [name.length, ...new TextEncoder().encode(name)]
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...text("js"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("sums"), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ])
}
function sized(content) { // unsigned LEB128 of its length, then itself
  const bytes = []
  let n = content.length
  for (; n > 127; n >>= 7) bytes.push((n & 127) | 128)
  return [...bytes, n, ...content]
}

// memory for so many numbers, and what adds products up in it; null where a browser has no WebAssembly with SIMD, or is not allowed it
function adder(numbers) {
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * numbers + 1024) / 65536) })
    const { sums } = new WebAssembly.Instance(new WebAssembly.Module(moduleOfSums()), { js: { memory } }).exports
    let used = 0
    const take = n => {
      const array = new Float32Array(memory.buffer, used, n)
      used += 16 * Math.ceil(n / 4)
      return array
    }
    return { take, sums }
  } catch {
    return null
  }
}
