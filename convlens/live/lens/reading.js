// One value of the kernel's result, and the sum behind it: the pixels under the kernel, each times its weight.
// me: what lens.js keeps; along(event): where in the frame the pointer is, from 0 at its left to 1; tell(text): says something
const MOST_READ = 7 // rows and columns of a kernel whose numbers are written into its squares

function readingOf($, me, data, along, tell) {
  const stage = $(".stage"), spot = $(".spot"), shown = $(".sum"), button = $(".read"), { step } = data.kernel

  function wire() {
    stage.onpointermove = event => {
      if (event.buttons || me.spot?.pinned || event.pointerType !== "mouse" || event.target !== $(".frame")) return
      put(at(event, false))
    }
    stage.onpointerleave = () => { if (!me.spot?.pinned) put(null) }
    button.onclick = () => {
      if (me.spot?.pinned) return put(null)
      if (me.split > 0.98) return tell("Nothing of the kernel's result is shown. Drag the line to the left, then press the button again.")
      tell("")
      put({ x: (WIDE * (1 + Math.min(me.split, 0.98))) / 2, y: HIGH / 2, pinned: true })
      spot.focus({ preventScroll: true }) // arrow keys move it
    }
    spot.onkeydown = event => {
      const way = arrow(event.key), { across, down } = grid(me.slider.begins, step)
      if (event.key !== "Escape" && !way) return
      event.preventDefault()
      event.stopPropagation()
      if (!way) {
        button.focus()
        return put(null)
      }
      const far = event.shiftKey ? 10 : 1, sense = data.mirrored ? -1 : 1
      put({ x: within(me.spot.x + far * sense * way[1] * across, WIDE), y: within(me.spot.y + far * way[0] * down, HIGH), pinned: true })
    }
  }
  const chosen = event => put(at(event, true))
  const within = (v, end) => Math.min(end - 1, Math.max(0, v))
  function at(event, pinned) { // null at the left of the line, where there is the frame
    const box = stage.getBoundingClientRect(), x = WIDE * along(event)
    return x < me.split * WIDE ? null : { x: within(x, WIDE), y: within((HIGH * (event.clientY - box.top)) / box.height, HIGH), pinned }
  }
  function put(where) {
    me.spot = where
    read()
  }
  function read() {
    const found = me.spot && me.result ? sumAt(me.spot) : null
    for (const part of [spot, shown]) part.hidden = !found
    button.setAttribute("aria-pressed", Boolean(found && me.spot.pinned))
    if (!found) return
    const { row, column, across, down, left, top } = found.place
    Object.assign(spot.style, { left: `${(100 * (left + (column + 0.5) * across)) / WIDE}%`, top: `${(100 * (top + (row + 0.5) * down)) / HIGH}%` })
    shown.classList.toggle("at-right", me.spot.x > WIDE / 2 === data.mirrored)
    squares(found)
    const [first, middle, last] = shown.querySelectorAll("p")
    first.textContent = `Row ${row}, column ${column} of the result`
    middle.textContent = said(found)
    last.textContent = ofWhat()
    spot.setAttribute("aria-label", `${first.textContent}: ${show(found.value)}. Arrow keys move it, Escape ends it.`)
  }
  function sumAt({ x, y }) {
    const place = grid(me.slider.begins, step), [rows, columns] = me.slider.shape
    Object.assign(place, { row: clamped(Math.floor((y - place.top) / place.down), rows), column: clamped(Math.floor((x - place.left) / place.across), columns) })
    if (place.column < me.first) return null // the line was drawn over it
    const plane = data.kernel.planes === 3 ? 1 : 0, under = me.slider.under(plane, place.row, place.column)
    const products = under.pixels.map((line, i) => line.map((v, j) => v * step.weights[i][j]))
    return { place, under, total: sum(products.flat()), value: me.slider.results[plane][place.row * columns + place.column] }
  }
  function squares({ under: { pixels } }) { // of the pixels' grey, and what is multiplied
    const box = shown.querySelector(".squares"), { weights } = step, few = Math.max(weights.length, weights[0].length) <= MOST_READ
    if (box.dataset.of !== JSON.stringify(weights)) {
      box.dataset.of = JSON.stringify(weights)
      box.style.setProperty("--across", weights[0].length)
      box.replaceChildren(...weights.flat().map(w => {
        const one = element("span")
        one.append(element("b"), element("small", "", few ? `× ${show(w)}` : ""))
        return one
      }))
    }
    pixels.flat().forEach((v, n) => {
      const grey = Math.round(255 * Math.min(1, Math.max(0, v))), one = box.children[n]
      one.style.background = `rgb(${grey}, ${grey}, ${grey})`
      one.style.color = inkOn([grey, grey, grey])
      if (few) one.firstChild.textContent = show(v)
    })
  }
  function said({ total, under, value }) {
    const { scale, bias, relu, pool } = step, more = `${scale === 1 ? "" : ` × ${show(scale)}`}${bias ? ` ${bias < 0 ? "−" : "+"} ${show(Math.abs(bias))}` : ""}`
    const cut = relu ? `; ReLU leaves ${show(under.sum)}` : ""
    const pooled = pool === "max" ? `; the largest of four: ${show(value)}` : pool === "average" ? `; the mean with three others: ${show(value)}` : ""
    return `Sum of the products: ${show(total)}${more ? `${more} = ${show(scale * total + bias)}` : ""}${cut}${pooled}`
  }
  function ofWhat() {
    const { planes, plane } = data.kernel
    return planes === 3 ? "Of green; red and blue go the same way." : plane < 0 ? "Of the pixels' grey, 0 to 1." : `Of the pixels' ${["red", "green", "blue"][plane]}, 0 to 1.`
  }
  return { read, chosen, wire }
}
