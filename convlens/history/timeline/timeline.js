// Networks on an axis of years, each as the silhouette of its layers, all to one scale. Arrow keys, the two buttons or a click walk.
// data: items ({name, title, year, later, lines, bars: [wide, rows, kind]}), chosen, colours, and what is largest: tall, wide, most
const SVG = "http://www.w3.org/2000/svg", GAP = 0.5

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".years"), [back, on] = ["back", "on"].map(name => parentElement.querySelector(`.${name}`))
  const key = parentElement.querySelector(".key"), names = data.items.map(item => item.name)
  const hadFocus = root.contains(parentElement.activeElement ?? document.activeElement)
  if (!root.childElementCount) {
    root.append(...data.items.map(made))
    key.append(...Object.entries(data.colours).filter(([kind]) => data.items.some(item => item.bars.some(bar => bar[2] === kind))).map(([kind, colour]) => {
      const entry = document.createElement("span"), square = document.createElement("i")
      square.style.background = colour
      entry.append(square, kind === "block" ? "folded block" : kind)
      return entry
    }))
  }
  const buttons = [...root.children]
  buttons.forEach((button, i) => {
    button.onclick = () => choose(i)
    button.onkeydown = event => {
      const step = arrow(event.key)
      if (!step) return
      event.preventDefault()
      choose(clamped(i + step[0] + step[1], buttons.length), true)
    }
  })
  mark(names.indexOf(data.chosen), hadFocus)

  function choose(i, focus) {
    if (names[i] === root.dataset.chosen) return
    mark(i, focus)
    setStateValue("chosen", asSent(names[i]))
  }
  function mark(at, focus) {
    root.dataset.chosen = names[at]
    buttons.forEach((button, i) => {
      button.setAttribute("aria-checked", i === at)
      button.tabIndex = i === at ? 0 : -1
    })
    if (focus) buttons[at].focus({ preventScroll: true })
    const { offsetLeft: x, offsetWidth: width } = buttons[at]
    if (x < root.scrollLeft || x + width > root.scrollLeft + root.clientWidth) root.scrollLeft = x - (root.clientWidth - width) / 2
    step(back, at - 1, title => `‹ ${title}`)
    step(on, at + 1, title => `${title} ›`)
  }
  function step(button, to, told) {
    const item = data.items[to]
    button.disabled = !item
    button.textContent = told(item?.title ?? (to < 0 ? "the first" : "the last"))
    button.onclick = () => choose(to)
  }
  function made(item) {
    const button = document.createElement("button"), axis = text("axis", item.year)
    button.type = "button"
    button.dataset.name = item.name
    button.setAttribute("role", "radio")
    button.setAttribute("aria-label", `${item.title}, ${item.year}: ${item.lines.join(", ")}`)
    if (item.later) axis.append(text("later", `// ${item.later} years`))
    button.append(drawn(item.bars), axis, text("name", item.title), ...item.lines.map(line => text("line", line)))
    return button
  }
  function drawn(bars) { // in the middle of its height, as a picture that shrinks does
    const wide = data.wide + GAP * data.most, high = Math.sqrt(data.tall), svg = document.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`)
    svg.setAttribute("preserveAspectRatio", "none")
    svg.setAttribute("aria-hidden", "true")
    let x = 0
    for (const [width, rows, kind] of bars) {
      const bar = document.createElementNS(SVG, "rect"), tall = Math.sqrt(rows)
      for (const [name, value] of Object.entries({ x, y: (high - tall) / 2, width, height: tall, fill: data.colours[kind] })) bar.setAttribute(name, value)
      svg.append(bar)
      x += width + GAP
    }
    return svg
  }
  function text(name, said) {
    const span = document.createElement("span")
    span.className = name
    span.textContent = said
    return span
  }
}
