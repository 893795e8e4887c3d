// Networks on their way through training: it plays and is scrubbed here; the server hears where the visitor has stopped.
// data: networks [{title, colour, updates, told (a sentence for each), answers, image (the layer's sheets, one under the other), frame
// (rows and columns of one), alt}], labels, truth, moments (updates, at last −1 for the end), at (one of them, or between two)
export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  // what was done here is kept by the window: Streamlit may mount the part anew while the page goes there
  const me = (window.convlensLapse ??= { i: 0, timer: null, at: null })
  const { moments, networks } = data, slider = find("input"), last = moments.length - 1
  const made = (kind, text = "", look = "") => Object.assign(document.createElement(kind), { textContent: text, className: look })
  const shown = networks.map(network => {
    const place = made("section"), head = made("h4", network.title), canvas = made("canvas"), bars = made("div", "", "bars"), told = made("div", "", "told")
    head.style.borderColor = network.colour
    ;[canvas.height, canvas.width] = network.frame
    canvas.setAttribute("role", "img")
    place.append(head, canvas, bars, told)
    const image = Object.assign(new Image(), { src: network.image })
    const answers = new Float32Array(decoded(network.answers).buffer)
    return { ...network, place, canvas, bars, told, said: network.told, image, answers }
  })
  find(".networks").replaceChildren(...shown.map(network => network.place))
  slider.max = last

  const draw = ({ image, canvas, frame: [rows, columns] }, moment) => {
    if (!image.complete || !image.naturalWidth) return
    const context = canvas.getContext("2d")
    context.clearRect(0, 0, columns, rows)
    context.drawImage(image, 0, moment * rows, columns, rows, 0, 0, columns, rows)
  }
  const stand = i => {
    me.i = clamped(i, last + 1)
    const after = moments[me.i]
    slider.value = me.i
    const text = after < 0 ? "Trained to the end" : `After ${after.toLocaleString("en")} update${after === 1 ? "" : "s"}`
    slider.setAttribute("aria-valuetext", text)
    find("figcaption").textContent = text
    for (const network of shown) {
      const moment = after < 0 ? network.updates.length - 1 : network.updates.findLastIndex(update => update <= after)
      draw(network, moment)
      network.image.onload = () => draw(network, moment)
      network.canvas.setAttribute("aria-label", `${network.alt}. ${network.said[moment]}`)
      network.told.textContent = network.said[moment]
      const n = data.labels.length, p = network.answers.subarray(moment * n, (moment + 1) * n)
      const order = Array.from(p.keys()).sort((a, b) => p[b] - p[a] || a - b).slice(0, 3)
      network.bars.replaceChildren(...order.flatMap(j => {
        const bar = made("b")
        bar.style.width = `${100 * p[j]}%`
        bar.style.background = network.colour
        return [made("span", data.labels[j] === data.truth ? `◆ ${data.labels[j]}` : data.labels[j]), made("span", asPercent(p[j])), bar]
      }))
    }
  }
  const tell = () => setStateValue("after", asSent(moments[me.i]))
  clearInterval(me.timer) // of the part as it was mounted before
  const player = playing(me, find(".play"), 500, () => {
    if (me.i < last) stand(me.i + 1)
    if (me.i === last) {
      player.pause()
      tell()
    }
  })
  // while it plays or is dragged, what the server says of the moment before is no news
  const plays = Boolean(me.timer)
  player.pause()
  if (plays) {
    stand(me.i)
    player.toggle()
  } else if (!me.dragged) stand(data.at < 0 ? last : moments.findLastIndex(update => update >= 0 && update <= data.at))
  find(".play").onclick = () => {
    if (!me.timer && me.i === last) stand(0)
    const stops = Boolean(me.timer)
    player.toggle()
    if (stops) tell()
  }
  slider.oninput = () => {
    me.dragged = true
    player.pause()
    stand(Number(slider.value))
  }
  slider.onchange = () => {
    me.dragged = false
    tell()
  }
  me.place = parentElement
  return () => me.place === parentElement && clearInterval(me.timer)
}
