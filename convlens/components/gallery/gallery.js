// A row or a grid of things to choose one from: pictures, kernels, layers. Arrow keys move, Enter or a click chooses.
const instances = new WeakMap() // what each shows: pictures are not decoded anew when only the choice has changed

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".gallery")
  const items = JSON.stringify(data.items)
  const before = instances.get(parentElement)
  const same = before?.items === items && root.childElementCount > 0
  const me = same ? before : { items }
  me.send = name => setStateValue("chosen", asSent(name))
  if (same) {
    bring(mark(data.chosen))
    return me.leave
  }
  before?.leave()
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
  const back = parentElement.querySelector(".back"), on = parentElement.querySelector(".on")
  back.onclick = () => root.scrollBy({ left: -0.8 * root.clientWidth })
  on.onclick = () => root.scrollBy({ left: 0.8 * root.clientWidth })
  root.onscroll = ends
  const watch = new ResizeObserver(() => { bring(root.querySelector("[aria-checked=true]")); ends() })
  watch.observe(root)
  me.leave = () => watch.disconnect()
  return me.leave

  function ends() { // what is hidden at an end fades out there, and an arrow leads to it
    const left = root.scrollLeft > 1, right = root.scrollLeft + root.clientWidth < root.scrollWidth - 1
    back.hidden = !left
    on.hidden = !right
    root.style.setProperty("--left", left ? "44px" : "0px")
    root.style.setProperty("--right", right ? "44px" : "0px")
  }
  function bring(chosen) { // into view, when it has become the chosen one
    if (!chosen || data.layout !== "strip" || me.shown === chosen.dataset.name || !root.clientWidth) return
    me.shown = chosen.dataset.name
    const { offsetLeft: x, offsetWidth: width } = chosen
    if (x - 44 < root.scrollLeft || x + width + 44 > root.scrollLeft + root.clientWidth) root.scrollLeft = x - (root.clientWidth - width) / 2
  }
  function mark(name) {
    const all = [...root.querySelectorAll("button")]
    const chosen = all.find(b => b.dataset.name === String(name)) // digits are numbers
    all.forEach(b => b.setAttribute("aria-checked", b === chosen))
    all.forEach(b => (b.tabIndex = b === (chosen ?? all[0]) ? 0 : -1))
    return chosen
  }

  function choose(name) {
    mark(name)
    me.send(name)
  }
}
