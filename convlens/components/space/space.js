// Boxes, or clouds of points in ellipsoids, in a space that turns: nearer covers farther. Everything is drawn here, and nothing is sent.
// data: names [[colour, what it is called]], boxes (float32 x0, y0, z0, x1, y1, z1 each), kinds (of each box the number of its name),
//   told (of each box, what is read), clouds [{points (float32 x, y, z each), middle, halves (rows of 3 × 3)}], the i-th called by the
//   i-th name, axes [{title, low, high, ticks [[place, text]]}] of x, y and z, or none, eye [x, y, z], height, alt, file (of the PNG)
const instances = new WeakMap()
const ROOM = { boxes: [14, 14], axes: [66, 52] } // pixels beside what is drawn, and over and under it; axes are written there
const DOT = 2.5, SKIN = 0.25 // pixels of a point's radius; how opaque an ellipsoid is
const LIGHT = [0.48, 0.67, 0.57], DARKEST = 0.66 // from where light comes on the screen (right, up, toward the viewer); of a side in the shade
const EDGE = "rgba(20, 26, 24, .55)"
const STEP = Math.PI / 24, ZOOM = 1.3, MOST = 12 // of a key or a button; the largest zoom
const TURN = Math.PI / 360 // radians for a pixel

export default function ({ data: [data], parentElement }) {
  const $ = selector => parentElement.querySelector(selector)
  const canvas = $("canvas"), tip = $(".tip"), stage = $(".stage"), pen = canvas.getContext("2d")
  let me = instances.get(parentElement)
  if (!me) {
    me = { frames: 0 }
    instances.set(parentElement, me)
    me.watch = new ResizeObserver(() => ask())
    me.watch.observe(stage)
  }
  const shown = JSON.stringify([data.names, data.boxes, data.clouds])
  if (me.shown !== shown) Object.assign(me, { shown, under: null, octant: "" })
  me.view ??= first()
  const flat = packed => new Float32Array(decoded(packed).buffer)
  const boxes = rowsOf(flat(data.boxes), 6), solid = boxes.length > 0
  const clouds = data.clouds.map(({ points, ...more }) => ({ ...more, points: rowsOf(flat(points), 3) }))
  const things = solid ? boxes.map((_, i) => [i]) : clouds.flatMap((cloud, i) => cloud.points.map((_, j) => [i, j])) // what can be read
  const reached = solid ? boxes.flatMap(cornersOf) : cornersOf([0, 1].flatMap(end => data.axes.map(axis => (end ? axis.high : axis.low))))
  const dots = data.names.map(([colour]) => dotted(colour)) // each drawn once, and stamped
  stage.style.setProperty("--height", `${data.height}px`)
  canvas.setAttribute("aria-label", data.alt)
  $(".key").replaceChildren(...data.names.map(([colour, name]) => {
    const item = element("span"), square = element("i", solid ? "" : "round")
    square.style.background = colour
    item.append(square, name)
    return item
  }))
  me.draw = draw
  ask()

  $(".more").onclick = () => zoom(ZOOM)
  $(".less").onclick = () => zoom(1 / ZOOM)
  $(".first").onclick = back
  enlarging($(".enlarge"), $("figure"))
  $(".save").onclick = save
  canvas.ontransitionend = ask // another theme
  canvas.onwheel = event => { // as the page is zoomed; without the key it scrolls
    if (!event.ctrlKey) return
    event.preventDefault()
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), at(event))
  }
  canvas.onpointerdown = event => {
    if (event.button || me.drag) return
    canvas.setPointerCapture(event.pointerId)
    me.drag = { id: event.pointerId, at: at(event), moved: false }
  }
  canvas.onpointermove = event => {
    const here = at(event)
    if (!me.drag) return read(under(here), here)
    if (me.drag.id !== event.pointerId) return
    const [dx, dy] = [here[0] - me.drag.at[0], here[1] - me.drag.at[1]]
    if (!me.drag.moved && Math.hypot(dx, dy) < 3) return
    me.drag = { ...me.drag, at: here, moved: true }
    canvas.classList.add("turning")
    read(null)
    if (event.shiftKey) shift(dx, dy)
    else turn(-dx * TURN, dy * TURN)
  }
  canvas.onpointerup = canvas.onpointercancel = event => {
    if (me.drag?.id !== event.pointerId) return
    if (!me.drag.moved && event.type === "pointerup") read(under(at(event)), at(event)) // a finger that taps
    me.drag = null
    canvas.classList.remove("turning")
  }
  canvas.onpointerleave = event => { if (event.pointerType === "mouse" && !me.drag) read(null) }
  canvas.onblur = () => read(null)
  canvas.onkeydown = event => {
    const step = arrow(event.key)
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (step && event.shiftKey) shift(30 * step[1], 30 * step[0])
    else if (step) turn(-step[1] * STEP, step[0] * STEP)
    else if (event.key === "+" || event.key === "=") zoom(ZOOM)
    else if (event.key === "-") zoom(1 / ZOOM)
    else if (event.key === "0" || event.key === "Home") back()
    else if (event.key === "n" || event.key === "N") next(event.shiftKey ? -1 : 1)
    else if (event.key === "Escape" && me.under) read(null)
    else return
    event.preventDefault()
  }

  function first() { return { ...bearing(data.eye), zoom: 1, shift: [0, 0] } }
  function back() {
    me.view = first()
    read(null)
    ask()
  }
  function turn(around, over) {
    me.view.azimuth += around
    me.view.elevation = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, me.view.elevation + over))
    ask()
  }
  function shift(dx, dy) {
    me.view.shift = [me.view.shift[0] + dx, me.view.shift[1] + dy]
    ask()
  }
  function zoom(by, [x, y] = [stage.clientWidth / 2, stage.clientHeight / 2]) { // what is at x, y stays there
    const v = me.view, to = Math.max(0.5, Math.min(MOST, v.zoom * by)) / v.zoom
    const from = [x - stage.clientWidth / 2, y - stage.clientHeight / 2]
    v.zoom *= to
    v.shift = v.shift.map((value, i) => from[i] - (from[i] - value) * to)
    read(null)
    ask()
  }
  function at(event) {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  function ask() {
    if (me.asked) return
    me.asked = requestAnimationFrame(() => {
      me.asked = 0
      me.draw() // what came last
    })
  }

  // ---- from space to the screen

  // {scale, middle}: all of it has room, as large as at first at most: it does not swell while it turns
  function fitted(w, h) {
    const [beside, over] = solid ? ROOM.boxes : ROOM.axes
    const of = ways => {
      const [x, y] = [ways.right, ways.up].map(way => reached.map(corner => dot(way, corner)))
      const [[left, right], [low, high]] = [x, y].map(values => [Math.min(...values), Math.max(...values)])
      const scale = Math.min((w - 2 * beside) / (right - left || 1), (h - 2 * over) / (high - low || 1))
      return { scale: Math.max(scale, 1e-9), middle: [(left + right) / 2, (low + high) / 2] }
    }
    const now = of(camera(me.view))
    return { ...now, scale: Math.min(now.scale, of(camera(first())).scale) * me.view.zoom }
  }
  function draw() {
    const w = stage.clientWidth, h = stage.clientHeight, ratio = devicePixelRatio || 1
    if (!w || !h) return
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio)
      canvas.height = Math.round(h * ratio)
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, w, h)
    me.ways = camera(me.view)
    const { scale, middle } = fitted(w, h), [dx, dy] = me.view.shift
    me.scale = scale
    me.onScreen = point => [
      w / 2 + dx + scale * (dot(me.ways.right, point) - middle[0]),
      h / 2 + dy - scale * (dot(me.ways.up, point) - middle[1]),
    ]
    solid ? stacked() : clouded()
    if (me.under && !me.drag) say()
    canvas.dataset.frames = ++me.frames // for tests: how many were drawn
  }

  // ---- boxes

  function stacked() {
    const octant = me.ways.toward.map(Math.sign).join()
    if (me.octant !== octant) Object.assign(me, { octant, order: backToFront(boxes, me.ways.toward) })
    const shades = data.names.map(([colour]) => [0, 1, 2].map(k => shaded(colour, k)))
    pen.lineJoin = "round"
    me.paths = []
    for (const i of me.order) {
      const sides = [0, 1, 2].filter(k => Math.abs(me.ways.toward[k]) > 1e-6).map(k => [k, sideOf(boxes[i], k)])
      me.paths[i] = new Path2D()
      for (const [k, side] of sides) {
        me.paths[i].addPath(side)
        pen.fillStyle = shades[data.kinds[i]][k]
        pen.fill(side)
      }
      const marked = me.under?.[0] === i
      pen.strokeStyle = marked ? ink() : EDGE
      pen.lineWidth = marked ? 2 : 1
      pen.stroke(me.paths[i])
    }
  }
  function sideOf(box, k) { // the one across axis k that is turned to the viewer
    const place = me.ways.toward[k] > 0 ? box[k + 3] : box[k], [m, n] = [(k + 1) % 3, (k + 2) % 3], path = new Path2D()
    for (const [i, j] of [[m, n], [m + 3, n], [m + 3, n + 3], [m, n + 3]]) {
      const corner = []
      corner[k] = place
      corner[m] = box[i]
      corner[n] = box[j]
      path.lineTo(...me.onScreen(corner))
    }
    path.closePath()
    return path
  }
  function shaded(colour, k) { // flat: as bright as the angle at which light falls on that side
    const sign = Math.sign(me.ways.toward[k]), normal = [me.ways.right[k], me.ways.up[k], me.ways.toward[k]]
    const bright = DARKEST + (1 - DARKEST) * Math.min(1, 1.3 * Math.max(0, sign * dot(LIGHT, normal)))
    return `rgb(${rgbOf(colour).map(value => Math.round(value * bright)).join()})`
  }

  // ---- points in ellipsoids, and their axes

  function clouded() {
    grid()
    const { right, up, toward } = me.ways
    const skins = clouds.map(({ middle, halves }, i) => ({ i, middle, depth: dot(toward, middle), ...outline(halves, me.ways) })).sort((a, b) => a.depth - b.depth)
    // each point goes over the last skin that it lies before, those over it cover it
    const layers = [-1, ...skins.keys()].map(() => [])
    clouds.forEach(({ points }, i) => points.forEach(point => {
      const depth = dot(toward, point)
      const last = skins.findLastIndex(({ middle, depth: there, before }) => {
        const off = point.map((value, k) => value - middle[k])
        return depth - there > before(dot(right, off), dot(up, off))
      })
      layers[last + 1].push([depth, i, point])
    }))
    layers.forEach((layer, n) => {
      layer.sort((a, b) => a[0] - b[0]).forEach(([, i, point]) => stamp(dots[i], me.onScreen(point)))
      if (n < skins.length) skin(skins[n])
    })
    if (me.under) ring(me.onScreen(pointOf(me.under)))
  }
  function skin({ i, middle, long, short, angle }) {
    const [x, y] = me.onScreen(middle), colour = data.names[i][0], [r, g, b] = rgbOf(colour)
    pen.save()
    pen.translate(x, y)
    pen.rotate(-angle)
    pen.scale(long * me.scale, short * me.scale)
    pen.beginPath()
    pen.arc(0, 0, 1, 0, 7)
    pen.restore()
    pen.fillStyle = `rgba(${r}, ${g}, ${b}, ${SKIN})`
    pen.fill()
    pen.strokeStyle = `rgba(${r}, ${g}, ${b}, .7)`
    pen.lineWidth = 1
    pen.stroke()
  }
  function dotted(colour) {
    const made = element("canvas"), ratio = devicePixelRatio || 1, with_ = made.getContext("2d")
    made.width = made.height = Math.ceil(2 * (DOT + 1) * ratio)
    with_.fillStyle = colour
    with_.arc(made.width / 2, made.width / 2, DOT * ratio, 0, 7)
    with_.fill()
    return made
  }
  function stamp(dot, [x, y]) { pen.drawImage(dot, x - DOT - 1, y - DOT - 1, 2 * (DOT + 1), 2 * (DOT + 1)) }
  function ring([x, y]) {
    pen.beginPath()
    pen.arc(x, y, 2 * DOT, 0, 7)
    pen.strokeStyle = ink()
    pen.lineWidth = 2
    pen.stroke()
  }
  function grid() { // on the three sides that are turned away, so that nothing stands before what is shown
    const ends = data.axes.map(({ low, high }, k) => (me.ways.toward[k] >= 0 ? [low, high] : [high, low])) // far, near
    const from = ends.map(([far]) => far)
    const line = (a, b) => { pen.moveTo(...me.onScreen(a)); pen.lineTo(...me.onScreen(b)) }
    const set = (point, k, value) => point.with(k, value)
    pen.strokeStyle = pen.fillStyle = ink()
    pen.lineWidth = 1
    for (const [strength, bold] of [[0.15, false], [0.45, true]]) {
      pen.beginPath()
      data.axes.forEach(({ ticks }, k) => [(k + 1) % 3, (k + 2) % 3].forEach(m => {
        const places = bold ? [ends[k][0]] : [...ticks.map(([place]) => place), ends[k][1]]
        for (const place of places) line(set(from, k, place), set(set(from, k, place), m, ends[m][1]))
      }))
      pen.globalAlpha = strength
      pen.stroke()
    }
    pen.globalAlpha = 1
    data.axes.forEach((axis, k) => written(axis, k, edgeOf(k, ends)))
  }
  // a corner of the edge along axis k where it is written: on the outline, between a side that is turned to the viewer and one that is not
  function edgeOf(k, ends) {
    if (k < 2) return [0, 1, 2].map(m => ends[m][m === 1 - k ? 1 : 0])
    const both = [[0, 1], [1, 0]].map(([i, j]) => [ends[0][i], ends[1][j], ends[2][0]])
    return both.sort((a, b) => me.onScreen(a)[0] - me.onScreen(b)[0])[0] // the left one
  }
  function written({ title, low, high, ticks }, k, corner) {
    const on = place => me.onScreen(corner.with(k, place)), [a, b] = [on(low), on(high)], long = Math.hypot(b[0] - a[0], b[1] - a[1])
    if (long < 30) return // seen end on
    const centre = me.onScreen(data.axes.map(each => (each.low + each.high) / 2)), [x, y] = on((low + high) / 2)
    let out = [a[1] - b[1], b[0] - a[0]].map(value => value / long) // away from what is shown
    if (out[0] * (x - centre[0]) + out[1] * (y - centre[1]) < 0) out = out.map(value => -value)
    const every = Math.ceil((16 * (ticks.length - 1)) / (long * Math.abs(ticks.at(-1)[0] - ticks[0][0]) / (high - low) || 1))
    pen.textAlign = out[0] > 0.35 ? "left" : out[0] < -0.35 ? "right" : "center"
    pen.textBaseline = "middle"
    const font = getComputedStyle(canvas).fontFamily
    pen.font = `11px ${font}`
    ticks.forEach(([place, text], i) => {
      if (i % every) return
      const [tx, ty] = on(place)
      pen.fillText(text, tx + 6 * out[0], ty + 9 * out[1])
    })
    pen.font = `13px ${font}`
    const far = 32
    pen.fillText(title, x + far * out[0], y + far * out[1])
  }

  // ---- what is read

  function under([x, y]) { // the nearest thing there
    if (!me.onScreen) return null
    const ratio = devicePixelRatio || 1
    if (solid) {
      const i = me.order.findLast(i => pen.isPointInPath(me.paths[i], x * ratio, y * ratio))
      return i === undefined ? null : [i]
    }
    let best = null, closest = 8
    for (const thing of things) {
      const [px, py] = me.onScreen(pointOf(thing)), off = Math.hypot(px - x, py - y)
      if (off < closest) [best, closest] = [thing, off]
    }
    return best
  }
  function next(by) {
    const now = things.findIndex(thing => String(thing) === String(me.under))
    read(things.at(now < 0 && by < 0 ? -1 : (now + by) % things.length) ?? null)
  }
  function read(thing, where = null) {
    me.where = where
    if (String(thing) === String(me.under ?? null)) { if (thing) say(); return }
    me.under = thing
    if (thing) say()
    else tip.textContent = ""
    ask()
  }
  function say() { // beside the pointer, or the thing
    const [i] = me.under
    const said = solid ? data.told[i]
      : `${data.names[i][1]}\n${data.axes.map(({ title }, k) => `${title} ${show(pointOf(me.under)[k])}`).join(", ")}`
    if (tip.textContent !== said) tip.textContent = said // or it would be read aloud at every turn
    const [x, y] = me.where ?? me.onScreen(pointOf(me.under))
    tip.style.transform = `translate(${Math.max(0, Math.min(stage.clientWidth - tip.offsetWidth, x + 14))}px, ${Math.max(0, y - tip.offsetHeight - 8)}px)`
  }
  function pointOf([i, j]) {
    return solid ? [0, 1, 2].map(k => (boxes[i][k] + boxes[i][k + 3]) / 2) : clouds[i].points[j]
  }

  // ---- as a picture

  function save() { // on the page's own ground, with what the colours mean
    const ratio = canvas.width / stage.clientWidth, line = 22 * ratio, picture = element("canvas")
    picture.width = canvas.width
    picture.height = canvas.height + line
    const on = picture.getContext("2d")
    on.fillStyle = getComputedStyle(canvas).getPropertyValue("--st-background-color") || "#fff"
    on.fillRect(0, 0, picture.width, picture.height)
    on.drawImage(canvas, 0, 0)
    on.font = `${12 * ratio}px ${getComputedStyle(canvas).fontFamily}`
    let x = 8 * ratio
    for (const [colour, name] of data.names) {
      on.fillStyle = colour
      on.fillRect(x, canvas.height + 4 * ratio, 10 * ratio, 10 * ratio)
      on.fillStyle = ink()
      on.fillText(name, x + 15 * ratio, canvas.height + 13 * ratio)
      x += on.measureText(name).width + 32 * ratio
    }
    picture.toBlob(blob => saved(blob, `${data.file}.png`), "image/png")
  }

  function ink() { return getComputedStyle(canvas).color }
  return whenLeft(me, () => {
    instances.delete(parentElement)
    cancelAnimationFrame(me.asked)
    me.watch.disconnect()
  })
}

function rowsOf(flat, wide) {
  return Array.from({ length: flat.length / wide }, (_, i) => [...flat.subarray(i * wide, (i + 1) * wide)])
}
const cornersOf = box => [0, 3].flatMap(i => [1, 4].flatMap(j => [2, 5].map(k => [box[i], box[j], box[k]])))
const rgbOf = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16))
