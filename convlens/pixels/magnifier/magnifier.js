// A movable magnifier over a picture: the numbers of the patch under it. Everything happens here, no round trip.
// data: image (data URL), rows, columns, values (flat [0, 1] floats, or null: the image's own 8-bit values), patch, start ([row, column]), channel, alt, pixelated
const instances = new WeakMap()
const CHANNELS = ["red", "green", "blue", "grey"]
const UNITS = ["0–255", "0–1"]

export default function ({ data: [data], parentElement, setStateValue }) {
  let me = instances.get(parentElement)
  if (!me) {
    me = { row: null, column: null, channel: data.channel, unit: "0–255", held: false }
    instances.set(parentElement, me)
  }
  const $ = selector => parentElement.querySelector(selector)
  const photo = $(".photo"), image = $("img"), lens = $(".lens"), values = $(".values"), say = $(".say")
  const n = Math.min(data.patch, data.rows, data.columns)
  photo.setAttribute("aria-label", `${data.alt}. Move the magnifier with the arrow keys, with Shift by a whole patch; Enter holds it.`)
  image.className = data.pixelated ? "pixelated" : ""
  if (me.image !== data.image) {
    me.image = data.image
    ;[me.row, me.column] = data.start
    me.pixels = data.values ? data.values.map(v => v * 255) : null
    image.onload = () => {
      if (!me.pixels) me.pixels = read(image, data)
      draw()
    }
    image.src = data.image
    image.alt = data.alt
  }
  buttons($(".channels"), CHANNELS, "channel")
  buttons($(".units"), UNITS, "unit")

  const move = event => {
    const box = image.getBoundingClientRect()
    place(((event.clientY - box.top) / box.height) * data.rows - n / 2, ((event.clientX - box.left) / box.width) * data.columns - n / 2)
  }
  photo.onpointermove = event => { if (!me.held || event.buttons) move(event) }
  photo.onpointerdown = event => { me.held = !me.held || event.pointerType === "touch"; move(event); keep() }
  photo.onkeydown = event => {
    const by = event.shiftKey ? n : 1
    const step = { ArrowRight: [0, by], ArrowLeft: [0, -by], ArrowDown: [by, 0], ArrowUp: [-by, 0] }[event.key]
    if (event.key === "Enter") { me.held = !me.held; keep() }
    else if (step) place(me.row + step[0], me.column + step[1])
    else return
    event.preventDefault()
    draw()
  }
  draw()

  function place(row, column) {
    me.row = Math.round(Math.max(0, Math.min(data.rows - n, row)))
    me.column = Math.round(Math.max(0, Math.min(data.columns - n, column)))
    draw()
  }

  function keep() { // what is held goes into the link, and leaves it when it is let go
    setStateValue("held", asSent(me.held ? `${me.row}-${me.column}-${me.channel}` : ""))
  }

  function buttons(root, names, field) {
    root.replaceChildren(...names.map(name => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = name
      button.setAttribute("role", "radio")
      button.setAttribute("aria-checked", me[field] === name)
      button.onclick = () => {
        me[field] = name
        if (field === "channel" && me.held) keep()
        root.querySelectorAll("button").forEach(b => b.setAttribute("aria-checked", b.textContent === name))
        draw()
      }
      return button
    }))
  }

  function draw() {
    const percent = (part, whole) => `${(100 * part) / whole}%`
    lens.style.top = percent(me.row, data.rows)
    lens.style.left = percent(me.column, data.columns)
    lens.style.height = percent(n, data.rows)
    lens.style.width = percent(n, data.columns)
    if (!me.pixels) return
    values.style.gridTemplateColumns = `repeat(${n}, 1fr)`
    if (values.childElementCount !== n * n) values.replaceChildren(...Array.from({ length: n * n }, () => document.createElement("span")))
    const c = CHANNELS.indexOf(me.channel), unit = me.unit === UNITS[1]
    let sum = 0, low = Infinity, high = -Infinity
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      const at = 3 * ((me.row + i) * data.columns + me.column + j)
      const [r, g, b] = [me.pixels[at], me.pixels[at + 1], me.pixels[at + 2]]
      const value = c < 3 ? me.pixels[at + c] : 0.299 * r + 0.587 * g + 0.114 * b
      sum += value
      low = Math.min(low, value)
      high = Math.max(high, value)
      const cell = values.children[i * n + j]
      const text = unit ? (value / 255).toFixed(2).replace(/^0\./, ".") : value.toFixed(0)
      if (cell.textContent !== text) cell.textContent = text
      const shade = Math.round(value)
      const parts = c < 3 ? [0, 0, 0].map((_, k) => (k === c ? shade : 0)) : [shade, shade, shade]
      cell.style.background = `rgb(${parts})`
      cell.style.color = inkOn(parts)
    }
    const show = v => (unit ? (v / 255).toFixed(3) : v.toFixed(data.values || c === 3 ? 1 : 0))
    const text = `${me.channel}, rows ${me.row}–${me.row + n - 1}, columns ${me.column}–${me.column + n - 1}: from ${show(low)} to ${show(high)}, mean ${unit ? (sum / n / n / 255).toFixed(3) : (sum / n / n).toFixed(1)}.`
    say.textContent = `${text} ${me.held ? "Held: click to let it follow again." : "Click to hold it."}`
    values.setAttribute("aria-label", text)
  }
}

function read(image, data) {
  const canvas = document.createElement("canvas")
  canvas.width = data.columns
  canvas.height = data.rows
  const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" })
  context.drawImage(image, 0, 0)
  const rgba = context.getImageData(0, 0, data.columns, data.rows).data
  const out = new Uint8Array(3 * data.rows * data.columns)
  for (let i = 0, j = 0; i < rgba.length; i += 4) { out[j++] = rgba[i]; out[j++] = rgba[i + 1]; out[j++] = rgba[i + 2] }
  return out
}
