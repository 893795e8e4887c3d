// A confusion matrix: rows are true classes, columns answers; each cell that is not empty is a button.
// data: counts (rows of numbers), labels, chosen ("true-answered"), alt
export default function ({ data: [data], parentElement, setStateValue }) {
  const table = parentElement.querySelector("table"), caption = parentElement.querySelector("figcaption")
  const most = Math.max(1, ...data.counts.flatMap((row, i) => row.filter((_, j) => i !== j)))
  const focused = (parentElement.activeElement ?? document.activeElement)?.dataset?.at
  table.setAttribute("aria-label", data.alt)
  const head = document.createElement("tr"), words = data.labels.some(label => label.length > 3) ? " words" : ""
  head.append(cell("th", "true ↓ answer →", `corner${words}`), ...data.labels.map(label => cell("th", label, words)))
  const rows = data.counts.map((row, i) => {
    const line = document.createElement("tr")
    line.append(cell("th", data.labels[i]), ...row.map((count, j) => {
      const place = document.createElement("td"), button = document.createElement("button")
      const name = `${i}-${j}`, total = row.reduce((a, b) => a + b, 0)
      button.type = "button"
      button.textContent = count
      button.disabled = !count
      button.dataset.at = name
      button.setAttribute("aria-pressed", name === data.chosen)
      const said = `${count} of ${total} that are ${data.labels[i]} were answered ${data.labels[j]}`
      button.setAttribute("aria-label", said)
      // right answers blue, mistakes red: the more, the stronger, but never so strong that the number drowns
      const share = i === j ? count / Math.max(1, total) : 0.15 + 0.4 * (count / most)
      if (count) {
        button.style.setProperty("--fill", i === j ? `rgba(47,111,208,${0.1 + 0.6 * share})` : `rgba(178,24,43,${share})`)
      }
      button.onclick = () => setStateValue("chosen", asSent(name))
      button.onmouseenter = button.onfocus = () => (caption.textContent = said + ".")
      button.onkeydown = event => {
        const step = arrow(event.key)
        if (!step) return
        event.preventDefault()
        let [r, c] = [i, j]
        do {
          r += step[0]
          c += step[1]
        } while (data.counts[r]?.[c] === 0)
        table.querySelector(`[data-at="${r}-${c}"]`)?.focus()
      }
      place.append(button)
      return place
    }))
    return line
  })
  table.replaceChildren(head, ...rows)
  if (focused) table.querySelector(`[data-at="${focused}"]`)?.focus()
  caption.textContent = "Click a cell to see what was counted in it; arrow keys move between cells."

  function cell(kind, text, name = "") {
    const made = document.createElement(kind)
    made.textContent = text
    made.className = name
    return made
  }
}
