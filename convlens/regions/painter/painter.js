// Strokes of several classes, and one box, over a photo: mouse, finger or keys. What is painted is one text: the picture's digest, the
// classes' names, the strokes (a digit for the class, then two letters a point), the box; sent when a stroke or a drag ends.
// data: image, size ([rows, columns]), painted, first (what the picture opens with), alphabet, colours, longest, strokes (at most), most (classes), named (letters), pen (share of the longer side),
//   whole, smallest (of a box)
const instances = new WeakMap()
const NEAR = 1.5 // points closer than that to the last one are left out

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const canvas = $("canvas"), grid = data.alphabet.length, [rows, columns] = data.size
  let me = instances.get(parentElement)
  if (!me || me.of !== data.first.split(";")[0]) {
    me = { of: data.first.split(";")[0], before: [], asked: [], kind: 0, live: null, pen: null }
    instances.set(parentElement, me)
    take(data.painted)
  }
  const answered = me.asked.indexOf(data.painted) // an earlier stroke's answer may come when the next one is painted
  if (answered >= 0) me.asked.splice(0, answered + 1)
  else if (!me.asked.length && !me.live && data.painted !== written()) take(data.painted)
  $("img").src = data.image
  $("img").alt = "The photo to paint on"
  canvas.setAttribute("aria-label", "Paint on the photo. Arrow keys move the pen, Space sets it down or lifts it, digits choose a class, B the box, Backspace undoes.")
  const scale = 720 / Math.max(rows, columns)
  canvas.width = Math.round(columns * scale)
  canvas.height = Math.round(rows * scale)
  buttons()
  draw()

  canvas.onpointerdown = event => {
    if (event.button) return
    canvas.setPointerCapture(event.pointerId)
    me.pen = null
    begin(place(event))
  }
  canvas.onpointermove = event => {
    if (!me.live) return
    for (const each of event.getCoalescedEvents?.() ?? [event]) extend(place(each))
    draw()
  }
  canvas.onpointerup = canvas.onpointercancel = end
  canvas.onblur = () => { me.pen = null; end() }
  canvas.onkeydown = event => {
    const step = arrow(event.key), far = event.shiftKey ? 6 : 2
    if (step) {
      me.pen ??= [grid / 2, grid / 2]
      me.pen = [me.pen[0] + step[1] * far, me.pen[1] + step[0] * far].map(inside)
      if (me.live) extend(me.pen)
    } else if (event.key === " " || event.key === "Enter") {
      me.pen ??= [grid / 2, grid / 2]
      if (me.live) end()
      else begin([...me.pen])
    } else if (event.key === "Backspace") undo()
    else if (/^[1-9]$/.test(event.key) && +event.key <= me.names.length) choose(+event.key - 1)
    else if (event.key.toLowerCase() === "b") choose("box")
    else return
    event.preventDefault()
    draw()
  }
  $(".undo").onclick = undo
  $(".clear").onclick = () => change(() => { me.strokes = [] })
  $(".again").onclick = () => change(() => take(data.first))
  $(".name").onchange = () => {
    const name = $(".name").value.replace(/[;,]/g, " ").replace(/\s+/g, " ").trim().slice(0, data.named).trim()
    if (name && me.kind !== "box" && !me.names.includes(name)) change(() => { me.names[me.kind] = name })
    else buttons()
  }

  function take(text) {
    const [, names, strokes, box] = text.split(";")
    me.names = names.split(",")
    me.strokes = strokes.split(".").filter(Boolean).map(part => ({
      of: +part[0], points: part.slice(1).match(/../g).map(two => [...two].map(letter => data.alphabet.indexOf(letter))),
    }))
    me.box = box.split(".").map(Number)
    if (me.kind !== "box" && me.kind >= me.names.length) me.kind = 0
  }
  function written() {
    const strokes = me.strokes.map(({ of, points }) => of + points.map(([x, y]) => data.alphabet[x] + data.alphabet[y]).join(""))
    return [me.of, me.names.join(","), strokes.join("."), me.box.join(".")].join(";")
  }
  function inside(value) { return clamped(Math.round(value), grid) }
  function place(event) { return cellUnder(event, canvas, grid, grid).reverse() } // column, row
  function begin(point) {
    if (me.kind !== "box" && me.strokes.length >= data.strokes) return draw("That is as many strokes as there can be: undo one, or clear them.")
    me.start = written()
    if (me.kind === "box") me.live = { from: point }
    else {
      me.live = { of: me.kind, points: [point] }
      me.strokes.push(me.live)
    }
    draw()
  }
  function extend(point) {
    if (me.live.from) {
      const [[left, right], [top, bottom]] = [0, 1].map(i => {
        const low = Math.min(me.live.from[i], point[i]), high = Math.max(me.live.from[i], point[i]) + 1
        return [low, high].map(at => Math.round((at * data.whole) / grid))
      })
      if (right - left >= data.smallest && bottom - top >= data.smallest) me.box = [top, left, bottom, right]
      return
    }
    const last = me.live.points.at(-1)
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return
    if (written().split(";")[2].length + 2 > data.longest) return draw("That is as much as a link can carry: undo a stroke, or clear them.")
    me.live.points.push(point)
  }
  function end() {
    if (!me.live) return
    me.live = null
    if (written().split(";")[2].length > data.longest) me.strokes.pop()
    tell(me.start)
  }
  function change(by) {
    const before = written()
    by()
    tell(before)
  }
  function undo() {
    end()
    if (!me.before.length) return
    take(me.before.pop())
    send()
  }
  function tell(before) {
    if (written() !== before) {
      me.before.push(before)
      send()
    } else draw()
  }
  function send() {
    buttons()
    draw()
    me.asked.push(written())
    setStateValue("painted", asSent(written()))
  }
  function choose(kind) {
    end()
    me.kind = kind
    buttons()
    draw()
  }
  function buttons() {
    const bar = $(".kinds"), had = bar.contains(parentElement.activeElement ?? document.activeElement)
    const button = (text, colour, chosen, act) => {
      const made = document.createElement("button")
      made.type = "button"
      if (colour) {
        const square = document.createElement("i")
        square.style.background = colour
        made.append(square)
      }
      made.append(text)
      if (chosen !== null) {
        made.setAttribute("role", "radio")
        made.setAttribute("aria-checked", chosen)
      }
      made.onclick = act
      return made
    }
    const made = me.names.map((name, i) => button(name, data.colours[i], me.kind === i, () => choose(i)))
    made.push(button("Box around the thing", "", me.kind === "box", () => choose("box")))
    if (me.names.length < data.most)
      made.push(button("+ class", "", null, () => { change(() => me.names.push([4, 5, 6, 7, 8, 9].map(n => `class ${n}`).find(name => !me.names.includes(name)))); choose(me.names.length - 1) }))
    bar.replaceChildren(...made)
    if (had) bar.querySelector("[aria-checked=true]")?.focus()
    const name = $(".name")
    name.hidden = me.kind === "box"
    if (me.kind !== "box") name.value = me.names[me.kind]
    $(".undo").disabled = !me.before.length
    $(".clear").disabled = !me.strokes.length
    $(".again").disabled = written() === data.first
  }
  function draw(said) {
    const pen = canvas.getContext("2d"), wide = Math.max(canvas.width, canvas.height)
    const at = ([x, y]) => [((x + 0.5) * canvas.width) / grid, ((y + 0.5) * canvas.height) / grid]
    pen.clearRect(0, 0, canvas.width, canvas.height)
    pen.lineCap = pen.lineJoin = "round"
    for (const [width, look] of [[data.pen * wide + 3, () => "#0009"], [data.pen * wide, of => data.colours[of]]]) for (const { of, points } of me.strokes) {
      pen.strokeStyle = look(of)
      pen.lineWidth = width
      pen.beginPath()
      points.forEach((point, i) => pen[i ? "lineTo" : "moveTo"](...at(point)))
      if (points.length === 1) pen.lineTo(at(points[0])[0] + 0.01, at(points[0])[1])
      pen.stroke()
    }
    const [top, left, bottom, right] = me.box.map((value, i) => (value / data.whole) * (i % 2 ? canvas.width : canvas.height))
    for (const [width, colour] of [[me.kind === "box" ? 7 : 5, "#000a"], [me.kind === "box" ? 4 : 2, "#fff"]]) {
      pen.strokeStyle = colour
      pen.lineWidth = width
      pen.strokeRect(left + 3, top + 3, right - left - 6, bottom - top - 6)
    }
    if (me.pen) {
      pen.strokeStyle = "#fff"
      pen.lineWidth = 3
      pen.beginPath()
      pen.arc(...at(me.pen), me.live ? 7 : 13, 0, 7)
      pen.stroke()
    }
    $(".hint").textContent = said ?? (me.kind === "box" ? "Drag from corner to corner around the thing." : `The pen paints ${me.names[me.kind]}: two strokes or more, so that one can be left out.`)
  }
}
