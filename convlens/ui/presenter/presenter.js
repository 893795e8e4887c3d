// Presenting: key P folds tray and menu away and lets all grow; Page Up and Page Down (a lecturer's remote) go through the rows, and on to the
// deck's next link. What it does shows on the page's root, as data-presenting; frame.css says how that looks.
// data: on (0 or 1), slide [name of the page, number of the link in the deck]: another one begins at its top
const NEAR = 60, EDGE = 12 // pixels: panels that begin so close together are one row; how far under the edge it stands
const SCREEN = 0.85 // of the screen's height, that a row which is higher goes on by
const LEAVING = 5000 // milliseconds in which a key pressed twice goes to one link only
const OPENING = 30000 // in which what is said waits for the page that opens

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  // one for the window: the part is mounted anew on every page, its keys are heard once
  const me = (window.convlensPresenter ??= { on: false, said: null, where: "", key: null, slide: "", left: -LEAVING, opens: false })
  if (!me.key) window.addEventListener("keydown", event => me.key(event))
  if (me.said === null || me.said === data.on) Object.assign(me, { on: Boolean(data.on), said: null })
  me.key = event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.composedPath()[0]
    if (target.closest?.("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range], [type=button])")) return
    if (event.key.toLowerCase() === "p") present(!me.on)
    else if (me.on && event.key === "PageDown") go(1)
    else if (me.on && event.key === "PageUp") go(-1)
    else if (me.on && event.key === "Escape") present(false)
    else return
    event.preventDefault()
  }
  $(".start").onclick = () => present(true)
  $(".end").onclick = () => present(false)
  $(".up").onclick = () => go(-1)
  $(".down").onclick = () => go(1)
  draw()
  if (me.slide !== String(data.slide)) me.opens = false
  if (me.said !== null && me.where !== data.slide[0] && !opens()) say() // what was said of the page before, or not yet
  if (me.on && me.slide && me.slide !== String(data.slide)) document.querySelector("[data-testid=stMain]").scrollTo({ top: 0 })
  if (me.slide !== String(data.slide)) Object.assign(me, { slide: String(data.slide), left: -LEAVING })

  function present(on) {
    me.on = on
    me.said = on ? 1 : 0
    me.where = ""
    if (!opens()) say() // while a page opens it would not be heard, and would bring the page before back
    draw()
  }
  function opens() {
    return me.opens && performance.now() - me.left < OPENING
  }
  function say() {
    me.where = data.slide[0]
    setStateValue("present", asSent(me.said))
  }
  function draw() {
    document.documentElement.toggleAttribute("data-presenting", me.on)
    $(".start").hidden = me.on
    $(".bar").hidden = !me.on
  }
  function stops(main) { // where each row begins, the page's head first; and, of a row that is higher than the screen, where it goes on
    const zero = main.getBoundingClientRect().top - main.scrollTop
    const boxes = [...main.querySelectorAll("[class*=st-key-panel-], [class*=st-key-stage-]")].filter(each => each.offsetParent).map(each => each.getBoundingClientRect())
    const tops = boxes.map(({ top }) => top - zero).sort((a, b) => a - b).reduce((found, top) => (top - found.at(-1) < NEAR ? found : [...found, top]), [0])
    const high = main.clientHeight
    return tops.flatMap((top, i) => {
      const next = tops[i + 1] ?? Infinity, own = Math.max(top, ...boxes.filter(box => box.top - zero >= top && box.top - zero < next).map(({ bottom }) => bottom - zero))
      const end = next - own > NEAR && next < Infinity ? next : own, more = end - top - (high - EDGE) // what stands between two rows belongs to the first
      return Array.from({ length: 1 + Math.max(0, Math.ceil(more / (SCREEN * high))) }, (_, n) => top + n * SCREEN * high)
    })
  }
  function go(step) {
    if (performance.now() - me.left < LEAVING) return
    const main = document.querySelector("[data-testid=stMain]"), tops = stops(main)
    const here = tops.findLastIndex(top => top - EDGE <= main.scrollTop + 2), there = here + step
    if (there >= 0 && there < tops.length) return main.scrollTo({ top: there ? tops[there] - EDGE : 0 })
    const button = document.querySelector(`.st-key-deck-${step > 0 ? "next" : "before"} button`)
    if (!button) return
    me.left = performance.now()
    me.opens = true
    button.click()
  }
}
