// A picture on which a place is chosen: by a click, or by arrow keys and Enter.
// data: image, alt, at ([row, column], shares of the sides)
const instances = new WeakMap()

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const me = instances.get(parentElement) ?? {}
  instances.set(parentElement, me)
  const frame = $(".frame"), inside = share => Math.max(0, Math.min(0.999, share))
  $("img").src = data.image
  $("img").alt = data.alt
  frame.setAttribute("aria-label", `${data.alt}. Arrow keys move the mark, Enter chooses.`)
  me.at = data.at
  mark()
  frame.onclick = event => {
    const box = frame.getBoundingClientRect()
    me.at = [inside((event.clientY - box.top) / box.height), inside((event.clientX - box.left) / box.width)]
    mark()
    choose()
  }
  frame.onkeydown = event => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); return choose() }
    const step = arrow(event.key), far = event.shiftKey ? 0.1 : 0.02
    if (!step) return
    event.preventDefault()
    me.at = me.at.map((share, i) => inside(share + far * step[i]))
    mark()
  }

  function mark() {
    $(".mark").style.top = `${100 * me.at[0]}%`
    $(".mark").style.left = `${100 * me.at[1]}%`
  }
  function choose() { setStateValue("piece", asSent(me.at.map(share => Math.floor(1000 * share)).join("."))) }
}
