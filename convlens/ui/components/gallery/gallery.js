// A row or a grid of things to choose one from: pictures, kernels, layers. Arrow keys move, Enter or a click chooses.
const instances = new WeakMap() // what each shows: pictures are not decoded anew when only the choice has changed

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".gallery")
  const items = JSON.stringify(data.items)
  const before = instances.get(parentElement)
  const me = { items, send: name => setStateValue("chosen", name) }
  if (before?.items === items && root.childElementCount) {
    before.send = me.send
    mark(data.chosen)
    return
  }
  instances.set(parentElement, me)
  const pictures = data.items.some(item => item.image)
  root.className = `gallery ${data.layout} ${pictures ? "pictures" : ""}`
  root.setAttribute("aria-label", data.label)
  const hadFocus = root.contains(parentElement.activeElement ?? document.activeElement)
  root.replaceChildren()
  data.items.forEach((item, i) => {
    if (i && data.layout === "strip" && !pictures) {
      const arrow = document.createElement("span")
      arrow.className = "arrow"
      arrow.textContent = "▸"
      arrow.setAttribute("aria-hidden", "true")
      root.append(arrow)
    }
    const button = document.createElement("button")
    button.type = "button"
    button.setAttribute("role", "radio")
    button.dataset.name = item.name
    button.title = item.help || item.title
    button.setAttribute("aria-label", [item.title, item.caption].filter(Boolean).join(", "))
    if (item.image) {
      const image = document.createElement("img")
      image.src = item.image
      image.alt = ""
      if (data.pixelated) image.className = "pixelated"
      button.append(image)
    }
    for (const part of ["title", "caption"]) {
      if (!item[part]) continue
      const span = document.createElement("span")
      span.className = part
      span.textContent = item[part]
      button.append(span)
    }
    button.onclick = () => choose(item.name)
    button.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
      if (!step) return
      event.preventDefault()
      const all = [...root.querySelectorAll("button")]
      all[(i + step + all.length) % all.length].focus()
    }
    root.append(button)
  })
  const chosen = mark(data.chosen)
  if (chosen && hadFocus) chosen.focus()
  if (chosen && data.layout === "strip") root.scrollLeft = Math.max(0, chosen.offsetLeft - root.offsetLeft - 120)

  function mark(name) {
    const all = [...root.querySelectorAll("button")]
    const chosen = all.find(b => b.dataset.name === name)
    all.forEach(b => b.setAttribute("aria-checked", b === chosen))
    all.forEach(b => (b.tabIndex = b === (chosen ?? all[0]) ? 0 : -1))
    return chosen
  }

  function choose(name) {
    mark(name)
    me.send(name)
  }
}
