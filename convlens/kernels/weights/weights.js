// A square of editable weights, 1 × 1 to 7 × 7. What is typed is sent when a cell is left or Enter is pressed.
const MOST = 7

// three digits, or two and no leading zero where cells are narrow; the title has all of them
const shown = (x, n) => {
  if (Math.abs(x) < 1e-12) return "0"
  return n < 5 ? String(Number(x.toPrecision(3))) : String(Number(x.toPrecision(2))).replace(/^(-?)0\./, "$1.")
}

export default function ({ data: [data], parentElement, setStateValue }) {
  const grid = parentElement.querySelector(".grid")
  const weights = data.weights.map(row => [...row])
  const n = weights.length
  const largest = Math.max(1e-9, ...weights.flat().map(Math.abs))
  grid.classList.toggle("narrow", n > 4)
  grid.setAttribute("aria-label", `${data.label}, ${n} by ${n}`)
  grid.style.gridTemplateColumns = `repeat(${n}, 1fr)`
  const focused = (parentElement.activeElement ?? document.activeElement)?.dataset?.at
  grid.replaceChildren()
  weights.forEach((row, i) => row.forEach((value, j) => {
    const cell = document.createElement("input")
    cell.type = "number"
    cell.step = "any"
    cell.min = -999999
    cell.max = 999999
    cell.value = shown(value, n)
    cell.title = String(value)
    cell.dataset.at = `${i},${j}`
    cell.setAttribute("aria-label", `weight in row ${i + 1}, column ${j + 1}`)
    paint(cell, value)
    cell.onchange = () => {
      const typed = parseFloat(cell.value)
      if (!Number.isFinite(typed) || Math.abs(typed) > 999999) { cell.value = shown(weights[i][j], n); return }
      weights[i][j] = typed
      send(weights)
    }
    cell.onkeydown = event => {
      const step = arrow(event.key)
      if (!step) return
      const next = grid.querySelector(`[data-at="${i + step[0]},${j + step[1]}"]`)
      event.preventDefault()
      if (next) { next.focus(); next.select() }
    }
    grid.append(cell)
  }))
  if (focused) grid.querySelector(`[data-at="${focused}"]`)?.focus()

  parentElement.querySelector(".size").textContent = `${n} × ${n}`
  const less = parentElement.querySelector(".less"), more = parentElement.querySelector(".more")
  less.disabled = n <= 1
  more.disabled = n >= MOST
  less.onclick = () => send(resized(weights, n - 1))
  more.onclick = () => send(resized(weights, n + 1))

  function paint(cell, value) {
    const share = Math.min(1, Math.abs(value) / largest)
    const colour = value > 0 ? "178, 24, 43" : "33, 102, 172"
    cell.style.background = value ? `rgba(${colour}, ${0.12 + 0.5 * share})` : "var(--st-background-color)"
    cell.style.color = "var(--st-text-color)"
  }

  function send(rows) {
    setStateValue("weights", asSent(rows.map(row => row.map(x => String(Number(x.toFixed(6)))).join(",")).join(";")))
  }
}

function resized(weights, size) {
  const old = weights.length, take = Math.min(size, old)
  const a = Math.floor((old - take) / 2), b = Math.floor((size - take) / 2)
  const out = Array.from({ length: size }, () => Array(size).fill(0))
  for (let i = 0; i < take; i++) for (let j = 0; j < take; j++) out[b + i][b + j] = weights[a + i][a + j]
  return out
}
