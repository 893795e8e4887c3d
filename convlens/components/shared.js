// What several parts use; every part's module begins with it.

// a number with three digits
const show = x => {
  if (!Number.isFinite(x)) return String(x)
  const rounded = Number(x.toPrecision(3)), size = Math.abs(rounded)
  return String(size < 1e-9 ? 0 : size < 1e-4 ? rounded.toExponential(1) : rounded).replaceAll("-", "−")
}

// a share of 1: two digits below 10 %
const asPercent = share => share > 0 && share < 0.001 ? "< 0.1 %" : share >= 0.9995 && share < 1 ? "> 99.9 %"
  : `${(100 * share).toFixed((share > 0 && share < 0.0995) || (share >= 0.995 && share < 1) ? 1 : 0)} %`

// a value as a part sends it: another each time, since Streamlit passes over one that it was sent last, whatever came between
let sentAt = 0
const asSent = value => ({ value, at: (sentAt = Math.max(performance.now(), sentAt + 0.01)) })

// a play button: {toggle, pause}; `step` is called every `pause` milliseconds while it plays. `me.timer` tells whether it does
function playing(me, button, milliseconds, step) {
  const told = (text, pressed) => {
    button.textContent = text
    button.setAttribute("aria-pressed", pressed)
  }
  const pause = () => {
    clearInterval(me.timer)
    me.timer = null
    told("▶ Play", false)
  }
  const play = () => {
    me.timer = setInterval(step, milliseconds)
    told("❚❚ Pause", true)
  }
  return { pause, toggle: () => (me.timer ? pause() : play()) }
}

// What a part returns: `end` is called once it is left. Data may come again while Streamlit still loads the script: then the former call is
// cleaned up after the newer one began, and nothing has ended
function whenLeft(me, end) {
  const call = (me.call = {})
  return () => { if (me.call === call) end() }
}

// a button that shows `box` on the whole screen, and again as it was; hidden where a browser cannot, as on an iPhone
function enlarging(button, box) {
  button.hidden = !box.requestFullscreen
  button.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen())
}

// a file for the visitor, made here
function saved(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

// which way an arrow key goes: [rows, columns], or undefined
const arrow = key => ({ ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] })[key]

const clamped = (i, n) => Math.max(0, Math.min(n - 1, i))

// [row, column] of the cell of a map that the pointer is over
function cellUnder(event, map, rows, columns) {
  const box = map.getBoundingClientRect()
  return [
    clamped(Math.floor(((event.clientY - box.top) / box.height) * rows), rows),
    clamped(Math.floor(((event.clientX - box.left) / box.width) * columns), columns),
  ]
}

// black or white, whichever is read on a colour (0 to 255 each): a contrast of 4.5 : 1 and more (WCAG 2.2, relative luminance)
function inkOn(rgb) {
  const [r, g, b] = rgb.map(v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff"
}

const element = (tag, classes = "", text = "") => {
  const made = document.createElement(tag)
  if (classes) made.className = classes
  if (text) made.textContent = text
  return made
}

function encoded(bytes) { // in base64
  let text = ""
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
}

function decoded(text) { // the bytes of base64; Uint8Array.from takes 26 ms for a map of 224 × 224, this 2
  const written = atob(text), bytes = new Uint8Array(written.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = written.charCodeAt(i)
  return bytes
}

// A map in a colour table of 253 levels, which `low` to `high` run through; as scales.to_levels does it
function paint(canvas, rows, columns, value, { low, high }, colours) {
  canvas.width = columns
  canvas.height = rows
  const context = canvas.getContext("2d"), image = context.createImageData(columns, rows), pixels = image.data
  for (let r = 0, p = 0; r < rows; r++) for (let c = 0; c < columns; c++, p += 4) {
    const at = 3 * Math.round(252 * Math.min(1, Math.max(0, (value(r, c) - low) / (high - low))))
    pixels[p] = colours[at]
    pixels[p + 1] = colours[at + 1]
    pixels[p + 2] = colours[at + 2]
    pixels[p + 3] = 255
  }
  context.putImageData(image, 0, 0)
}
