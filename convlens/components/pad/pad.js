// A pad to draw a digit on: mouse, finger or keys. A drawing is text: two letters a point, a dot between strokes; it is sent
// while it grows, the next part as soon as the server has answered the last one.
// data: drawing, heard (which message of this pad it follows), alphabet, longest, pen (share of the side), label
const instances = new WeakMap()
const NEAR = 1.5 // points closer than that to the last one are left out
const PATIENCE = 1500 // milliseconds that an answer is waited for

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const canvas = $("canvas"), grid = data.alphabet.length
  let me = instances.get(parentElement)
  if (!me) {
    me = { strokes: [], stroke: null, sent: "", said: null, at: 0, later: 0, pen: null, down: false }
    instances.set(parentElement, me)
  }
  me.send = setStateValue
  const text = () => me.strokes.map(stroke => stroke.map(([x, y]) => data.alphabet[x] + data.alphabet[y]).join("")).join(".")
  if (data.heard === me.said) me.at = 0 // the answer is there
  if (!me.stroke && !me.down && data.drawing !== me.sent && data.drawing !== text() && !me.at) {
    me.strokes = data.drawing.split(".").filter(Boolean).map(part =>
      part.match(/../g).map(two => [...two].map(letter => data.alphabet.indexOf(letter))))
    me.sent = data.drawing
  }
  canvas.setAttribute("aria-label", data.label)
  paint()
  tell() // what has grown while the server was busy

  canvas.onpointerdown = event => {
    if (event.button) return
    canvas.setPointerCapture(event.pointerId)
    me.down = false
    me.pen = null
    me.stroke = [place(event)]
    me.strokes.push(me.stroke)
    paint()
  }
  canvas.onpointermove = event => {
    if (!me.stroke) return
    for (const each of event.getCoalescedEvents?.() ?? [event]) extend(place(each))
    paint()
    tell()
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    me.stroke = null
    paint()
    tell(true)
  }
  canvas.onkeydown = event => {
    const step = arrow(event.key), far = event.shiftKey ? 8 : 3
    if (step) {
      me.pen ??= [grid / 2, grid / 2]
      me.pen = [me.pen[0] + step[1] * far, me.pen[1] + step[0] * far].map(inside)
      if (me.down) extend(me.pen)
    } else if (event.key === " " || event.key === "Enter") {
      me.pen ??= [grid / 2, grid / 2]
      me.down = !me.down
      if (me.down) me.strokes.push([[...me.pen]])
    } else if (event.key === "Backspace") undo()
    else if (event.key === "Delete") clear()
    else return
    event.preventDefault()
    paint()
    tell()
  }
  canvas.onblur = () => { me.down = false; me.pen = null; paint(); tell(true) }
  $(".undo").onclick = undo
  $(".clear").onclick = clear

  function inside(value) { return clamped(Math.round(value), grid) }
  function place(event) { return cellUnder(event, canvas, grid, grid).reverse() } // column, row
  function extend(point) {
    const stroke = me.strokes.at(-1), last = stroke.at(-1)
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return
    if (text().length + 2 > data.longest) { paint("The drawing is full: clear it, or undo a stroke."); return }
    stroke.push(point)
  }
  function undo() { me.stroke = null; me.down = false; me.strokes.pop(); paint(); tell(true) }
  function clear() { me.stroke = null; me.down = false; me.strokes = []; paint(); tell(true) }
  function tell(now = false) {
    const drawing = text()
    if (drawing === me.sent) return
    clearTimeout(me.later)
    const left = me.at && !now ? me.at + PATIENCE - performance.now() : 0
    if (left > 0) {
      me.later = setTimeout(() => canvas.isConnected && tell(), left) // should no answer come: Streamlit draws nothing anew that has not changed
      return
    }
    me.sent = drawing
    me.at = performance.now()
    const message = asSent(drawing)
    me.said = message.at
    me.send("drawing", message)
  }
  function paint(said) {
    const pen = canvas.getContext("2d"), unit = canvas.width / grid
    pen.fillStyle = "#000"
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.strokeStyle = "#333"
    pen.lineWidth = 1
    pen.strokeRect(canvas.width * 0.14, canvas.height * 0.08, canvas.width * 0.72, canvas.height * 0.84) // where a digit looks best
    pen.strokeStyle = "#fff"
    pen.lineCap = pen.lineJoin = "round"
    pen.lineWidth = data.pen * canvas.width
    for (const stroke of me.strokes) {
      pen.beginPath()
      stroke.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"]((x + 0.5) * unit, (y + 0.5) * unit))
      if (stroke.length === 1) pen.lineTo((stroke[0][0] + 0.5) * unit + 0.01, (stroke[0][1] + 0.5) * unit)
      pen.stroke()
    }
    if (me.pen) {
      pen.strokeStyle = "#2fd6b8"
      pen.lineWidth = 2
      pen.beginPath()
      pen.arc((me.pen[0] + 0.5) * unit, (me.pen[1] + 0.5) * unit, me.down ? 5 : 10, 0, 7)
      pen.stroke()
    }
    $(".undo").disabled = $(".clear").disabled = !me.strokes.length
    $(".hint").textContent = said ?? (me.pen
      ? `Pen ${me.down ? "down" : "up"}. Arrows move it, Space sets it down or lifts it, Backspace undoes.`
      : "Draw with mouse or finger; or focus it and use arrow keys and Space.")
  }
}
