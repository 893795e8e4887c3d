// Networks on their way through training: it plays and is scrubbed here; the server hears where the visitor has stopped.
// data: networks [{title, colour, updates, told (a sentence for each), answers, image (the layer's sheets, one under the other), frame
// (rows and columns of one), alt}], labels, truth, moments (updates, at last −1 for the end), at (one of them)
export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  const { moments, networks } = data, slider = find("input"), last = moments.length - 1
  // what is done here is kept by the window: Streamlit may mount the part anew while the page goes there
  const me = (window.convlensLapse ??= { what: "", after: -1, timer: null, dragged: false, place: null, left: 0, said: null, at: 0 })
  const what = JSON.stringify([networks.map(network => network.title), moments])
  const here = me.what === what && (me.place === parentElement || performance.now() - me.left < 1000)
  const plays = here && me.timer !== null, drags = here && me.dragged && me.place === parentElement
  // what the server says counts when it has heard what was said last
  if (!here || data.at === me.said || performance.now() - me.at > 10000) me.said = null
  Object.assign(me, { what, place: parentElement, dragged: drags })
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
  let i = 0
  const stand = place => {
    i = clamped(place, last + 1)
    const after = (me.after = moments[i])
    slider.value = i
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
  const tell = () => {
    Object.assign(me, { said: me.after, at: performance.now() })
    setStateValue("after", asSent(me.after))
  }
  const player = playing(me, find(".play"), 500, () => {
    if (i < last) stand(i + 1)
    if (i === last) {
      player.pause()
      tell()
    }
  })
  // while it plays or is dragged, what the server says of the moment before is no news
  stand(moments.indexOf(plays || drags || me.said !== null ? me.after : data.at))
  player.pause() // of the part as it was mounted before
  if (plays) player.toggle()
  find(".play").onclick = () => {
    const stops = me.timer !== null
    if (!stops && i === last) stand(0)
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
  slider.onblur = slider.onpointercancel = () => (me.dragged = false)
  return () => {
    if (me.place !== parentElement) return
    clearInterval(me.timer)
    me.left = performance.now()
  }
}
