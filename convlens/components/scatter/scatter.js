// Pictures as points of a plane: zoom, pan, lasso, nearest neighbours as lines. Everything follows the pointer here.
// data: points (address of float32 x, y), titles (address of a JSON list), sprites (address of one picture with all thumbnails),
//   cell [width, height] and columns of the sprites, count, groups (int a point, −1 is noise), strengths (0 to 1 a point, or
//   null), colours (of the groups), first (the number that is sent for the first of them), names (of the groups), chosen (number or −1), links [[number, text]], marks [{x, y, image,
//   title}], background {image, span} or null, alt, height, grow (side of a thumbnail in pixels when all is shown)
const instances = new WeakMap()
const NOISE = "#8b9196", FRAME = "#2fd6b8"
const arrived = new Map() // address → promise, the last few
const MOST = 24
const RIM = 1.5 // pixels of colour around a thumbnail
const MOVING = 900 // milliseconds from one layout to another
const VERTICES = `#version 300 es
in vec2 place, before; in float number; in vec4 colour;
uniform vec2 scale, shift, part; uniform float size, rim, columns, moved;
flat out vec4 ink; flat out vec2 corner;
void main() {
  gl_Position = vec4(mix(before, place, moved) * scale + shift, 0, 1);
  gl_PointSize = size + 2.0 * rim;
  ink = vec4(colour.rgb * colour.a, colour.a);
  corner = vec2(mod(number, columns), floor(number / columns)) * part;
}`
const FRAGMENTS = `#version 300 es
precision highp float;
flat in vec4 ink; flat in vec2 corner;
uniform sampler2D sprites; uniform vec2 part; uniform float size, rim; uniform int level;
out vec4 seen;
void main() {
  vec2 at = (gl_PointCoord * (size + 2.0 * rim) - rim) / size;
  vec3 picture = texelFetch(sprites, ivec2(corner + clamp(at, 0.0, 0.999) * part), level).rgb * ink.a;
  seen = clamp(at, 0.0, 1.0) == at ? vec4(picture, ink.a) : ink;
}`

