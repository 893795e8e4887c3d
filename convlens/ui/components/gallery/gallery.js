// A row or a grid of things to choose one from: pictures, kernels, layers. Arrow keys move, Enter or a click chooses.
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".gallery")
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
    const chosen = item.name === data.chosen
    button.type = "button"
    button.setAttribute("role", "radio")
    button.setAttribute("aria-checked", chosen)
    button.dataset.name = item.name
    button.title = item.help || item.title
    button.setAttribute("aria-label", [item.title, item.caption].filter(Boolean).join(", "))
    button.tabIndex = chosen || (!data.items.some(x => x.name === data.chosen) && i === 0) ? 0 : -1
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
    if (chosen && hadFocus) button.focus()
    if (chosen && data.layout === "strip") root.scrollLeft = Math.max(0, button.offsetLeft - root.offsetLeft - 120)
  })

  function choose(name) {
    root.querySelectorAll("button").forEach(b => b.setAttribute("aria-checked", b.dataset.name === name))
    setStateValue("chosen", name)
  }
}
