// The stepper: input, weights, output; one output cell at a time with its products and their sum. Numbers stay here; which cell it is goes into the link.
// data: chosen (an example's name, "own" or "photo"), stepped ("row-column", with "-play" while it plays, and ".row-column" where a patch that was chosen begins), heard (which message these follow), examples [{name, title, input, weights, stride, sentence}], own {title, weights, stride [r, c], padding}, photo {image, rows, columns, centre ([row, column] that its patch opens at)}
const instances = new WeakMap()
const REST = 600 // milliseconds without another arrow key, until the link says where it is

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  let me = instances.get(parentElement)
  let stale = !me // the grids are drawn anew only when their numbers have changed
  if (!me) {
    me = { at: [0, 0], goal: null, timer: null, pick: null, said: null, linked: null }
    instances.set(parentElement, me)
    load(data.examples[0])
  }
  const { pause, toggle } = playing(me, $(".play"), 700, () => step(1))
  const linked = `${data.chosen} ${data.stepped}`
  if (me.linked !== linked && (me.said === null || data.heard === me.said)) { // by a link; not by what was done here
    me.linked = linked
    const [cell, begins] = data.stepped.split("."), [row, column, play] = cell.split("-")
    open(data.chosen, [Number(row), Number(column ?? 0)], begins?.split("-").map(Number))
    stale = true
    if (!play === !!me.timer && (!play || !matchMedia("(prefers-reduced-motion: reduce)").matches)) toggle()
  }
  const image = $(".photo img")
  if (me.photo !== data.photo.image) {
    me.photo = data.photo.image
    me.grey = null
    me.pick = null
    image.onload = () => {
      const canvas = document.createElement("canvas")
      canvas.width = data.photo.columns
      canvas.height = data.photo.rows
      const context = canvas.getContext("2d", { willReadFrequently: true })
      context.drawImage(image, 0, 0)
      me.grey = context.getImageData(0, 0, canvas.width, canvas.height).data
      if (me.mode === "photo" || me.wished) {
        patch(...(me.wished ?? data.photo.centre))
        me.wished = null
        draw()
      }
    }
    image.src = data.photo.image
  }
  const own = JSON.stringify(data.own)
  if (me.own !== own) {
    me.own = own
    stale = true
    if (me.mode === "own") {
      const at = me.at
      useOwn()
      me.at = at
    }
    if (me.mode === "photo" && me.pick) patch(...me.pick)
  }

  const chips = [...data.examples.map(e => [e.name, e.title, () => load(e)]), ["own", `${data.own.title} (chosen above)`, useOwn], ["photo", "A patch of the photo", () => patch(...data.photo.centre)]]
  $(".chips").replaceChildren(...chips.map(([name, title, act]) => {
    const chip = document.createElement("button")
    chip.type = "button"
    chip.textContent = title
    chip.dataset.name = name
    chip.setAttribute("aria-pressed", name === me.mode)
    chip.onclick = () => { pause(); me.wished = me.goal = null; act(); draw(); tell(name) }
    return chip
  }))
  $(".back").onclick = () => { pause(); step(-1); tell() }
  $(".next").onclick = () => { pause(); step(1); tell() }
  $(".play").onclick = () => { toggle(); tell() }
  $(".output").onkeydown = event => {
    const move = arrow(event.key)
    if (event.key === " ") { event.preventDefault(); toggle(); tell(); return }
    if (!move) return
    event.preventDefault()
    pause()
    const [rows, columns] = sizes()
    me.at = [clamped(me.at[0] + move[0], rows), clamped(me.at[1] + move[1], columns)]
    mark()
    rested()
  }
  const photo = $(".photo")
  photo.onpointerdown = event => {
    const box = image.getBoundingClientRect()
    pause()
    me.goal = null
    patch(((event.clientY - box.top) / box.height) * data.photo.rows, ((event.clientX - box.left) / box.width) * data.photo.columns)
    draw()
    if (me.mode === "photo") tell()
  }
  photo.onkeydown = event => {
    const move = arrow(event.key)
    if (!move || !me.grey) return
    event.preventDefault()
    const [r, c] = me.pick ?? [data.photo.rows / 2, data.photo.columns / 2]
    me.goal = null
    patch(r + move[0], c + move[1])
    draw()
    rested()
  }
  if (stale) draw()
  return () => pause()

  function tell(name = me.mode) { // what a link to this place says
    clearTimeout(me.later)
    const begins = name === "photo" && me.begins ? `.${me.begins.join("-")}` : ""
    const stepped = me.timer || begins || me.at.some(Boolean) ? me.at.join("-") + (me.timer ? "-play" : "") + begins : ""
    const message = asSent([name, stepped])
    me.said = message.at
    me.linked = `${name} ${stepped}`
    setStateValue("place", message)
  }
  function rested() {
    clearTimeout(me.later)
    me.later = setTimeout(() => parentElement.isConnected && tell(), REST)
  }
  function open(name, at, begins) {
    me.goal = at
    me.wished = null
    const half = side() / 2
    if (name === "photo") patch(...(begins ? begins.map(place => place + half) : data.photo.centre))
    else if (name === "own") useOwn()
    else load(data.examples.find(each => each.name === name) ?? data.examples[0])
    if (me.mode === name) me.at = at
  }
  function load(example) {
    Object.assign(me, { mode: example.name, input: example.input.map(r => [...r]), weights: example.weights.map(r => [...r]), stride: [example.stride, example.stride], padding: "valid", sentence: example.sentence, at: [0, 0] })
  }
  function useOwn() {
    const input = me.mode === "photo" || !me.input ? data.examples[0].input.map(r => [...r]) : me.input
    Object.assign(me, { mode: "own", input, weights: data.own.weights.map(r => [...r]), stride: data.own.stride, padding: data.own.padding, sentence: "The kernel, stride and padding of step 1 above, on the grid.", at: [0, 0] })
  }
  function side() { return Math.min(Math.max(7, data.own.weights.length + 4), data.photo.rows, data.photo.columns) }
  function patch(row, column) {
    if (!me.grey) { me.wished = [row, column]; return } // as soon as the photo is here
    const n = side()
    const top = Math.round(Math.max(0, Math.min(data.photo.rows - n, row - n / 2)))
    const left = Math.round(Math.max(0, Math.min(data.photo.columns - n, column - n / 2)))
    const input = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => me.grey[4 * ((top + i) * data.photo.columns + left + j)] / 255))
    const fresh = me.mode !== "photo"
    Object.assign(me, { mode: "photo", pick: [top + n / 2, left + n / 2], input, weights: data.own.weights.map(r => [...r]), stride: data.own.stride, padding: data.own.padding, sentence: "Grey values between 0 and 1, rounded to 256 levels; the kernel, stride and padding of step 1 above." })
    if (fresh) me.at = me.goal ?? [0, 0]
    me.begins = row === data.photo.centre[0] && column === data.photo.centre[1] ? null : [top, left]
    $(".where").textContent = `rows ${top}–${top + n - 1}, columns ${left}–${left + n - 1}`
    const lens = $(".lens")
    lens.style.display = "block"
    lens.style.top = `${(100 * me.pick[0]) / data.photo.rows}%`
    lens.style.left = `${(100 * me.pick[1]) / data.photo.columns}%`
    lens.style.height = `${(100 * n) / data.photo.rows}%`
    lens.style.width = `${(100 * n) / data.photo.columns}%`
  }

  function geometry() {
    const n = [me.input.length, me.input[0].length], k = [me.weights.length, me.weights[0].length]
    return [0, 1].map(d => {
      const s = me.stride[d]
      if (me.padding === "valid") return { out: Math.max(0, Math.floor((n[d] - k[d]) / s) + 1), before: 0, after: 0, n: n[d], k: k[d], s }
      const out = Math.ceil(n[d] / s), total = Math.max((out - 1) * s + k[d] - n[d], 0)
      return { out, before: Math.floor(total / 2), after: total - Math.floor(total / 2), n: n[d], k: k[d], s }
    })
  }
  function sizes() { return geometry().map(g => g.out) }
  function value(i, j) { return me.input[i]?.[j] ?? 0 }
  function terms([row, column]) {
    const [r, c] = geometry(), out = []
    for (let i = 0; i < r.k; i++) for (let j = 0; j < c.k; j++)
      out.push([value(row * r.s + i - r.before, column * c.s + j - c.before), me.weights[i][j]])
    return out
  }
  function total(at) { return terms(at).reduce((sum, [x, w]) => sum + x * w, 0) }

  function draw() {
    parentElement.querySelectorAll(".chips button").forEach(b => b.setAttribute("aria-pressed", b.dataset.name === me.mode))
    const [r, c] = geometry()
    const dense = me.input.length > 7 || me.mode === "photo"
    $(".row").classList.toggle("small", dense)
    const input = $(".input")
    input.replaceChildren()
    for (let i = -r.before; i < r.n + r.after; i++) for (let j = -c.before; j < c.n + c.after; j++) {
      const inside = i >= 0 && j >= 0 && i < r.n && j < c.n
      const cell = document.createElement(inside ? "input" : "div")
      cell.className = inside ? "cell" : "cell zero"
      cell.dataset.at = `${i},${j}`
      if (inside) editable(cell, me.input[i][j], x => (me.input[i][j] = x), `input, row ${i + 1}, column ${j + 1}`)
      else cell.textContent = "0"
      input.append(cell)
    }
    const weights = $(".weights")
    weights.replaceChildren()
    me.weights.forEach((row, i) => row.forEach((w, j) => {
      const cell = document.createElement("input")
      cell.className = "cell"
      editable(cell, w, x => (me.weights[i][j] = x), `weight, row ${i + 1}, column ${j + 1}`)
      weights.append(cell)
    }))
    $(".input-title").textContent = `Input, ${r.n} × ${c.n}${me.padding === "same" && (r.before || r.after || c.before || c.after) ? ", padded with 0" : ""}`
    $(".weights-title").textContent = `Weights, ${r.k} × ${c.k}`
    $(".output-title").textContent = `Output, ${r.out} × ${c.out}`
    $(".formula").textContent = [r, c].map((g, d) => (me.padding === "valid" ? `⌊(${g.n} − ${g.k}) / ${g.s}⌋ + 1 = ${g.out}` : `⌈${g.n} / ${g.s}⌉ = ${g.out}`) + (d ? " columns" : " rows")).join(", ")
    $(".sentence").textContent = me.sentence
    me.at = [clamped(me.at[0], r.out), clamped(me.at[1], c.out)]
    spread(input, c.n + c.before + c.after)
    spread(weights, c.k)
    fill()
  }
  function spread(grid, count) { // into columns as wide as the longest number
    const longest = Math.max(0, ...[...grid.querySelectorAll(".cell")].map(cell => (cell.value ?? cell.textContent).length))
    grid.style.gridTemplateColumns = `repeat(${count}, max(var(--least), ${longest}ch + 8px))`
  }
  function editable(cell, number, put, label) {
    cell.type = "number"
    cell.step = "any"
    cell.value = Number(number.toPrecision(3))
    cell.setAttribute("aria-label", label)
    cell.oninput = () => {
      const typed = parseFloat(cell.value)
      if (Number.isFinite(typed)) { put(typed); fill() }
    }
  }
  function fill() {
    const [r, c] = geometry(), output = $(".output")
    output.replaceChildren()
    for (let i = 0; i < r.out; i++) for (let j = 0; j < c.out; j++) {
      if (!j) output.append(document.createElement("div"))
      const line = output.lastChild, cell = document.createElement("div")
      line.className = "line"
      line.setAttribute("role", "row")
      cell.className = "cell"
      cell.setAttribute("role", "gridcell")
      cell.dataset.at = `${i},${j}`
      cell.textContent = show(total([i, j]))
      cell.onpointerenter = () => { if (me.timer) return; me.at = [i, j]; mark() }
      cell.onclick = () => { pause(); me.at = [i, j]; mark(); tell() }
      line.append(cell)
    }
    spread(output, c.out)
    mark()
  }
  function mark() {
    const [r, c] = geometry()
    if (!r.out || !c.out) { $(".terms").textContent = "The kernel is larger than the input: there is no place for it."; return }
    const [row, column] = me.at
    const top = row * r.s - r.before, left = column * c.s - c.before
    for (const cell of $(".input").children) {
      const [i, j] = cell.dataset.at.split(",").map(Number)
      cell.classList.toggle("on", i >= top && i < top + r.k && j >= left && j < left + c.k)
    }
    for (const cell of $(".output").querySelectorAll(".cell")) cell.classList.toggle("on", cell.dataset.at === `${row},${column}`)
    const line = $(".terms")
    line.replaceChildren()
    terms(me.at).forEach(([x, w], i) => {
      if (i) line.append(" + ")
      const term = document.createElement("span")
      term.className = x * w ? "term" : "term nil"
      term.textContent = `${show(x)}·${w < 0 ? `(${show(w)})` : show(w)}`
      line.append(term)
    })
    const result = document.createElement("b")
    result.textContent = show(total(me.at))
    line.append(" = ", result)
  }
  function step(by) {
    const [rows, columns] = sizes()
    if (!rows || !columns) return
    const i = (me.at[0] * columns + me.at[1] + by + rows * columns) % (rows * columns)
    me.at = [Math.floor(i / columns), i % columns]
    mark()
  }
}
