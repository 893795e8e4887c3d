// How one map was made: what it reads, its kernel, the steps, the map; and the arithmetic of the cell under the pointer.
// A click in the overview is answered from the numbers of this network on this picture, of which the browser asks for
// those it needs; the server then confirms the selection.
// with arithmetic.js
// data: pages (address of what is known of each layer, see book.Book), numbers (address of their values), units (address of the
//   weights, /channel/layer follows), own (of those of a visitor's own network, all of them; null), layer (name), channel, place ([row, column], the wished one: a layer may have fewer; negative: the strongest of the map), cuts {layer: {channel: factor}}, labels, palettes {signed, plain, red, green, blue} (768 bytes, base64)
const instances = new WeakMap()
const bracketed = x => (x < 0 ? `(${show(x)})` : show(x))
const inCell = w => { // three figures at most, after the point two or three: −.0096 would overrun its cell
  const text = Math.abs(w) < 0.1 ? w.toFixed(3) : String(Number(w.toPrecision(2)))
  return Number(text) === 0 ? (w ? "~0" : "0") : text.replace(/^(-?)0\./, "$1.").replace("-", "−")
}
const fetched = new Map() // address and place → promise of what came, for all instances, the oldest first
const MOST = 64e6 // bytes that are kept
let kept = 0
function ask(url, start = 0, length = 0) { // JSON, or with a length that many float32 numbers from a byte on
  const key = `${url} ${start}`
  if (!fetched.has(key)) {
    const headers = length ? { Range: `bytes=${start}-${start + 4 * length - 1}` } : {}
    const arriving = fetch(url, { headers }).then(async reply => {
      if (!reply.ok) throw new Error(`${reply.status} for ${url}`)
      const bytes = await reply.arrayBuffer(), found = { size: bytes.byteLength }
      if (!length) found.value = JSON.parse(new TextDecoder().decode(bytes))
      else found.value = reply.status === 206 ? new Float32Array(bytes) : new Float32Array(bytes, start, length) // some proxies send all
      kept += found.size
      for (const [old, promise] of fetched) {
        if (kept <= MOST || old === key) break
        fetched.delete(old)
        promise.then(gone => (kept -= gone.size), () => {}) // one that did not arrive took no room
      }
      return found
    })
    arriving.catch(() => fetched.delete(key)) // it may arrive the next time
    fetched.set(key, arriving)
  }
  return fetched.get(key).then(found => found.value)
}
const sizeOf = shape => shape.reduce((a, b) => a * b, 1)

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  let me = instances.get(parentElement)
  if (!me) {
    me = { timer: null, sorted: false, turn: 0 }
    instances.set(parentElement, me)
  }
  const wished = () => [data.pages, data.numbers, data.layer, data.channel, data.place, JSON.stringify(data.cuts)].join(" ")
  if (me.drawn === wished()) return me.leave // the server confirms what was clicked
  let shown, spec, shape, hasMaps, rows, columns, many, unit, arrays, home, at // of what is on screen
  me.leave?.()
  const { pause, toggle } = playing(me, $(".play"), 500, () => step(1))
  document.addEventListener("convlens.unit", clicked)
  me.leave = () => {
    pause()
    me.drawn = null
    me.watch?.disconnect()
    document.removeEventListener("convlens.unit", clicked)
  }
  $(".sorted input").checked = me.sorted
  $(".sorted input").onchange = event => { me.sorted = event.target.checked; if (arrays) build() }
  $(".back").onclick = () => { pause(); step(-1) }
  $(".next").onclick = () => { pause(); step(1) }
  $(".play").onclick = toggle
  open()
  return me.leave

  // ---- getting the numbers

  function clicked({ detail: [layer, channel, anew] }) { // in the overview: the server will say the same
    data = { ...data, layer, channel, place: anew ? [-1, -1] : data.place }
    open()
  }
  function open() {
    const turn = ++me.turn, { layer: name, channel, place } = data
    const found = ask(data.pages).then(async pages => {
      const page = pages.find(each => each.name === name), inputs = page.inputs.map(i => pages[i])
      if ([page, ...inputs].some(each => each.start === null)) return null // of a large network: the server will bring it
      const at = (start, shape) => ask(data.numbers, start, sizeOf(shape)).then(array => ({ shape, data: array }))
      const values = each => at(each.start, each.shape)
      const weights = data.own ? ask(data.own).then(units => units[name][channel])
        : ask(`${data.units}/${channel}/${name.split("/").map(encodeURIComponent).join("/")}`)
      const before = page.before === null ? null : at(page.before, page.shape)
      const [output, sums, known, ...read] = await Promise.all([values(page), before, weights, ...inputs.map(values)])
      return { page, inputs, last: page === pages.at(-1), unit: unpackedUnit(known), arrays: { output, before: sums, inputs: read } }
    })
    found.then(found => {
      if (turn !== me.turn || !found) return // another click came meanwhile
      const { page } = found
      if (shown?.layer !== page) pause()
      shown = { layer: page, inputs: found.inputs, labels: found.last ? data.labels : [], factor: data.cuts[name]?.[channel] ?? 1 }
      ;({ shape, settings: spec } = page)
      hasMaps = shape.length === 3
      ;[rows, columns] = hasMaps ? shape : [1, 1]
      many = rows * columns > 1
      ;({ unit, arrays } = found)
      home = place[0] < 0 ? page.strongest?.[channel] ?? [0, 0] : [Math.min(place[0], rows - 1), Math.min(place[1], columns - 1)]
      at = { row: home[0], column: home[1], channel }
      for (const name of [".back", ".next", ".play"]) $(name).style.display = many ? "" : "none"
      build()
      me.drawn = wished()
    }).catch(error => {
      if (turn !== me.turn) return // what it belonged to is no longer on screen
      console.warn(error)
      $(".check").textContent = "The numbers of this map did not arrive. Click it again."
    })
  }

  // ---- drawing maps

  function palette(key) {
    me.palettes ??= {}
    return (me.palettes[key] ??= decoded(data.palettes[key]))
  }
  function tint(canvas, height, width, value, scale, channel) { // a page's own hues, if it has any, are its channels'
    paint(canvas, height, width, value, scale, palette(scale.signed ? "signed" : scale.hues?.[channel] ?? "plain"))
  }
  function mapOf(input, array, channel) {
    const box = element("div", "map"), canvas = element("canvas")
    box.append(canvas, document.createElementNS("http://www.w3.org/2000/svg", "svg"))
    const [height, width] = array.shape.length === 3 ? array.shape : [1, 1]
    tint(canvas, height, width, (r, c) => cellAt(array, r, c, channel), input, channel)
    frameSize(box, height, width)
    return box
  }
  function frameSize(box, height, width) {
    const svg = box.querySelector("svg")
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    svg.replaceChildren()
  }
  function mark(box, cells, winner = -1) {
    const svg = box.querySelector("svg")
    const { width: across, height: down } = svg.viewBox.baseVal, isSmall = Math.min(across, down) < 5 // a window would cover what stands beside it
    const draw = (r, c, h, w, name) => {
      if (isSmall) [r, c, h, w] = [Math.max(r, 0), Math.max(c, 0), Math.min(r + h, down) - Math.max(r, 0), Math.min(c + w, across) - Math.max(c, 0)]
      if (h <= 0 || w <= 0) return
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect")
      for (const [key, value] of Object.entries({ x: c, y: r, width: w, height: h })) rect.setAttribute(key, value)
      if (name) rect.setAttribute("class", name)
      svg.append(rect)
    }
    svg.replaceChildren()
    if (!cells.length) return
    const r = cells.map(cell => cell[0]), c = cells.map(cell => cell[1])
    const [top, left] = [Math.min(...r), Math.min(...c)], [height, width] = [Math.max(...r) - top + 1, Math.max(...c) - left + 1]
    if (cells.length === height * width) draw(top, left, height, width)
    else for (const [i, j] of cells) draw(i, j, 1, 1) // a dilated kernel has holes
    if (winner >= 0) draw(...cells[winner], 1, 1, "win")
  }

  // ---- the parts

  function build() {
    const reads = $(".reads")
    me.rows = []
    me.watch?.disconnect()
    reads.replaceChildren()
    const found = explainAt()
    $(".sorted").style.display = found.form === "sum" && found.terms.length > 1 ? "" : "none"
    if (found.form === "sum") buildSum(found, reads)
    else if (found.form !== "contributions" && found.form !== "none" && !(found.among && !hasMaps)) buildPlain(reads)
    const output = $(".output"), canvas = output.querySelector("canvas")
    output.style.display = many ? "" : "none"
    if (many) {
      const factor = shown.factor
      tint(canvas, rows, columns, (r, c) => cellAt(arrays.output, r, c, at.channel), shown.layer, at.channel)
      frameSize(output.querySelector(".map"), rows, columns)
      output.querySelector("figcaption").textContent = `Map ${at.channel} of ${shown.layer.name}, ${rows} × ${columns}, ${show(shown.layer.low)} to ${show(shown.layer.high)}${factor === 1 ? "" : `, times ${show(factor)} (surgery)`}. Hover a cell; a click selects it.`
      follow(output.querySelector(".map"))
    }
    $(".how").dataset.of = `${shown.layer.name} ${at.channel}` // what is on screen now
    refresh()
  }
  function explainAt() { return explain(spec, unit, arrays.inputs, arrays.output, arrays.before, at) }

  function buildSum(found, reads) {
    const order = found.terms.map((_, n) => n)
    if (me.sorted) order.sort((a, b) => Math.abs(found.terms[b].share) - Math.abs(found.terms[a].share))
    const input = shown.inputs[0], array = arrays.inputs[0]
    const largest = Math.max(...unit.slices.map(Math.abs), 1e-12)
    me.watch = new IntersectionObserver(entries => entries.forEach(entry => {
      const row = entry.target.made
      row.visible = entry.isIntersecting
      if (row.visible) fill(row)
    }), { root: reads, rootMargin: "200px" })
    for (const n of order) {
      const row = { n, box: element("div", "row"), visible: false, filled: false }
      row.box.made = row
      row.box.style.minHeight = "78px"
      me.rows.push(row)
      me.watch.observe(row.box)
      reads.append(row.box)
    }
    function fill(row) {
      if (!row.filled) {
        row.filled = true
        const left = element("div"), middle = element("div"), right = element("div")
        row.map = mapOf(input, array, unit.sources[row.n])
        left.append(row.map, element("div", "small", `${input.name.split("/").at(-1)} ${unit.sources[row.n]}`))
        const kernel = element("div", "kernel"), cell = Math.max(9, Math.min(26, 72 / unit.columns))
        kernel.style.gridTemplateColumns = `repeat(${unit.columns}, ${cell}px)`
        for (let k = 0; k < unit.rows; k++) for (let l = 0; l < unit.columns; l++) {
          const w = weightAt(unit, k, l, row.n), square = element("span", "", cell >= 22 ? inCell(w) : "")
          const colours = palette("signed"), level = Math.round(252 * Math.min(1, Math.max(0, (w / largest + 1) / 2)))
          const rgb = [...colours.slice(3 * level, 3 * level + 3)]
          square.style.background = `rgb(${rgb})`
          square.style.color = inkOn(rgb)
          square.style.height = `${cell}px`
          square.title = String(w)
          kernel.append(square)
        }
        middle.append(kernel, element("div", "small", "kernel"))
        row.result = element("div", "map")
        const canvas = element("canvas")
        row.result.append(canvas, document.createElementNS("http://www.w3.org/2000/svg", "svg"))
        if (many) {
          const values = intermediate(spec, unit, array, row.n, rows, columns)
          const end = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
          tint(canvas, rows, columns, (r, c) => values[r * columns + c], { low: -(end || 1), high: end || 1, signed: true })
          frameSize(row.result, rows, columns)
          right.append(row.result, element("div", "small", end ? `±${show(end)}` : "0"))
        }
        row.terms = element("div", "terms")
        row.share = element("div", "share")
        row.box.append(left, middle, right, row.terms, row.share)
      }
      refreshRow(row)
    }
    me.refreshRow = refreshRow
    function refreshRow(row) {
      if (!row.filled || !row.visible) return
      const t = term(spec, unit, array, row.n, at.row, at.column)
      mark(row.map, t.products.map(([, , i, j]) => [i, j]))
      if (many) mark(row.result, [[at.row, at.column]])
      const wide = t.products.length > 49
      row.terms.classList.toggle("many", unit.columns > 4)
      row.terms.style.gridTemplateColumns = `repeat(${wide ? 4 : Math.min(5, unit.columns)}, max-content)`
      const written = (wide ? [...t.products].sort((a, b) => Math.abs(b[0] * b[1]) - Math.abs(a[0] * a[1])).slice(0, 12) : t.products).map(([x, w]) => element("span", x * w ? "" : "nil", `${show(x)}·${bracketed(w)}`))
      row.terms.replaceChildren(...written)
      if (wide) row.terms.append(element("span", "", `… ${t.products.length} products`))
      row.share.replaceChildren(...(t.factor === 1 ? [] : [element("div", "times", `${show(t.partial)}·${bracketed(t.factor)} =`)]), document.createTextNode(show(t.share)))
    }
  }
  function buildPlain(reads) {
    const of = spec.op === "merge" || spec.op === "concatenate" ? shown.inputs.map((_, i) => i) : [0]
    for (const i of of) {
      const row = { i, box: element("div", "row plain") }, left = element("div")
      const channel = Math.min(channelRead(i), depthOf(arrays.inputs[i]) - 1)
      row.map = mapOf(shown.inputs[i], arrays.inputs[i], channel)
      row.caption = element("div", "small", `${shown.inputs[i].name}, ${arrays.inputs[i].shape.length === 3 ? "map" : "unit"} ${channel}`)
      left.append(row.map, row.caption)
      row.text = element("div")
      row.box.append(left, row.text)
      if (arrays.inputs[i].shape.length !== 3) row.map.style.display = "none"
      me.rows.push(row)
      reads.append(row.box)
    }
  }
  function channelRead(i) {
    const found = explainAt()
    if (found.form === "copy") return found.which === i && found.place ? found.place.at(-1) : 0
    return found.source ?? at.channel
  }

  // ---- the cell

  function refresh() {
    if (!arrays) return
    const found = explainAt(), steps = [], line = $(".line"), keras = cellAt(arrays.output, at.row, at.column, at.channel)
    const factor = shown.factor, value = found.value * factor
    const label = shown.labels[at.channel]
    $(".where").textContent = hasMaps ? `Row ${at.row}, column ${at.column} of ${rows} × ${columns}` : `Unit ${at.channel} of ${shape[0]}${label ? `: ${label}` : ""}`
    const [sentence, extra] = told(found, steps)
    if (factor !== 1) steps.push(["surgery", `· ${bracketed(factor)}`])
    steps.push(["result", value, true])
    $(".steps").replaceChildren(...steps.map(([name, x, strong]) => {
      const row = element("div")
      row.append(element("span", "", name), element(strong ? "b" : "span", "", typeof x === "number" ? show(x) : x))
      return row
    }))
    const result = element("b", "", show(value))
    line.replaceChildren(document.createTextNode(`${sentence}${factor === 1 ? "" : ` · ${bracketed(factor)}`} = `), result)
    if (extra) line.append(extra)
    const agrees = Math.abs(value - keras) <= 1e-4 * Math.max(1, Math.abs(keras)), unequal = spec.strides && spec.strides[0] !== spec.strides[1]
    const doubt = unequal ? "TensorFlow computes unequal strides wrongly on some processors." : "Please report this."
    $(".check").textContent = found.form === "none" ? "" : agrees ? `Keras has ${show(keras)} there too.` : `Keras has ${show(keras)} there. ${doubt}`
    if (many) mark($(".output .map"), [[at.row, at.column]])
    for (const row of me.rows) {
      if (found.form === "sum") me.refreshRow(row)
      else refreshPlain(row, found)
    }
  }
  function refreshPlain(row, found) {
    const array = arrays.inputs[row.i]
    if (array.shape.length !== 3) return
    if (found.form === "pool") {
      const best = found.how === "maximum"
      if (found.whole) mark(row.map, best ? [found.places[found.winner]] : [], best ? 0 : -1)
      else mark(row.map, found.places, best ? found.winner : -1)
      row.text.replaceChildren(found.whole ? element("div", "", `All ${array.shape[0]} × ${array.shape[1]} = ${found.values.length} values.`) : patch(found))
    } else if (found.form === "copy") {
      const channel = found.which === row.i && found.place ? found.place.at(-1) : null
      if (channel !== null && row.channel !== channel) {
        row.channel = channel
        tint(row.map.querySelector("canvas"), array.shape[0], array.shape[1], (r, c) => cellAt(array, r, c, channel), shown.inputs[row.i], channel)
        row.caption.textContent = `${shown.inputs[row.i].name}, map ${channel}`
      }
      mark(row.map, channel === null ? [] : [found.place.slice(0, 2)])
      row.box.style.opacity = found.which === row.i || !found.place ? 1 : 0.35
      row.text.textContent = channel === null ? (found.which === row.i ? "Outside its input: a zero is put here." : "") : `Its value in row ${found.place[0]}, column ${found.place[1]}: ${show(found.value)}`
    } else if (found.form === "blend") {
      mark(row.map, found.products.map(([, , i, j]) => [i, j]))
      row.text.textContent = "The four nearest values, by their distances."
    } else if (found.form === "merge") {
      const i = Math.min(at.row, array.shape[0] - 1), j = Math.min(at.column, array.shape[1] - 1)
      mark(row.map, [[i, j]])
      row.text.textContent = show(found.values[row.i])
    } else {
      mark(row.map, [[at.row, at.column]])
      const own = found.form === "pointwise" && !found.among ? [curve(found)] : []
      row.text.replaceChildren(element("div", "", `x = ${show(found.x)}`), ...own)
    }
  }
  function patch(found) {
    const box = element("div", "patch"), [, kernelColumns] = spec.kernel
    box.style.gridTemplateColumns = `repeat(${kernelColumns}, auto)`
    const array = arrays.inputs[0]
    let n = 0
    for (const [i, j] of taps(spec, at.row, at.column)) {
      const within = inside(array, i, j)
      box.append(element("span", !within ? "out" : found.how === "maximum" && n === found.winner ? "win" : "", within ? show(found.values[n]) : "–"))
      if (within) n++
    }
    return box
  }
  function curve(found) {
    const f = ACTIVATIONS[found.activation].of, settings = { ...spec.activation, slope: found.slope }
    const end = Math.max(3, Math.abs(found.x) * 1.2), xs = Array.from({ length: 81 }, (_, i) => -end + (2 * end * i) / 80), ys = xs.map(x => f(x, settings))
    const low = Math.min(...ys, 0), high = Math.max(...ys, 1e-6), px = x => 100 * (x + end) / (2 * end), py = y => 56 - 52 * (y - low) / (high - low)
    const box = element("div", "curve")
    box.innerHTML = `<svg viewBox="0 0 100 60" width="100%"><line x1="0" x2="100" y1="${py(0)}" y2="${py(0)}"/><line x1="50" x2="50" y1="0" y2="60"/><path vector-effect="non-scaling-stroke" d="M${xs.map((x, i) => `${px(x)},${py(ys[i])}`).join("L")}"/><circle cx="${px(found.x)}" cy="${py(found.value)}" r="2.6"/></svg>`
    return box
  }
  function bars(list) { // [[label, share −1 to 1, text, strong], …]
    const box = element("div", "bars")
    for (const [label, share, text, strong] of list) {
      const bar = element("i")
      bar.style.width = `${Math.abs(share) * 100}%`
      bar.style.background = share < 0 ? "rgb(33,102,172)" : "rgb(178,24,43)"
      box.append(element("span", strong ? "here" : "", label), bar, element("span", strong ? "here" : "", text))
    }
    return box
  }

  // the formula with its numbers; fills `steps`, may give bars
  function told(found, steps) {
    const activated = inner => {
      const name = found.activation
      if (!name || name === "linear") return inner
      if (found.among) return amongText(found, steps)
      return `${name}(${inner})`
    }
    switch (found.form) {
      case "sum": {
        steps.push([found.terms.length === 1 ? "sum of the products" : `sum over ${found.terms.length} maps`, found.sum])
        after(found, steps)
        const shares = found.terms.map(t => t.share), shown = shares.slice(0, 16).map(bracketed).join(" + ") + (shares.length > 16 ? ` + … (${shares.length} maps)` : "")
        return [activated(`${shown}${found.bias == null ? "" : ` + ${bracketed(found.bias)}`}`), among$(found)]
      }
      case "contributions": {
        steps.push([`sum of ${found.products.length.toLocaleString("en")} products`, found.sum])
        after(found, steps)
        $(".reads").replaceChildren(contributions(found))
        return [activated(`${show(found.sum)}${found.bias == null ? "" : ` + ${bracketed(found.bias)}`}`), among$(found)]
      }
      case "pool": {
        const n = found.values.length
        if (found.how === "maximum") return [`the largest of ${n === 1 ? "one value" : `${n} values`}`]
        steps.push([`sum of ${n} values`, found.total], ["divided by", String(n)])
        return [n <= 16 ? `(${found.values.map(bracketed).join(" + ")}) / ${n}` : `${show(found.total)} / ${n}`]
      }
      case "norm":
        steps.push(["x", found.x], [`mean μ${found.over}`, found.mean], [`variance σ²${found.over}`, found.variance], ["scale γ", found.gamma], ["offset β", found.beta])
        return [`γ · (x − μ) / √(σ² + ε) + β = ${show(found.gamma)} · (${show(found.x)} − ${bracketed(found.mean)}) / √(${show(found.variance)} + ${show(found.epsilon)}) + ${bracketed(found.beta)}`]
      case "pointwise":
        steps.push(["x", found.x], ["function", ACTIVATIONS[found.activation].text])
        if (found.slope !== undefined) steps.push(["learned slope", found.slope])
        return [found.among ? amongText(found, steps) : `${found.activation}(${show(found.x)})`, among$(found)]
      case "rescale":
        steps.push(["x", found.x], ["scale", found.scale], ["offset", found.offset])
        return [`${show(found.x)} · ${bracketed(found.scale)} + ${bracketed(found.offset)}`]
      case "merge": {
        const sign = { add: " + ", subtract: " − ", multiply: " · " }[found.how]
        found.values.forEach((x, i) => steps.push([shown.inputs[i].name.split("/").at(-1), x]))
        if (sign) return [found.values.map((x, i) => (i ? bracketed(x) : show(x))).join(sign)]
        return [found.how === "average" ? `(${found.values.map(bracketed).join(" + ")}) / ${found.values.length}` : `${found.how} of ${found.values.map(show).join(", ")}`]
      }
      case "blend": return [found.products.map(([x, w]) => `${show(x)}·${show(w)}`).join(" + ")]
      case "copy": {
        if (!found.place) return ["a zero, put around the map"]
        const where = found.place.length === 1 ? `unit ${found.place[0]}` : `map ${found.place[2]}, row ${found.place[0]}, column ${found.place[1]}`
        steps.push(["taken from", shown.inputs[found.which].name], ["which", where])
        const quiet = spec.op === "same" ? `${shown.layer.kind} does nothing once the network is trained: ` : ""
        return [`${quiet}the value of ${shown.inputs[found.which].name}, ${where}`]
      }
      default: {
        const why = shown.layer.kind === "InputLayer" ? "The picture itself, as the network takes it" : `The arithmetic of ${shown.layer.kind} is not explained here; its maps are shown. The value there`
        return [why]
      }
    }
  }
  function after(found, steps) {
    if (found.bias != null) steps.push(["bias", found.bias])
    if (found.activation !== "linear") steps.push(["before the activation", found.before], [found.activation, ACTIVATIONS[found.activation].text])
  }
  function amongText(found, steps) {
    const a = found.among, own = show(a.values[at.channel])
    if (found.activation !== "softmax") return `${own} − ${show(a.largest)} − ln ${show(a.total)}`
    steps.push(["e^(x − largest)", a.exponentials[at.channel]], [`sum over ${a.values.length} units`, a.total])
    return `softmax: e^(${own} − ${bracketed(a.largest)}) / Σ = ${show(a.exponentials[at.channel])} / ${show(a.total)}`
  }
  function among$(found) {
    if (!found.among) return null
    const a = found.among, order = a.values.map((_, i) => i)
    if (order.length > 24) order.sort((i, j) => a.values[j] - a.values[i]).splice(12)
    return bars(order.map(i => [shown.labels[i] ?? String(i), a.exponentials[i], `x = ${show(a.values[i])}, e^(x − ${show(a.largest)}) = ${show(a.exponentials[i])}, share ${show((100 * a.exponentials[i]) / a.total)} %`, i === at.channel]))
  }
  function contributions(found) {
    const box = element("div"), order = found.products.map((_, i) => i).sort((i, j) => Math.abs(found.products[j][0] * found.products[j][1]) - Math.abs(found.products[i][0] * found.products[i][1])).slice(0, 16)
    const share = ([x, w]) => x * w, together = sum(order.map(i => share(found.products[i]))), rest = found.sum - together, others = found.products.length - order.length
    const largest = Math.max(Math.abs(share(found.products[order[0]])), others ? Math.abs(rest) : 0, 1e-12)
    const place = i => {
      if (!shown.layer.flat) return `unit ${i}`
      const [, width, depth] = shown.layer.flat, across = Math.floor(i / depth)
      return `map ${i % depth}, row ${Math.floor(across / width)}, column ${across % width}`
    }
    box.append(element("div", "small", `The ${order.length} largest of ${found.products.length.toLocaleString("en")} products, value · weight, of ${shown.inputs[0].name}${shown.layer.flat ? ", by the place in the maps that were flattened" : ""}. Together they add ${show(together)} to the sum of ${show(found.sum)}:`))
    box.append(bars([...order.map(i => [place(i), share(found.products[i]) / largest, `${show(found.products[i][0])}·${bracketed(found.products[i][1])} = ${show(share(found.products[i]))}`]), ...(others ? [[`all ${others.toLocaleString("en")} others`, rest / largest, show(rest)]] : [])]))
    return box
  }

  // ---- moving

  function follow(map) {
    const cell = event => cellUnder(event, map, rows, columns)
    map.onpointermove = event => { pause(); move(...cell(event)) }
    map.onpointerleave = () => { if (!me.timer) move(...home) }
    map.onpointerdown = event => { me.pressed = cell(event) } // a click's own place is rounded to pixels
    map.onclick = () => setStateValue("cell", asSent([shown.layer.name, at.channel, ...me.pressed]))
    map.onkeydown = event => {
      const by = arrow(event.key)
      if (event.key === "Enter") { setStateValue("cell", asSent([shown.layer.name, at.channel, at.row, at.column])); return }
      if (event.key === " ") { event.preventDefault(); toggle(); return }
      if (!by) return
      event.preventDefault()
      pause()
      move(clamped(at.row + by[0], rows), clamped(at.column + by[1], columns))
    }
  }
  function move(row, column) {
    if (row === at.row && column === at.column) return
    at.row = row
    at.column = column
    refresh()
  }
  function step(by) {
    const i = (at.row * columns + at.column + by + rows * columns) % (rows * columns)
    move(Math.floor(i / columns), i % columns)
  }
}
