// All maps of a layer as one picture; each map is a button. Sizes are in the sheet's own pixels, one for each value.
export default function ({ data: [data], parentElement, setStateValue }) {
  const image = parentElement.querySelector("img")
  const cells = parentElement.querySelector(".cells")
  const caption = parentElement.querySelector("figcaption")
  image.src = data.image
  image.alt = data.alt
  cells.setAttribute("aria-label", data.alt)
  const hadFocus = cells.contains(parentElement.activeElement ?? document.activeElement)
  const [height, width] = data.size
  const percent = (part, whole) => `${(100 * part) / whole}%`
  const frame = parentElement.querySelector(".frame")
  frame.style.setProperty("--ratio", width / height)
  enlarging(parentElement.querySelector(".enlarge"), frame)
  const say = i => (caption.textContent = i === null ? data.hint : data.titles[i])
  const first = Math.max(0, data.numbers.indexOf(data.chosen)) // the chosen one may be folded away
  cells.replaceChildren()
  data.titles.forEach((title, i) => {
    const row = Math.floor(i / data.columns), column = i % data.columns
    const button = document.createElement("button")
    const number = data.numbers[i], chosen = number === data.chosen
    button.type = "button"
    button.setAttribute("role", "radio")
    button.setAttribute("aria-checked", chosen)
    button.setAttribute("aria-label", title)
    button.tabIndex = i === first ? 0 : -1
    button.style.left = percent(column * (data.cell[1] + data.gap), width)
    button.style.top = percent(row * (data.cell[0] + data.gap), height)
    button.style.width = percent(data.cell[1], width)
    button.style.height = percent(data.cell[0], height)
    if (data.marks[i]) {
      const mark = document.createElement("span")
      mark.className = "mark"
      mark.textContent = data.marks[i]
      button.append(mark)
    }
    button.onclick = () => {
      cells.querySelectorAll("button").forEach((b, j) => b.setAttribute("aria-checked", i === j))
      const place = { x: column * (data.cell[1] + data.gap), y: row * (data.cell[0] + data.gap), width: data.cell[1], height: data.cell[0] }
      document.dispatchEvent(new CustomEvent("convlens.map", { detail: { channel: number, image, ...place } }))
      setStateValue("chosen", asSent(number))
    }
    button.onmouseenter = button.onfocus = () => say(i)
    button.onmouseleave = () => say(null)
    button.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: data.columns, ArrowUp: -data.columns }[event.key]
      if (!step) return
      event.preventDefault()
      cells.children[i + step]?.focus()
    }
    cells.append(button)
    if (chosen && hadFocus) button.focus()
  })
  say(null)
}