function fetched(url, read) {
  if (!arrived.has(url)) {
    const coming = fetch(url).then(reply => {
      if (!reply.ok) throw new Error(`${reply.status} for ${url}`)
      return read(reply)
    })
    coming.catch(() => arrived.delete(url))
    arrived.set(url, coming)
    if (arrived.size > MOST) arrived.delete(arrived.keys().next().value)
  }
  return arrived.get(url)
}
const pictureOf = url => {
  if (!arrived.has(url)) {
    const image = new Image()
    image.src = url
    arrived.set(url, image.decode().then(() => image))
    arrived.get(url).catch(() => arrived.delete(url))
  }
  return arrived.get(url)
}

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const stage = $(".stage"), [under, points, canvas] = parentElement.querySelectorAll("canvas"), tip = $(".tip"), said = $(".said")
  let me = instances.get(parentElement)
  if (!me) {
    me = { view: null, hover: -1, lasso: null, lassoing: false, pointers: new Map(), frames: 0, late: 0, lassoed: new Set() }
    instances.set(parentElement, me)
    me.watch = new ResizeObserver(() => ask())
    me.watch.observe(stage)
  }
  me.data = data
  me.send = setStateValue
  stage.style.setProperty("--height", `${data.height}px`)
  stage.setAttribute("aria-label", `${data.alt}. Arrow keys move, plus and minus zoom, N goes to the next picture, Enter chooses it, L catches all that is in view.`)
  const wanted = [data.points, data.sprites, data.titles, data.background?.image, ...data.marks.map(mark => mark.image)].join(" ")
  if (me.wanted !== wanted) {
    me.wanted = wanted
    Promise.all([
      fetched(data.points, async reply => new Float32Array(await reply.arrayBuffer())),
      pictureOf(data.sprites),
      fetched(data.titles, reply => reply.json()),
      data.background ? pictureOf(data.background.image) : null,
      Promise.all(data.marks.map(mark => pictureOf(mark.image))),
    ]).then(([points, sprites, titles, background, marks]) => {
      if (me.wanted !== wanted) return
      const others = me.pointsOf !== data.points
      const same = me.view && me.sprites === sprites && points.length === me.points.length // laid out anew: they walk there
      me.walk = others && same && !matchMedia("(prefers-reduced-motion: reduce)").matches
        ? { from: Float32Array.from(me.points, (_, i) => place(i >> 1)[i % 2]) } : others ? null : me.walk
      Object.assign(me, { points, sprites, titles, background, pointsOf: data.points })
      me.marks = data.marks.map((mark, i) => ({ ...mark, image: marks[i] }))
      me.texture = me.coloured = null
      if (others || !me.view) {
        me.view = null
        me.lassoed.clear()
        me.hover = -1
      }
      sizes()
      ask()
    }, error => (said.textContent = `The map did not arrive (${error.message}). Reload the page.`))
  }
  me.lassoed = new Set(data.lassoed ?? me.lassoed)
  me.coloured = null
  ask()

  $(".more").onclick = () => zoom(1.4, middle())
  $(".less").onclick = () => zoom(1 / 1.4, middle())
  $(".all").onclick = () => { me.view = null; ask() }
  enlarging($(".enlarge"), $("figure"))
  $(".lasso").onclick = () => {
    me.lassoing = !me.lassoing
    $(".lasso").setAttribute("aria-pressed", me.lassoing)
    stage.classList.toggle("lassoing", me.lassoing)
    if (!me.lassoing && me.lassoed.size) { me.lassoed.clear(); me.send("lassoed", asSent([])); ask() }
  }
  stage.onwheel = event => {
    event.preventDefault()
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), at(event))
  }
  stage.onpointerdown = event => {
    stage.setPointerCapture(event.pointerId)
    me.pointers.set(event.pointerId, at(event))
    me.moved = false
    if ((me.lassoing || event.shiftKey) && me.pointers.size === 1) me.lasso = [at(event)]
  }
  stage.onpointermove = event => {
    const here = at(event), before = me.pointers.get(event.pointerId)
    if (!before) { hover(nearest(here)); return }
    if (Math.hypot(here[0] - before[0], here[1] - before[1]) > 2) me.moved = true
    if (me.lasso) me.lasso.push(here)
    else if (me.pointers.size === 2) {
      const other = [...me.pointers].find(([id]) => id !== event.pointerId)[1]
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(here[0] - other[0], here[1] - other[1])
      pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2)
      if (was > 0) zoom(is / was, [(here[0] + other[0]) / 2, (here[1] + other[1]) / 2])
    } else if (me.moved) pan(here[0] - before[0], here[1] - before[1])
    if (me.moved || me.lasso) me.pointers.set(event.pointerId, here)
    ask()
  }
  stage.onpointerup = stage.onpointercancel = event => {
    const here = at(event)
    me.pointers.delete(event.pointerId)
    if (me.lasso) {
      const ring = me.lasso
      me.lasso = null
      if (ring.length > 3) caught(ring)
    } else if (!me.moved && event.type === "pointerup") {
      const found = nearest(here)
      if (found >= 0) choose(found)
    }
    ask()
  }
  stage.onpointerleave = () => hover(-1)
  stage.onkeydown = event => {
    const step = arrow(event.key)
    if (step) pan(-step[1] * 40, -step[0] * 40)
    else if (event.key === "+" || event.key === "=") zoom(1.4, middle())
    else if (event.key === "-") zoom(1 / 1.4, middle())
    else if (event.key === "0") me.view = null
    else if (event.key === "n" || event.key === "N") hover((me.hover + (event.shiftKey ? data.count - 1 : 1)) % data.count)
    else if (event.key === "Enter" && me.hover >= 0) choose(me.hover)
    else if (event.key === "l" || event.key === "L") caught([[0, 0], [stage.clientWidth, 0], [stage.clientWidth, stage.clientHeight], [0, stage.clientHeight]])
    else if (event.key === "Escape") { me.lassoed.clear(); me.send("lassoed", asSent([])) }
    else return
    event.preventDefault()
    ask()
  }

  function caught(ring) {
    me.lassoed = new Set(inside(ring))
    me.send("lassoed", asSent([...me.lassoed]))
  }
  function choose(number) {
    me.data = { ...me.data, chosen: number, links: number === me.data.chosen ? me.data.links : [] } // lines come with the answer
    me.send("chosen", asSent(number + me.data.first))
    ask()
  }
  function at(event) {
    const box = stage.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  function middle() { return [stage.clientWidth / 2, stage.clientHeight / 2] }
  function sizes() { // of the data
    const [first, second] = [[Infinity, -Infinity], [Infinity, -Infinity]]
    for (let i = 0; i < me.points.length; i += 2) {
      first[0] = Math.min(first[0], me.points[i]); first[1] = Math.max(first[1], me.points[i])
      second[0] = Math.min(second[0], me.points[i + 1]); second[1] = Math.max(second[1], me.points[i + 1])
    }
    me.span = data.background?.span ?? [first, second]
  }
  function fit() { // the view that shows all: pixels = (data − middle) · scale + shift; upward is more
    const [[left, right], [low, high]] = me.span, w = stage.clientWidth, h = stage.clientHeight, edge = data.background ? 0 : data.grow
    const x = (w - 2 * edge) / (right - left || 1), y = (h - 2 * edge) / (high - low || 1), each = data.background ? [x, y] : [Math.min(x, y), Math.min(x, y)]
    return { kx: each[0], ky: each[1], x: w / 2 - each[0] * (left + right) / 2, y: h / 2 + each[1] * (low + high) / 2, zoom: 1 }
  }
  function pan(dx, dy) { if (me.view) { me.view.x += dx; me.view.y += dy; ask() } }
  function zoom(by, [x, y]) {
    const v = me.view
    if (!v) return
    const to = Math.max(0.5, Math.min(200, v.zoom * by)) / v.zoom
    v.x = x - (x - v.x) * to
    v.y = y - (y - v.y) * to
    v.kx *= to; v.ky *= to; v.zoom *= to
    ask()
  }
  function place(i) { return [me.points[2 * i] * me.view.kx + me.view.x, me.view.y - me.points[2 * i + 1] * me.view.ky] }
  function side() { return Math.min(Math.max(...data.cell) * 2, data.grow * Math.sqrt(me.view.zoom)) }
  function nearest([x, y]) {
    if (!me.points || !me.view) return -1
    let best = -1, closest = Math.max(10, side() / 2) ** 2
    for (let i = 0; i < data.count; i++) {
      const [px, py] = place(i), d = (px - x) ** 2 + (py - y) ** 2
      if (d < closest) { closest = d; best = i }
    }
    return best
  }
  function inside(ring) {
    const found = []
    for (let i = 0; i < data.count; i++) {
      const [x, y] = place(i)
      let odd = false
      for (let a = 0, b = ring.length - 1; a < ring.length; b = a++) {
        const [ax, ay] = ring[a], [bx, by] = ring[b]
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd
      }
      if (odd) found.push(i)
    }
    return found
  }
  function hover(i) {
    if (i === me.hover) return
    me.hover = i
    ask()
  }
  function about(i) {
    const d = me.data, group = d.groups[i], parts = [me.titles[i]]
    if (d.names) parts.push(group < 0 ? "noise: in no cluster" : d.names[group])
    if (d.strengths && group >= 0) parts.push(`membership ${show(d.strengths[i])}`)
    return parts.join("\n")
  }
  function order() { // the back first: what is outside the lasso, then noise, so that they never hide what is in a cluster
    const front = i => 2 * (!me.lassoed.size || me.lassoed.has(i)) + (me.data.groups[i] >= 0)
    return [...Array(me.data.count).keys()].sort((a, b) => front(a) - front(b))
  }
  function visible(size, w, h) { // those of that order that others do not hide wholly: without a GPU, each costs its pixels
    const reach = size / 2 + RIM, cell = Math.max(1, reach / 4), across = Math.ceil(w / cell), down = Math.ceil(h / cell)
    const filled = new Uint8Array(across * down), found = new Uint32Array(me.order.length)
    let k = found.length
    for (let n = k - 1; n >= 0; n--) { // from the front
      const [x, y] = place(me.order[n]), left = (x - reach) / cell, right = (x + reach) / cell, top = (y - reach) / cell, bottom = (y + reach) / cell
      if (free(Math.floor(top), Math.ceil(bottom), Math.floor(left), Math.ceil(right))) {
        found[--k] = n
        fill(Math.ceil(top), Math.floor(bottom), Math.ceil(left), Math.floor(right))
      }
    }
    return found.subarray(k)

    function free(r0, r1, c0, c1) { // does it touch a cell that is not filled?
      for (let r = Math.max(0, r0); r < Math.min(down, r1); r++) for (let c = Math.max(0, c0); c < Math.min(across, c1); c++) if (!filled[r * across + c]) return true
      return false
    }
    function fill(r0, r1, c0, c1) { // those that it covers
      for (let r = Math.max(0, r0); r < Math.min(down, r1); r++) for (let c = Math.max(0, c0); c < Math.min(across, c1); c++) filled[r * across + c] = 1
    }
  }
  function ask() {
    if (me.asked) return
    me.asked = performance.now()
    requestAnimationFrame(() => {
      if (me.late < 4) me.late = performance.now() - me.asked > 20 ? me.late + 1 : Math.max(0, me.late - 0.2)
      me.asked = 0
      draw()
    })
  }
  function draw() {
    if (!me.points || !stage.clientWidth) return
    const d = me.data, ratio = Math.min(2, devicePixelRatio || 1), w = stage.clientWidth, h = stage.clientHeight
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      for (const each of [under, points, canvas]) {
        each.width = Math.round(w * ratio)
        each.height = Math.round(h * ratio)
      }
      me.view = null
    }
    me.view ??= fit()
    const v = me.view, size = side()
    if (me.walk && !me.walk.since) { // from the pixels where they were to the new plane
      me.walk.from = me.walk.from.map((pixel, i) => (i % 2 ? (v.y - pixel) / v.ky : (pixel - v.x) / v.kx))
      me.walk.since = performance.now()
      me.coloured = null
    }
    under.hidden = !me.background // a layer less to put together for each frame
    if (me.background) {
      const ground = under.getContext("2d")
      ground.setTransform(ratio, 0, 0, ratio, 0, 0)
      ground.clearRect(0, 0, w, h)
      const [[left, right], [low, high]] = d.background.span
      ground.imageSmoothingEnabled = false
      ground.globalAlpha = 0.55
      ground.drawImage(me.background, left * v.kx + v.x, v.y - high * v.ky, (right - left) * v.kx, (high - low) * v.ky)
    }
    shown(ratio, w, h, size)
    canvas.dataset.frames = ++me.frames // for tests: how many were drawn
    tell()
    canvas.hidden = d.chosen < 0 && me.hover < 0 && !me.marks.length && !me.lasso
    if (canvas.hidden) return
    const pen = canvas.getContext("2d"), [cw, ch] = d.cell
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, w, h)
    pen.imageSmoothingEnabled = false
    if (d.chosen >= 0 || me.marks.length) links(pen, d, size)
    me.marks.forEach(mark => {
      const x = mark.x * v.kx + v.x, y = v.y - mark.y * v.ky, big = Math.max(26, size * 1.3)
      pen.fillStyle = "#ffd54a"
      pen.fillRect(x - big / 2 - 3, y - big / 2 - 3, big + 6, big + 6)
      pen.imageSmoothingEnabled = mark.image.width > 32
      pen.drawImage(mark.image, x - big / 2, y - big / 2, big, big)
    })
    for (const i of new Set([me.hover, d.chosen])) {
      if (i < 0) continue
      const [x, y] = place(i), big = Math.max(26, size * 1.3)
      pen.fillStyle = FRAME
      pen.fillRect(x - big / 2 - 3, y - big / 2 - 3, big + 6, big + 6)
      pen.drawImage(me.sprites, (i % d.columns) * cw, Math.floor(i / d.columns) * ch, cw, ch, x - big / 2, y - big / 2, big, big)
    }
    if (me.lasso) {
      pen.strokeStyle = FRAME
      pen.lineWidth = 2
      pen.beginPath()
      me.lasso.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x, y))
      pen.stroke()
    }
  }
  function shown(ratio, w, h, size) { // the thumbnails, drawn or moved
    const v = me.view, same = me.coloured && !me.walk // nothing but the view has changed
    const weak = me.late >= 4 // the GPU, or what stands in for it, was slower than the screen: it will be again
    const wished = [v.kx, v.ky, v.x, v.y, w, h, ratio, me.lassoed.size].join(" "), still = same && me.drawn.wished === wished
    const by = v.kx / me.drawn?.kx
    me.between = same && !still && weak && !me.between
    points.style.transform = me.between ? `matrix(${by}, 0, 0, ${by}, ${v.x - by * me.drawn.x}, ${v.y - by * me.drawn.y})` : ""
    if (me.between) return ask() // every second frame moves the last drawing
    if (still) return
    me.drawn = { ...v, wished }
    thumbnails(ratio, w, h, size)
  }
  function thumbnails(ratio, w, h, size) { // in one call
    const gl = points.getContext("webgl2", { premultipliedAlpha: true, antialias: false })
    if (!gl) {
      said.textContent = "This browser has no WebGL 2, which the map needs."
      return
    }
    const d = me.data
    if (me.gl !== gl || gl.isContextLost()) {
      me.gl = gl
      me.texture = me.coloured = null
      me.program = gl.createProgram()
      for (const [kind, text] of [[gl.VERTEX_SHADER, VERTICES], [gl.FRAGMENT_SHADER, FRAGMENTS]]) {
        const shader = gl.createShader(kind)
        gl.shaderSource(shader, text)
        gl.compileShader(shader)
        gl.attachShader(me.program, shader)
      }
      gl.linkProgram(me.program)
      gl.useProgram(me.program)
      me.buffer = gl.createBuffer()
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer())
    }
    if (!me.texture) {
      me.texture = gl.createTexture()
      gl.bindTexture(gl.TEXTURE_2D, me.texture)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, me.sprites)
      me.levels = d.cell[0] <= 16 ? 0 : 2 // of detail: they may not run from one thumbnail into the next
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAX_LEVEL, me.levels)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST_MIPMAP_NEAREST)
      gl.generateMipmap(gl.TEXTURE_2D)
    }
    const key = `${me.pointsOf} ${[...me.lassoed].length}`
    if (me.coloured !== key) {
      me.coloured = key
      const bytes = new ArrayBuffer(24 * d.count), from = me.walk?.from ?? me.points, numbers = new Float32Array(bytes), colours = new Uint8Array(bytes)
      const palette = [...d.colours, NOISE].map(hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16)))
      me.order = order()
      me.order.forEach((i, n) => {
        const group = d.groups[i], strength = d.strengths ? (group < 0 ? 0 : d.strengths[i]) : 1
        const faint = me.lassoed.size && !me.lassoed.has(i)
        numbers.set([me.points[2 * i], me.points[2 * i + 1], from[2 * i], from[2 * i + 1], i], 6 * n)
        colours.set([...(group < 0 ? palette.at(-1) : palette[group % d.colours.length]), 255 * (faint ? 0.12 : 0.35 + 0.65 * strength)], 24 * n + 20)
      })
      gl.bindBuffer(gl.ARRAY_BUFFER, me.buffer)
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.STATIC_DRAW)
      for (const [name, count, type, at] of [["place", 2, gl.FLOAT, 0], ["before", 2, gl.FLOAT, 8], ["number", 1, gl.FLOAT, 16], ["colour", 4, gl.UNSIGNED_BYTE, 20]]) {
        const where = gl.getAttribLocation(me.program, name)
        gl.enableVertexAttribArray(where)
        gl.vertexAttribPointer(where, count, type, type !== gl.FLOAT, 24, at)
      }
    }
    const set = (name, ...values) => gl[`uniform${values.length}f`](gl.getUniformLocation(me.program, name), ...values), v = me.view
    gl.viewport(0, 0, points.width, points.height)
    set("scale", (2 * v.kx) / w, (2 * v.ky) / h)
    set("shift", (2 * v.x) / w - 1, 1 - (2 * v.y) / h)
    set("size", size * ratio)
    set("rim", RIM * ratio)
    set("columns", d.columns)
    const way = me.walk ? Math.min(1, (performance.now() - me.walk.since) / MOVING) : 1
    set("moved", way * way * (3 - 2 * way)) // slowly off, slowly in
    if (way < 1) ask()
    else me.walk = null
    const level = clamped(Math.round(Math.log2(d.cell[0] / (size * ratio))), me.levels + 1)
    gl.uniform1i(gl.getUniformLocation(me.program, "level"), level)
    set("part", d.cell[0] / 2 ** level, d.cell[1] / 2 ** level)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    if (way < 1) return gl.drawArrays(gl.POINTS, 0, d.count)
    const seen = visible(size, w, h) // opaque: strength lets the ground shine through, not what lies behind
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, seen, gl.STREAM_DRAW)
    gl.drawElements(gl.POINTS, seen.length, gl.UNSIGNED_INT, 0)
  }
  function links(pen, d, size) {
    const from = me.marks.length && d.chosen < 0
      ? [me.marks[0].x * me.view.kx + me.view.x, me.view.y - me.marks[0].y * me.view.ky] : d.chosen >= 0 ? place(d.chosen) : null
    if (!from) return
    pen.lineWidth = 1.5
    pen.font = "11px sans-serif"
    for (const [i, text] of d.links) {
      const to = place(i)
      pen.strokeStyle = "#ffd54a"
      pen.beginPath()
      pen.moveTo(...from)
      pen.lineTo(...to)
      pen.stroke()
      pen.strokeRect(to[0] - size / 2 - 2, to[1] - size / 2 - 2, size + 4, size + 4)
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) > 46) {
        pen.fillStyle = "#16191bcc"
        const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], long = pen.measureText(text).width
        pen.fillRect(x - long / 2 - 3, y - 8, long + 6, 15)
        pen.fillStyle = "#ffd54a"
        pen.fillText(text, x - long / 2, y + 4)
      }
    }
  }
  function tell() {
    const i = me.hover
    tip.hidden = i < 0 || me.pointers.size > 0
    said.textContent = me.lassoed.size ? `${me.lassoed.size} in the lasso; Escape lets them go` : `${data.count} pictures`
    if (tip.hidden) return
    const [x, y] = place(i), [cw, ch] = data.cell
    if (me.tipped !== `${me.pointsOf} ${i}`) {
      me.tipped = `${me.pointsOf} ${i}`
      const small = document.createElement("canvas")
      small.width = cw
      small.height = ch
      small.getContext("2d").drawImage(me.sprites, (i % data.columns) * cw, Math.floor(i / data.columns) * ch, cw, ch, 0, 0, cw, ch)
      tip.querySelector("img").src = small.toDataURL()
    }
    tip.querySelector("span").textContent = about(i)
    tip.style.left = `${Math.max(2, Math.min(stage.clientWidth - 200, x + 16))}px`
    tip.style.top = `${Math.max(2, Math.min(stage.clientHeight - 175, y + 16))}px`
  }
  return whenLeft(me, () => {
    instances.delete(parentElement)
    me.watch.disconnect()
  })
}
