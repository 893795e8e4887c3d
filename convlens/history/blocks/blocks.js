// One network's layers as bars from left to right; those beside one another stand in one column. A folded block opens on a click,
// and any bar of the opened one folds it.
// data: columns of {name, kind, wide, rows, block, told}, opened, colours, tall (rows of the input), title
const UNIT = 4, HIGH = 150, GAP = 3 // pixels: of one unit of width, of the tallest bar or column, between bars of a column

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".scroll"), caption = parentElement.querySelector("figcaption")
  const focused = (parentElement.activeElement ?? document.activeElement)?.dataset?.block, place = root.scrollLeft
  const opens = data.columns.flat().some(bar => bar.block)
  const hint = opens ? "Click a block to open it, and what is in it to fold it again; point at a bar to read it." : "Point at a bar to read it. This network has no blocks to open."
  root.replaceChildren(...data.columns.map(column => {
    const made = document.createElement("div")
    made.className = `column ${data.opened && column[0].block === data.opened ? "inside" : ""}`
    const high = column.map(bar => HIGH * Math.sqrt(bar.rows / data.tall)), room = (HIGH - GAP * (column.length - 1)) / high.reduce((a, b) => a + b)
    made.append(...column.map((bar, i) => drawn(bar, high[i] * Math.min(1, room), column.length === 1)))
    return made
  }))
  root.scrollLeft = place
  const inside = root.querySelector(".inside")
  if (inside && root.dataset.opened !== data.opened && inside.offsetLeft + 200 > place + root.clientWidth) root.scrollLeft = inside.offsetLeft - 100
  root.dataset.opened = data.opened
  caption.textContent = hint
  if (focused) root.querySelector(`[data-block="${focused}"]`)?.focus() // which tells what it is
  root.onmouseleave = () => (caption.textContent = hint)

  function drawn(bar, high, only) {
    const made = document.createElement(bar.block ? "button" : "span"), fill = document.createElement("i")
    made.className = `bar ${only ? "only" : ""}`
    fill.style.cssText = `background:${data.colours[bar.kind]};width:${UNIT * bar.wide}px;height:${high}px`
    made.append(fill)
    made.setAttribute("aria-label", bar.told)
    made.onmouseenter = made.onfocus = () => (caption.textContent = bar.told)
    if (!bar.block) {
      made.setAttribute("role", "img")
      return made
    }
    made.type = "button"
    made.dataset.block = bar.block
    made.setAttribute("aria-expanded", bar.block === data.opened)
    made.onclick = () => setStateValue("block", asSent(bar.block === data.opened ? "" : bar.block))
    return made
  }
}
