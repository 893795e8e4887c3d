// What several parts use; every part's module begins with it.

// a number with three digits
const show = x => {
  if (!Number.isFinite(x)) return String(x)
  const rounded = Number(x.toPrecision(3)), size = Math.abs(rounded)
  return String(size < 1e-9 ? 0 : size < 1e-4 ? rounded.toExponential(1) : rounded).replaceAll("-", "−")
}

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

// which way an arrow key goes: [rows, columns], or undefined
const arrow = key => ({ ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] })[key]
