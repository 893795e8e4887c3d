// A training run, moment after moment: it plays, loops and is scrubbed here; the server hears where the visitor has stopped.
// data: run (its name), frames [{update, loss, accuracy, answers, kernel, change, silent}], beside (of another run, for its curves), shape of the kernel, layers, rectified,
// labels, digit (values in [0, 1], side × side), truth, held (how many are held out), epoch (updates), most (of the weights drawn),
// colours, at (update to stand at, −1: play), goes (whether more moments are to come), said (what the caption ends with)
export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  // what was done here is kept by the window: Streamlit may mount the part anew when the run begins or ends
  const me = (window.convlensFilm ??= { i: 0, timer: null, run: null, at: null, still: matchMedia("(prefers-reduced-motion: reduce)").matches })
  const { frames, beside } = data, slider = find("input"), last = frames.length - 1
  const end = Math.max(frames[last].update, ...beside.map(frame => frame.update)), until = Math.log2(2 + end), along = update => (100 * Math.log2(1 + update)) / until
  const highest = Math.max(...frames.concat(beside).flatMap(frame => frame.loss.filter(Number.isFinite)), 1e-9)
  const percent = share => `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`

  const curve = (svg, value, name) => {
    const line = (which, look, of = frames) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
      const points = of.map(frame => [along(frame.update), value(frame)[which]]).filter(([, y]) => Number.isFinite(y))
      path.setAttribute("d", "M" + points.map(([x, y]) => `${x.toFixed(2)} ${(100 * (1 - y)).toFixed(2)}`).join("L"))
      Object.assign(path.style, look)
      return path
    }
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line")
    cursor.setAttribute("y2", 100)
    const training = { stroke: "#7a7f87", strokeDasharray: "7 4" }, held = { stroke: "#d0434a" }, faint = { strokeWidth: 1.2, strokeOpacity: 0.55 }
    const stem = beside.length ? [line(0, { ...training, ...faint }, beside), line(1, { ...held, ...faint }, beside)] : []
    svg.replaceChildren(...stem, line(0, training), line(1, held), cursor)
    svg.setAttribute("aria-label", `${name} of training and held-out digits after each moment of the run`)
    return cursor
  }
  const cursors = [curve(find(".accuracy"), frame => frame.accuracy, "Share of right answers"), curve(find(".loss"), frame => frame.loss.map(x => x / highest), "Loss")]
  find(".highest").textContent = `loss, 0 to ${show(highest)}`
  find(".last").textContent = `update ${end.toLocaleString("en")}, each doubling as far`
  find(".thin").hidden = !beside.length

  const canvas = find(".digit canvas"), ink = new Float32Array(decoded(data.digit).buffer)
  const grey = Uint8Array.from({ length: 759 }, (_, i) => Math.round((255 * Math.floor(i / 3)) / 252))
  paint(canvas, data.side, data.side, (r, c) => ink[r * data.side + c], { low: 0, high: 1 }, grey)
  canvas.setAttribute("aria-label", `A handwritten ${data.truth}`)
  find(".asked").textContent = `A held-out digit, a ${data.truth}, is asked`
  const [rows, columns, channels, count] = data.shape, colours = decoded(data.colours)
  find(".filters-title").textContent = `The ${count} filters of ${data.layers[0]}, ${rows} × ${columns}`
  const cells = Array.from({ length: count }, () => document.createElement("canvas"))
  find(".filters").replaceChildren(...cells.map((cell, n) => {
    const button = document.createElement("button")
    button.type = "button"
    button.setAttribute("aria-label", `Filter ${n}`)
    button.title = `Filter ${n}: a click looks at its weights`
    button.append(cell)
    button.onclick = () => setStateValue("filter", asSent(n))
    return button
  }))
  slider.max = last

  const stand = i => {
    me.i = Math.min(i, last)
    const frame = frames[me.i], answers = new Float32Array(decoded(frame.answers).buffer)
    slider.value = me.i
    slider.setAttribute("aria-valuetext", `update ${frame.update}`)
    const p = frame.accuracy[1], off = 1.96 * Math.sqrt((p * (1 - p)) / data.held)
    const epochs = frame.update / data.epoch, about = epochs < 10 ? epochs.toFixed(1) : Math.round(epochs)
    find("figcaption").textContent = `After ${frame.update.toLocaleString("en")} update${frame.update === 1 ? "" : "s"} (${about} epochs): right on ${percent(frame.accuracy[0])} of the digits that it learns from and on ` +
      `${Math.round(p * data.held)} of ${data.held} that are held out, ${percent(p)} ± ${(100 * off).toFixed(1)} points.`
    const best = answers.indexOf(Math.max(...answers))
    find(".bars").replaceChildren(...data.labels.flatMap((label, j) => {
      const name = document.createElement("span"), bar = document.createElement("b"), share = document.createElement("span")
      name.textContent = label === data.truth ? `◆ ${label}` : label
      name.className = label === data.truth ? "true" : ""
      bar.style.width = `${100 * answers[j]}%`
      share.textContent = percent(answers[j])
      share.style.fontWeight = j === best ? 700 : 400
      return [name, bar, share]
    }))
    const kernel = new Float32Array(decoded(frame.kernel).buffer)
    cells.forEach((cell, n) => paint(cell, rows, columns, (r, c) => {
      let sum = 0
      for (let k = 0; k < channels; k++) sum += kernel[((r * columns + c) * channels + k) * count + n]
      return sum / channels
    }, { low: -data.most, high: data.most }, colours))
    cursors.forEach(cursor => ["x1", "x2"].forEach(x => cursor.setAttribute(x, along(frame.update))))
    find(".layers").replaceChildren(...data.layers.flatMap((layer, j) => {
      const name = document.createElement("span"), track = document.createElement("div"), bar = document.createElement("b")
      const ratio = document.createElement("span"), silent = document.createElement("span"), r = frame.change[j]
      name.textContent = layer
      bar.style.width = `${Math.max(0, Math.min(100, (100 * (Math.log10(r) + 6)) / 6))}%`
      if (r > 0) track.append(bar)
      ratio.textContent = me.i === 0 ? "no update yet" : r > 0 ? `${number(r)} of their size` : "not at all"
      const which = data.rectified.indexOf(layer)
      silent.textContent = which < 0 ? "" : frame.silent[which] ? `${percent(frame.silent[which])} of its units never answer` : "every unit answers"
      return [name, track, ratio, silent]
    }))
  }
  const number = x => (x < 1e-3 ? x.toExponential(1).replace("e-", " × 10⁻").replace(/⁻(\d)$/, (_, d) => "⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]) : String(Number(x.toPrecision(2))))
  const pace = find("select"), wait = () => Number(pace.value)
  const forth = () => {
    if (me.i < last) return stand(me.i + 1)
    if (data.goes) return // the next one is on its way
    me.rest = (me.rest ?? 0) + wait()
    if (me.rest < 2500) return
    me.rest = 0
    stand(0)
  }
  clearInterval(me.timer)
  const player = playing(me, find(".play"), wait(), forth)
  const anew = me.run !== data.run
  if (anew) Object.assign(me, { run: data.run, i: 0, on: data.at < 0 && !me.still })
  if (data.at >= 0 && (anew || me.at !== data.at)) {
    me.on = false
    me.i = Math.max(0, frames.findLastIndex(frame => frame.update <= data.at))
  }
  me.at = data.at
  stand(anew && me.still && data.at < 0 ? last : me.i)
  player.pause()
  if (me.on) player.toggle()
  const tell = update => setStateValue("update", asSent(update))
  find(".play").onclick = () => {
    if (!me.timer && me.i === last && !data.goes) stand(0)
    player.toggle()
    me.on = Boolean(me.timer)
    tell(me.on ? -1 : frames[me.i].update)
  }
  pace.onchange = () => me.timer && (player.pause(), playing(me, find(".play"), wait(), forth).toggle())
  slider.oninput = () => {
    me.on = false
    player.pause()
    stand(Number(slider.value))
  }
  slider.onchange = () => tell(frames[me.i].update)
  me.place = parentElement
  return () => me.place === parentElement && clearInterval(me.timer)
}
