// One map in the large, its values under the pointer; a click chooses a cell, arrow keys and Enter do the same.
// data: values (float32, base64), rows, columns, units (of a vector in reading order, or null), low, high, colours (768 bytes, base64),
//   chosen ([row, column]), channel, alt
// Another map that is clicked in the sheet is shown as it is there until its values have come.
const instances = new WeakMap()

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const me = instances.get(parentElement) ?? {}
  instances.set(parentElement, me)
  const { rows, columns, units } = data, map = $(".map"), frame = $(".frame"), caption = $("figcaption")
  me.at = null // the cell that is spoken of, while there is one
  me.chosen = data.chosen
  me.values = new Float32Array(decoded(data.values).buffer)
  $("svg").setAttribute("viewBox", `0 0 ${columns} ${rows}`)
  frame.style.setProperty("--ratio", columns / rows)
  whole()
  me.leave?.()
  me.leave = () => document.removeEventListener("convlens.map", clicked)
  document.addEventListener("convlens.map", clicked)
  map.setAttribute("aria-label", `${data.alt}. Arrow keys move, Enter chooses.`)
  enlarging($(".enlarge"), frame)
  map.onpointermove = event => move(cellUnder(event, map, rows, columns))
  map.onpointerleave = map.onblur = () => move(null)
  map.onpointerdown = event => { me.pressed = cellUnder(event, map, rows, columns) } // a click's own place is rounded to pixels
  map.onclick = () => choose(me.pressed)
  map.onkeydown = event => {
    const by = arrow(event.key), at = me.at ?? me.chosen
    if (event.key === "Enter") return choose(at)
    if (!by) return
    event.preventDefault()
    move([clamped(at[0] + by[0], rows), clamped(at[1] + by[1], columns)])
  }
  draw()
  return me.leave

  function whole() {
    me.waiting = false
    paint($("canvas"), rows, columns, (r, c) => me.values[r * columns + c], data, decoded(data.colours))
    $("figure").dataset.of = data.channel // what is on screen now
  }
  function clicked({ detail: { channel, image, x, y, width, height } }) {
    if (channel === data.channel) whole()
    else {
      const canvas = $("canvas")
      me.waiting = true
      canvas.width = width
      canvas.height = height
      canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height)
      $("figure").dataset.of = channel
    }
    draw()
  }
  function there(at) { // the rest of a vector's last line is empty
    return at && !me.waiting && (units === null || at[0] * columns + at[1] < units)
  }
  function move(at) {
    if (at && !there(at)) return
    me.at = at
    draw()
  }
  function choose(at) {
    if (!there(at)) return
    me.chosen = at
    draw()
    if (units === null) setStateValue("cell", asSent(at))
    else setStateValue("unit", asSent(at[0] * columns + at[1]))
  }
  function draw() {
    put($(".chosen"), me.chosen)
    put($(".here"), me.at)
    caption.textContent = me.waiting ? "Its values are on their way." : me.at ? said(...me.at) : "Every value appears under the pointer; a click chooses its cell."
  }
  function put(rect, at) {
    rect.style.display = at ? "" : "none"
    if (at) for (const [name, value] of Object.entries({ x: at[1], y: at[0], width: 1, height: 1 })) rect.setAttribute(name, value)
  }
  function said(row, column) {
    const place = units === null ? `Row ${row}, column ${column}` : `Unit ${row * columns + column}`
    return `${place}: ${show(me.values[row * columns + column])}`
  }
}
