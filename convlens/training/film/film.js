// A training run, moment after moment: it plays, loops and is scrubbed here; the server hears where the visitor has stopped.
// data: run (its name), frames [{update, loss, accuracy, answers, kernel, change, gradient, silent, told, maps (address of every layer's, null where there are no weights)}], strip ({size, parts [layer, left, top, width], signed} of these pictures; null without any), beside (of another run, for
// its curves), reached (updates of which there are weights), far (how many updates on from these a moment is made), longest (a run), other (what that is), changes (updates at which something was changed), shape of the kernel, layers, through (whose weight is looked at), rectified, labels, pictures (what they
// are called), asked (address of what is asked), what (that is, in words), own (whether it is the tray's picture), truth, most (of the weights drawn), colours, at (update to stand at, −1: play), goes (whether more is to come), look (another number each time that a link leads to a weight; 0)
export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  // what was done here is kept by the window: Streamlit may mount the part anew when the run begins or ends
  const me = (window.convlensFilm ??= { i: 0, timer: null, run: null, at: null, pace: "500" })
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const { frames, beside } = data, slider = find("input"), last = frames.length - 1
  const end = Math.max(1, frames[last].update, ...beside.map(frame => frame.update)), along = update => (100 * Math.log2(1 + update)) / Math.log2(1 + end)
  const real = x => (x === null ? NaN : x) // JSON has no word for what is no number
  const highest = Math.max(...frames.concat(beside).flatMap(frame => frame.loss.map(real)).filter(Number.isFinite), 1e-9)
  const made = (kind, text = "", look = "") => Object.assign(document.createElement(kind), { textContent: text, className: look })

  const curve = (svg, value, name) => {
    const part = (kind, attributes, look = {}) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", kind)
      Object.entries(attributes).forEach(([key, each]) => element.setAttribute(key, each))
      Object.assign(element.style, look)
      return element
    }
    const line = (which, look, of = frames) => {
      const points = of.map(frame => [along(frame.update), value(frame)[which]]).filter(([, y]) => Number.isFinite(y))
      const text = points.map(([x, y]) => `${x.toFixed(2)} ${(100 * (1 - y)).toFixed(2)}`).join("L")
      return part("path", { d: text ? `M${text}` : "" }, look)
    }
    const training = { stroke: "#7a7f87", strokeDasharray: "7 4" }, held = { stroke: "#d0434a" }, faint = { strokeWidth: 1.2, strokeOpacity: 0.6 }
    const stem = beside.length ? [line(0, { ...training, ...faint }, beside), line(1, { ...held, ...faint }, beside)] : []
    const changes = data.changes.map(update => part("line", { class: "change", x1: along(update), x2: along(update), y2: 100 }))
    const cursor = part("line", { y2: 100 })
    svg.replaceChildren(...changes, ...stem, line(0, training), line(1, held), cursor)
    svg.setAttribute("aria-label", `${name} of training and held-out ${data.pictures} after each moment of the run`)
    const places = [0, 1, 8, 64, 512, 4096].filter(update => update <= end)
    svg.nextElementSibling.replaceChildren(...places.map(update => {
      const tick = made("span", update.toLocaleString("en"))
      tick.style.left = `${along(update)}%`
      return tick
    }))
    return cursor
  }
  const cursors = [curve(find(".accuracy"), frame => frame.accuracy, "Share of right answers"), curve(find(".loss"), frame => frame.loss.map(x => real(x) / highest), "Loss")]
  find(".highest").textContent = `loss, 0 to ${show(highest)}`
  find(".thin").textContent = beside.length ? `(thin: ${data.other})` : ""

  const look = (what, value) => { // its weights are drawn further down
    setStateValue(what, asSent(value))
    document.querySelector(".st-key-panel-kernel")?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "nearest" })
  }
  const asked = find(".digit img"), other = find(".other")
  Object.assign(asked, { src: data.asked, alt: data.what })
  find(".asked").textContent = data.what
  other.textContent = data.own ? `Ask one of the held-out ${data.pictures}` : "Ask my picture"
  other.onclick = () => setStateValue("asked", asSent(data.own ? 0 : -1))
  const strip = find(".maps")
  strip.hidden = !data.strip
  if (data.strip) {
    const [wide, high] = data.strip.size
    find(".maps h4").textContent = `What every layer with maps makes of it; one scale for each layer, from 0, black, to its largest value of the moment${data.strip.signed ? "; white is 0 where there are values below it" : ""}`
    find(".strip img").style.aspectRatio = `${wide} / ${high}`
    find(".names").replaceChildren(...data.strip.parts.map(([layer, left, top, width]) => {
      const name = made("span", layer)
      Object.assign(name.style, { left: `${(100 * left) / wide}%`, top: `${(100 * top) / high}%`, maxWidth: `${(100 * width) / wide}%` })
      return name
    }))
  }
  const [rows, columns, channels, count] = data.shape, colours = decoded(data.colours)
  find(".filters-title").textContent = `The ${count} filters of ${data.layers[0]}, ${rows} × ${columns}${channels > 1 ? `, mean of ${channels} slices` : ""}`
  const cells = Array.from({ length: count }, () => document.createElement("canvas"))
  find(".filters").replaceChildren(...cells.map((cell, n) => {
    const button = made("button")
    button.type = "button"
    button.setAttribute("aria-label", `Filter ${n}`)
    button.title = `Filter ${n}: a click looks at its weights`
    button.append(cell)
    button.onclick = () => look("filter", n)
    return button
  }))
  const lines = data.layers.map(layer => {
    const name = made("button", layer), track = made("div"), bar = made("b")
    name.type = "button"
    name.title = `A click looks at one of the weights of ${layer}`
    name.setAttribute("aria-pressed", layer === data.through)
    name.onclick = () => look("layer", layer)
    track.append(bar)
    return { name, track, bar, moved: made("span", "", "wide"), gradient: made("span", "", "wide"), silent: made("span", "", "last") }
  })
  find(".layers").replaceChildren(...lines.flatMap(({ name, track, moved, gradient, silent }) => [name, track, moved, gradient, silent]))
  slider.max = last

  // one batch, or the rest of an epoch, from where the film stands: the server makes the moment, where it has weights not far before it
  const steps = { ".batch": frame => frame.update + 1, ".epoch": frame => frame.epoch }
  const isNear = update => update <= data.longest && data.reached.some(from => update > from && update - from <= data.far)
  const offer = frame => {
    for (const [selector, until] of Object.entries(steps)) {
      const button = find(selector), to = until(frame), isThere = isNear(to) || frames.some(each => each.update === to)
      button.disabled = !isThere
      const update = to.toLocaleString("en"), on = selector === ".epoch" ? "On to the end of this epoch, update" : "On to update"
      button.title = to > data.longest ? `A run ends after ${data.longest.toLocaleString("en")} updates.`
        : isThere ? `${on} ${update}` : `Update ${update} is far from any moment whose weights are remembered: press Train.`
    }
  }
  const stand = i => {
    me.i = Math.max(0, Math.min(i, last))
    const frame = frames[me.i], answers = new Float32Array(decoded(frame.answers).buffer)
    slider.value = me.i
    offer(frame)
    slider.setAttribute("aria-valuetext", `update ${frame.update}`)
    find("figcaption").textContent = frame.told
    const best = answers.indexOf(Math.max(...answers))
    find(".bars").replaceChildren(...data.labels.flatMap((label, j) => {
      const bar = made("b"), share = made("span", Number.isFinite(answers[j]) ? asPercent(answers[j]) : "?")
      bar.style.width = `${100 * (answers[j] || 0)}%`
      share.style.fontWeight = j === best ? 700 : 400
      return [made("span", label === data.truth ? `◆ ${label}` : label, label === data.truth ? "true" : ""), bar, share]
    }))
    if (data.strip) {
      const from = frames.findLast((each, j) => j <= me.i && each.maps) ?? frames.find(each => each.maps) ?? frame, image = find(".strip img")
      if (from.maps && image.getAttribute("src") !== from.maps) image.src = from.maps
      image.alt = `Every layer's maps after ${from.update.toLocaleString("en")} updates`
    }
    const kernel = new Float32Array(decoded(frame.kernel).buffer)
    cells.forEach((cell, n) => paint(cell, rows, columns, (r, c) => {
      let sum = 0
      for (let k = 0; k < channels; k++) sum += kernel[((r * columns + c) * channels + k) * count + n]
      return sum / channels
    }, { low: -data.most, high: data.most }, colours))
    cursors.forEach(cursor => ["x1", "x2"].forEach(x => cursor.setAttribute(x, along(frame.update))))
    lines.forEach(({ bar, moved, gradient, silent }, j) => {
      const r = real(frame.change[j]), which = data.rectified.indexOf(data.layers[j])
      bar.style.width = `${Math.max(0, Math.min(100, (100 * (Math.log10(r) + 6)) / 6))}%`
      bar.hidden = !(r > 0)
      moved.textContent = frame.update === 0 ? "no update yet" : r > 0 ? `${show(r)} of their size` : r === 0 ? "not at all" : "no number"
      gradient.textContent = frame.update ? `gradient ${frame.gradient[j]}` : ""
      silent.textContent = which < 0 ? "" : frame.silent[which]
    })
  }
  const pace = find("select"), wait = () => Number(me.pace)
  pace.value = me.pace
  const forth = () => {
    if (me.i < last) return stand(me.i + 1)
    if (data.goes) return // the next one is on its way
    me.rest = (me.rest ?? 0) + wait()
    if (me.rest < 2500) return
    me.rest = 0
    stand(0)
  }

  // me.want: the update at which it stands; null while it plays. What the server says counts where it is news, and nothing was said meanwhile
  clearInterval(me.timer)
  const tell = update => {
    me.late = undefined
    me.rests = false
    me.said = me.told = update
    setStateValue("update", asSent(update))
  }
  const anew = me.run !== data.run
  if (anew) me.late = me.said === undefined && me.told === data.at ? undefined : me.told // of the run before: heard now, or once more, it would hold the new one at a moment that nobody chose
  const late = data.at >= 0 && data.at === me.late && (!anew || me.said !== undefined)
  if (me.said !== undefined && me.said === data.at) me.said = undefined
  if (anew || (me.at !== data.at && me.said === undefined && !me.dragged)) me.want = late || data.at < 0 ? null : data.at
  if (anew) Object.assign(me, { run: data.run, i: 0, said: undefined, told: undefined })
  if (me.went && !data.goes && me.want === null) me.rests = true // it has stopped: there it stands, at what still comes
  if (me.rests && data.goes && !anew) me.want = null // it goes on
  if (anew || data.goes) me.rests = false
  if (me.rests) me.want = frames[last].update
  me.went = data.goes
  me.at = data.at
  if (late) tell(-1)
  const player = () => playing(me, find(".play"), wait(), forth)
  player().pause()
  if (me.want !== null) stand(frames.findLastIndex(frame => frame.update <= me.want))
  else if (still) stand(last)
  else {
    stand(me.i)
    player().toggle()
  }
  find(".play").onclick = () => {
    const plays = Boolean(me.timer)
    if (!plays && me.i === last && !data.goes) stand(0)
    player().toggle()
    me.want = plays ? frames[me.i].update : null
    tell(plays ? me.want : -1)
  }
  for (const [selector, until] of Object.entries(steps)) find(selector).onclick = () => {
    player().pause()
    me.rests = false
    me.want = until(frames[me.i])
    stand(frames.findLastIndex(frame => frame.update <= me.want))
    tell(me.want)
  }
  pace.onchange = () => {
    me.pace = pace.value
    if (me.timer) {
      player().pause()
      player().toggle()
    }
  }
  slider.oninput = () => {
    me.dragged = true
    me.rests = false
    player().pause()
    stand(Number(slider.value))
    me.want = frames[me.i].update
  }
  slider.onchange = () => {
    me.dragged = false
    tell(me.want)
  }
  if (data.look && me.looked !== data.look) { // a link has led to one of its weights: they are drawn further down, a little later
    me.looked = data.look
    setTimeout(() => document.querySelector(".st-key-panel-lens")?.scrollIntoView({ block: "center" }), 1500)
  }
  me.place = parentElement
  return () => me.place === parentElement && clearInterval(me.timer)
}
