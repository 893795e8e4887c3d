// The whole network as columns of thumbnails. Drawn in the browser from one sheet a layer; hovering makes no round trip.
// data: layers [{name, kind, shape, inputs [index], lane, units, strongest (unit), hues, sheet {url, columns, cell, low, high, signed, shrunk}, edges {start, k, largest} | null,
//   spread "one" | "flat" | "all" | "join", cut {unit: factor}}], edges (url), chosen {layer (index), unit}, place ([row, column], the wished one), labels, answer, colours {signed, plain, red, green, blue}
const instances = new WeakMap()
const SIZES = [10, 14, 18, 24, 32, 44, 60], GAP = 3, HEAD = 38, LANE = 15, ACROSS = 28, EDGE = 10, NAMES = 140, NAMES_ONLY = 88, NARROW = 420

export default function ({ data: [data], parentElement, setStateValue }) {
  let me = instances.get(parentElement)
  if (!me) {
    me = { zoom: 4, images: new Map(), edges: null, hover: null }
    instances.set(parentElement, me)
  }
  me.data = data
  const $ = selector => parentElement.querySelector(selector)
  const stage = $(".stage"), columns = $(".columns"), edges = $(".edges"), rail = $(".rail")
  if (me.edgesUrl !== data.edges) {
    me.edgesUrl = data.edges
    me.edges = null
    if (data.edges) fetch(data.edges).then(reply => (reply.ok ? reply.arrayBuffer() : null)).then(buffer => { me.edges = buffer; if (me.laid) me.light() })
  }
  const shape = JSON.stringify(data.layers.map(layer => [layer.name, layer.units]))
  if (me.shape !== shape || !columns.children.length) {
    me.shape = shape
    me.laid = null
    $(".scroll").scrollLeft = 0
  }
  $(".less").onclick = () => { me.zoom = Math.max(0, me.zoom - 1); me.laid = null; draw() }
  $(".more").onclick = () => { me.zoom = Math.min(SIZES.length - 1, me.zoom + 1); me.laid = null; draw() }
  enlarging($(".enlarge"), $(".explorer"))
  $(".scroll").setAttribute("aria-label", `The network, ${data.layers.length} layers`)
  $(".scroll").onkeydown = event => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key]
    if (!step) return
    event.preventDefault()
    const at = me.hover ?? data.chosen
    const layer = clamped(at.layer + step[0], data.layers.length)
    me.hover = { layer, unit: clamped(at.unit + step[1], data.layers[layer].units) }
    bring(layer)
    light()
  }
  $(".scroll").onkeyup = event => { if (event.key === "Enter" && me.hover) choose(me.hover) }
  $(".scroll").onpointerleave = () => { me.hover = null; light() }
  me.light = light
  me.more = more
  $(".scroll").onscroll = () => { me.more(); me.light() }
  me.draw = draw
  me.sized ??= new ResizeObserver(() => {
    if (!me.laid) return
    if (me.laid.narrow !== isNarrow()) { me.laid = null; me.draw() }
    me.more()
    me.light()
  })
  me.sized.observe($(".scroll"))
  draw()
  requestAnimationFrame(more)
  if (me.seen !== JSON.stringify(data.chosen)) { // bring what a link or another page has chosen into view, once
    me.seen = JSON.stringify(data.chosen)
    bring(data.chosen.layer)
  }

  // ---- what is in view

  function isNarrow() { // as on a phone: the answer's bars go, so that its numbers stay in view
    return $(".scroll").clientWidth < NARROW
  }

  function more() { // the last layer stays at the right edge, unless that leaves no room; what is hidden fades out
    const scroll = $(".scroll"), last = columns.lastChild, stuck = last.offsetWidth < 0.45 * scroll.clientWidth
    last.classList.toggle("stuck", stuck)
    $(".more-left").classList.toggle("off", scroll.scrollLeft < 8)
    $(".more-right").classList.toggle("off", scroll.scrollLeft + scroll.clientWidth > stage.clientWidth - 8)
    $(".more-right").style.right = `${stuck ? last.offsetWidth : 0}px`
  }
  function bring(layer) {
    const scroll = $(".scroll"), last = columns.lastChild, stuck = last.classList.contains("stuck")
    if (layer === data.layers.length - 1 && stuck) { // it is in view anyhow: bring what it reads
      if (data.layers[layer].inputs.length) bring(data.layers[layer].inputs.at(-1))
      return
    }
    const { x, full } = me.laid.columns[layer], room = scroll.clientWidth - (stuck ? last.offsetWidth : 0)
    if (x < scroll.scrollLeft || x + full > scroll.scrollLeft + room) scroll.scrollLeft = Math.max(0, x - room / 3)
  }

  // ---- where everything is

  function layout() {
    const base = SIZES[me.zoom], tall = Math.max(...data.layers.map(layer => layer.units > 16 ? 8 : Math.min(layer.units, 8))) * (base + GAP)
    let x = 4
    const placed = data.layers.map((layer, i) => {
      const flat = layer.sheet.cell[0] === 1 && layer.sheet.cell[1] === 1 // a vector, or maps of one value
      const last = i === data.layers.length - 1 && layer.units <= 24
      let size = layer.units <= 16 ? base : layer.units <= 64 ? Math.max(9, base * 0.72) : Math.max(7, base * 0.5)
      if (flat) size = last ? Math.min(22, tall / layer.units - GAP) : layer.units <= 64 ? Math.max(7, base * 0.36) : Math.max(3, base * 0.14)
      size = Math.max(2, Math.round(size))
      const gap = size >= 7 ? GAP : 0
      const rows = last ? layer.units : Math.max(1, Math.min(layer.units, Math.floor((tall + gap) / (size + gap))))
      const across = Math.ceil(layer.units / rows)
      const wide = layer.sheet.cell[1] / layer.sheet.cell[0]
      const w = flat ? size : Math.max(2, Math.round(size * Math.min(2, Math.max(0.5, wide))))
      const width = across * (w + gap) - gap
      const column = { x, w, h: size, gap, rows, across, width, height: rows * (size + gap) - gap, full: Math.max(width, 72) }
      x += column.full + ACROSS
      return column
    })
    const names = placed.at(-1), labelled = data.labels.length === data.layers.at(-1).units && data.labels.length <= 24
    const narrow = isNarrow()
    if (labelled) names.full = Math.max(72, names.width + 6 + (narrow ? NAMES_ONLY : NAMES))
    x = names.x + names.full + EDGE
    const lanes = Math.max(...data.layers.map(layer => layer.lane)), arcs = hasArcs() ? 22 : 0
    return { columns: placed, width: x, top: arcs + 10 + lanes * LANE + 10, lanes, arcs, tall, labelled, names, narrow }
  }
  function hasArcs() {
    return data.layers.some((layer, i) => layer.inputs.some(j => data.layers[j].lane === layer.lane && between(j, i)))
  }
  function between(j, i) { // does another layer stand between two on their line?
    for (let n = j + 1; n < i; n++) if (data.layers[n].lane === data.layers[i].lane) return true
    return false
  }
  function placeOf(layer, unit) {
    const c = me.laid.columns[layer]
    const row = unit % c.rows, column = Math.floor(unit / c.rows)
    const left = c === me.laid.names ? columns.lastChild.offsetLeft + EDGE : c.x
    return { x: left + column * (c.w + c.gap), y: me.laid.top + HEAD + row * (c.h + c.gap), w: c.w, h: c.h }
  }

  // ---- drawing

  function draw() {
    if (!me.laid) build()
    data.layers.forEach((layer, i) => {
      const column = columns.children[i]
      const key = layer.sheet.url + JSON.stringify(layer.cut)
      if (column.dataset.key !== key) {
        column.dataset.key = key
        column.dataset.stale = "1"
        if (column.dataset.visible) paint(i)
      }
    })
    names()
    mark()
    light()
  }
  function mark() { // what is chosen
    columns.querySelectorAll(".head").forEach((head, i) => head.setAttribute("aria-current", i === data.chosen.layer))
    columns.lastChild.classList.toggle("chosen", data.chosen.layer === data.layers.length - 1)
    rail.querySelectorAll("circle").forEach((circle, i) => circle.classList.toggle("chosen", i === data.chosen.layer))
    legend()
  }
  function build() {
    me.laid = layout()
    const { laid } = me
    stage.style.width = `${laid.width}px`
    rail.setAttribute("width", laid.width)
    rail.setAttribute("height", laid.top)
    rail.innerHTML = railOf()
    columns.style.height = `${HEAD + laid.tall + 8}px`
    me.watch?.disconnect()
    me.watch = new IntersectionObserver(entries => entries.forEach(entry => {
      const i = Number(entry.target.dataset.i)
      entry.target.dataset.visible = entry.isIntersecting ? "1" : ""
      if (entry.isIntersecting && entry.target.dataset.stale) paint(i)
    }), { root: $(".scroll"), rootMargin: "0px 300px" })
    columns.replaceChildren(...data.layers.map((layer, i) => {
      const at = laid.columns[i], column = document.createElement("div"), head = document.createElement("button"), map = document.createElement("canvas")
      column.className = "column"
      column.dataset.i = i
      column.style.left = `${at.x}px`
      column.style.width = `${at.full}px`
      if (at === laid.names) {
        column.className = "column last"
        column.style.left = ""
        column.style.setProperty("--top", `${laid.top}px`)
        column.style.setProperty("--rail", `${laid.arcs + 8 + layer.lane * LANE}px`)
      }
      head.type = "button"
      head.className = "head"
      head.title = `${layer.name}: ${layer.kind}, ${layer.shape.join(" × ")}`
      const name = document.createElement("b"), size = document.createElement("span"), whole = document.createElement("bdi")
      whole.textContent = layer.name.split("/").at(-1)
      name.append(whole) // right to left, so that a long name loses its beginning: its end tells layers apart
      size.textContent = layer.shape.join(" × ")
      head.append(name, size)
      head.onclick = () => choose({ layer: i, unit: data.layers[i].strongest }, true)
      const sharp = window.devicePixelRatio || 1
      map.width = at.width * sharp
      map.height = at.height * sharp
      map.style.width = `${at.width}px`
      map.style.height = `${at.height}px`
      map.onpointermove = event => { me.hover = { layer: i, unit: under(event, i) }; light() }
      map.onclick = event => choose({ layer: i, unit: under(event, i) })
      column.append(head, map)
      me.watch.observe(column)
      return column
    }))
    edges.setAttribute("width", laid.width)
    edges.setAttribute("height", laid.top + HEAD + laid.tall + 8)
  }
  function under(event, i) {
    const c = me.laid.columns[i]
    const column = Math.min(c.across - 1, Math.floor(event.offsetX / (c.w + c.gap))), row = Math.min(c.rows - 1, Math.floor(event.offsetY / (c.h + c.gap)))
    return Math.min(data.layers[i].units - 1, Math.max(0, column * c.rows + row))
  }
  function railOf() {
    const { laid } = me
    const at = i => [laid.columns[i].x + 7, laid.arcs + 8 + data.layers[i].lane * LANE]
    const paths = data.layers.flatMap((layer, i) => layer.inputs.map(j => {
      const [x1, y1] = at(j), [x2, y2] = at(i)
      if (y1 === y2) {
        if (!between(j, i)) return `M${x1},${y1}H${x2}`
        const up = y1 - 8 - Math.min(14, 2 + (i - j))
        return `M${x1},${y1}C${x1 + 14},${up} ${x1 + 20},${up} ${x1 + 40},${up}H${x2 - 40}C${x2 - 20},${up} ${x2 - 14},${up} ${x2},${y2}`
      }
      return y2 > y1 ? `M${x1},${y1}C${x1 + 18},${y1} ${x1 + 8},${y2} ${x1 + 30},${y2}H${x2}` : `M${x1},${y1}H${x2 - 30}C${x2 - 8},${y1} ${x2 - 18},${y2} ${x2},${y2}`
    }))
    return paths.map(d => `<path d="${d}"/>`).join("") + data.layers.map((_, i) => `<circle cx="${at(i)[0]}" cy="${at(i)[1]}" r="4.5"/>`).join("")
  }
  function paint(i) {
    const layer = data.layers[i], column = columns.children[i], key = column.dataset.key
    picture(layer.sheet.url).then(image => {
      if (column.dataset.key !== key || !image) return
      column.dataset.stale = ""
      const map = column.querySelector("canvas"), context = map.getContext("2d"), c = me.laid.columns[i], sharp = window.devicePixelRatio || 1
      const [rows, width] = layer.sheet.cell
      context.setTransform(sharp, 0, 0, sharp, 0, 0)
      context.clearRect(0, 0, c.width, c.height)
      for (let unit = 0; unit < layer.units; unit++) {
        const x = Math.floor(unit / c.rows) * (c.w + c.gap), y = (unit % c.rows) * (c.h + c.gap)
        context.imageSmoothingEnabled = c.h < rows // a thumbnail smaller than its map is averaged, a larger one stays sharp
        context.drawImage(image, (unit % layer.sheet.columns) * width, Math.floor(unit / layer.sheet.columns) * rows, width, rows, x, y, c.w, c.h)
        if (layer.cut[unit] !== undefined) {
          context.strokeStyle = "#e5484d"
          context.lineWidth = 2
          context.beginPath()
          context.moveTo(x, y)
          context.lineTo(x + c.w, y + c.h)
          if (!layer.cut[unit]) { context.moveTo(x + c.w, y); context.lineTo(x, y + c.h) }
          context.stroke()
        }
      }
    })
  }
  function picture(url) {
    if (!me.images.has(url)) {
      if (me.images.size > 600) me.images.clear()
      me.images.set(url, new Promise(done => {
        const image = new Image()
        image.onload = () => done(image)
        image.onerror = () => { me.images.delete(url); done(null) } // it may arrive the next time
        image.src = url
      }))
    }
    return me.images.get(url)
  }
  function names() {
    parentElement.querySelector(".names")?.remove()
    if (!me.laid.labelled) return
    const box = document.createElement("div"), c = me.laid.names
    box.className = "names"
    box.style.left = `${EDGE + c.width + 6}px`
    box.style.top = `${HEAD}px`
    data.labels.forEach((label, i) => {
      const row = document.createElement("div"), bar = document.createElement("i")
      row.style.height = `${c.h}px`
      row.style.marginBottom = `${c.gap}px`
      bar.style.width = `${Math.round(60 * data.answer[i])}px`
      const percent = 100 * data.answer[i], name = document.createElement("b")
      name.textContent = label
      if (!me.laid.narrow) row.append(bar)
      row.append(name, `${percent > 0 && percent < 0.1 ? "< 0.1" : percent.toFixed(percent && percent < 10 ? 1 : 0)} %`)
      box.append(row)
    })
    columns.lastChild.append(box)
  }
  function legend() {
    const layer = data.layers[data.chosen.layer], { low, high, signed } = layer.sheet
    const bar = (colours, left, right) => `<span>${left}<i style="background:linear-gradient(90deg,${colours.join(",")})"></i>${right}</span>`
    $(".legend").innerHTML = [
      `<span></span>`,
      bar(data.colours[signed ? "signed" : layer.hues[data.chosen.unit] ?? "plain"], show(low), show(high)),
      bar(["rgb(33,102,172)", "rgb(140,140,140,.15)", "rgb(178,24,43)"], "edges: negative", "positive"),
      `<span></span>`,
    ].join("")
    const [first, , , second] = $(".legend").children
    first.textContent = data.said
    second.textContent = data.layers.some(l => l.sheet.shrunk) ? "Thumbnails of maps above 56 pixels are averages." : ""
  }

  // ---- hovering

  function sourcesOf(at) { // [[layer, unit, weight −1 to 1], …]
    const layer = data.layers[at.layer], inputs = layer.inputs
    if (!inputs.length) return []
    const below = data.layers[inputs[0]]
    if (layer.edges && me.edges) {
      const { start, k } = layer.edges, ints = new Uint32Array(me.edges, start, layer.units * k), weights = new Int8Array(me.edges, start + 4 * layer.units * k, layer.units * k)
      return Array.from({ length: k }, (_, n) => [inputs[0], ints[at.unit * k + n], weights[at.unit * k + n] / 127])
    }
    if (layer.spread === "join") {
      let left = at.unit
      for (const j of inputs) {
        if (left < data.layers[j].units) return [[j, left, 1]]
        left -= data.layers[j].units
      }
    }
    if (layer.spread === "flat") return [[inputs[0], at.unit % below.units, 1]]
    if (layer.spread === "all") return Array.from({ length: below.units }, (_, n) => [inputs[0], n, 0.4])
    return inputs.map(j => [j, Math.min(at.unit, data.layers[j].units - 1), 1])
  }
  function light() {
    const at = me.hover ?? data.chosen, layer = data.layers[at.layer]
    const to = placeOf(at.layer, at.unit), sources = sourcesOf(at)
    const largest = Math.max(...sources.map(([, , w]) => Math.abs(w)), 1e-9)
    const end = data.layers.length - 1, edge = columns.lastChild.offsetLeft // where the last layer stands, and covers others
    const lines = [...sources].reverse().map(([j, unit, weight]) => {
      const from = placeOf(j, unit), share = Math.abs(weight) / largest
      const x1 = from.x + from.w, y1 = from.y + from.h / 2, x2 = to.x, y2 = to.y + to.h / 2, mid = (x1 + x2) / 2
      const look = `stroke="${weight < 0 ? "rgb(33,102,172)" : "rgb(178,24,43)"}" stroke-opacity="${0.25 + 0.7 * share}" stroke-width="${0.7 + 2.6 * share}"`
      return x1 > edge ? "" : `<path d="M${x1},${y1}C${mid},${y1} ${mid},${y2} ${x2},${y2}" ${look}/>` + box(from, 0.5, look)
    })
    const around = [[data.chosen, 'stroke="#2fd6b8" stroke-width="3"'], [me.hover, 'stroke="#e0a800" stroke-width="2"']].filter(([one]) => one)
    const drawn = [[at.layer, lines.join("")], ...around.map(([one, look]) => [one.layer, box(placeOf(one.layer, one.unit), 1.5, look)])]
    const kept = drawn.filter(([layer]) => layer !== end).map(([, part]) => part), free = drawn.filter(([layer]) => layer === end).map(([, part]) => part)
    edges.innerHTML = `<clipPath id="uncovered"><rect width="${edge}" height="4000"/></clipPath><g clip-path="url(#uncovered)">${kept.join("")}</g>${free.join("")}`
    const word = layer.shape.length === 3 ? "map" : "unit"
    const cut = layer.cut[at.unit]
    const name = at.layer === data.layers.length - 1 && data.labels[at.unit] ? ` (${data.labels[at.unit]})` : ""
    $(".label").textContent = `${layer.name}, ${layer.kind}: ${word} ${at.unit} of ${layer.units}${name}, ${layer.shape.slice(0, -1).join(" × ") || "one value"}` +
      (sources.length ? `, from ${sources.length === 1 ? "1 unit" : `${sources.length} units`}${layer.edges && sources.length < data.layers[layer.inputs[0]].units && sources.length === 16 ? " (the 16 strongest)" : ""}` : "") +
      (cut === undefined ? "" : `, times ${show(cut)} (surgery)`)
  }
  function box(at, out, look) {
    return `<rect x="${at.x - out}" y="${at.y - out}" width="${at.w + 2 * out}" height="${at.h + 2 * out}" ${look}/>`
  }
  function choose(at, anew = false) { // anew: the layer, with what is strongest in it
    data.chosen = at // seen at once; the server confirms it
    mark()
    light()
    document.dispatchEvent(new CustomEvent("convlens.unit", { detail: [data.layers[at.layer].name, at.unit, anew] }))
    setStateValue("chosen", asSent([data.layers[at.layer].name, ...(anew ? [-1, -1, -1] : [at.unit, ...data.place])]))
  }
  return whenLeft(me, () => {
    instances.delete(parentElement)
    me.watch?.disconnect()
    me.sized.disconnect()
  })
}
