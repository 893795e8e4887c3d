// A picture, its code as numbers that one drags, and what they are decoded to. It is decoded here; the server hears where a slider is let go.
// data: key (of the part), title, side, channels, picture (side × side × channels float32), decoder (where its layers' numbers are: of each the kernel, inputs × units, then the bias),
// layers [{op "dense", inputs, units, activation} or {op "back", shape (rows, columns, channels), filters, activation}, a transposed convolution of 3 × 3 and stride 2], own and code (numbers), said (the moved code as it was sent, or ""), ranges [[low, high]], least (of a number
// that cannot be smaller, or null), idle (numbers that do nothing), mark (of what the code is), walks (whether it opens with the walk),
// walk {title, between (a sentence), pictures (two), codes (two)}, signed (colours of a difference)
const STEPS = 24, PAUSE = 120

export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  const floats = text => new Float32Array(decoded(text).buffer)
  const { side, channels, ranges } = data, n = data.own.length
  const picture = floats(data.picture), ends = data.walk.pictures.map(floats), signed = decoded(data.signed)
  const grey = Uint8Array.from({ length: 3 * 253 }, (_, i) => Math.round((255 * Math.floor(i / 3)) / 252))
  // what is done here is kept by the window: Streamlit may mount the part anew
  const me = ((window.convlensCode ??= {})[data.key] ??= { timer: null, step: 0, mark: "", walks: null, code: null, said: null, at: 0, dragged: false, place: null, decoder: null })
  clearInterval(me.timer)
  me.timer = null
  me.place = parentElement
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  if (me.walks === null) me.walks = data.walks && !still
  if (me.mark && me.mark !== data.mark) Object.assign(me, { walks: false, said: null, dragged: false }) // another digit was asked for: it is looked at
  if (me.said === data.said || performance.now() - me.at > 10000) me.said = null // the server has heard it
  let code = me.mark === data.mark && (me.dragged || me.said !== null) ? me.code : [...data.code]
  Object.assign(me, { mark: data.mark, code })

  const loaded = () => { // the last one stays: the same may be asked for again at every click
    if (me.decoder?.from !== data.decoder) me.decoder = { from: data.decoder, weights: fetch(data.decoder).then(async reply => (reply.ok ? new Float32Array(await reply.arrayBuffer()) : null)) } // null: it has learned on meanwhile, and is drawn anew
    return me.decoder.weights
  }
  let weights = null
  const decode = numbers => {
    let at = 0
    return data.layers.reduce((x, layer) => {
      const y = layer.op === "dense" ? dense(x, layer) : back(x, layer)
      for (let j = 0; j < y.length; j++) y[j] = layer.activation === "relu" ? Math.max(0, y[j]) : layer.activation === "sigmoid" ? 1 / (1 + Math.exp(-y[j])) : y[j]
      return y
    }, numbers)
    function dense(x, { inputs, units }) {
      const kernel = at, y = weights.slice(at + inputs * units, at + (inputs + 1) * units)
      at += (inputs + 1) * units
      for (let i = 0; i < inputs; i++) for (let j = 0; j < units; j++) y[j] += x[i] * weights[kernel + i * units + j]
      return y
    }
    function back(x, { shape: [rows, columns, channels], filters }) {
      const kernel = at, bias = at + 9 * filters * channels, y = new Float32Array(4 * rows * columns * filters)
      at = bias + filters
      for (let i = 0; i < y.length; i++) y[i] = weights[bias + (i % filters)]
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) {
        if (2 * r + a >= 2 * rows || 2 * c + b >= 2 * columns) continue // it lies in the padding
        const from = channels * (r * columns + c), to = filters * ((2 * r + a) * 2 * columns + 2 * c + b)
        for (let f = 0; f < filters; f++) {
          const w = kernel + channels * (filters * (3 * a + b) + f)
          let sum = 0
          for (let k = 0; k < channels; k++) sum += x[from + k] * weights[w + k]
          y[to + f] += sum
        }
      }
      return y
    }
  }

  const draw = (selector, values, said, scale = { low: 0, high: 1 }, colours = grey) => {
    const canvas = find(selector), at = (r, c) => channels * (r * side + c)
    if (channels === 3 && colours === grey) painted(canvas, values)
    else paint(canvas, side, side, (r, c) => values.subarray(at(r, c), at(r, c) + channels).reduce((sum, v) => sum + v, 0) / channels, scale, colours)
    canvas.setAttribute("aria-label", said)
  }
  const painted = (canvas, values) => {
    canvas.width = canvas.height = side
    const context = canvas.getContext("2d"), image = context.createImageData(side, side)
    for (let p = 0; p < side * side; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = Math.round(255 * values[3 * p + c]) // clamped by the array
      image.data[4 * p + 3] = 255
    }
    context.putImageData(image, 0, 0)
  }
  const stand = (seen, told) => {
    sliders.forEach(({ input, output }, i) => {
      input.value = code[i]
      output.textContent = show(code[i])
    })
    find(".own").disabled = !told.moved
    find(".from").textContent = told.from
    find(".to").textContent = told.to
    find(".between").textContent = told.between
    draw(".in", seen, told.from)
    if (!weights) return
    const again = decode(code), difference = again.map((v, i) => v - seen[i])
    const error = difference.reduce((sum, v) => sum + v * v, 0) / difference.length
    draw(".out", again, told.to)
    draw(".difference", difference, told.between, { low: -1, high: 1 }, signed)
    find("figcaption").textContent = told.error(show(error))
  }
  const rest = () => {
    const moved = code.some((v, i) => v !== data.own[i])
    find(".walked").textContent = ""
    stand(picture, {
      moved,
      from: data.title,
      to: moved ? "What the moved code is decoded to" : "What the code is decoded to",
      between: `The difference${channels > 1 ? ", a mean of the channels" : ""}: red too bright, blue too dark`,
      error: error => `Mean squared error of the ${(side * side * channels).toLocaleString("en")} values: ${error}.`,
    })
  }
  const walk = step => {
    const t = (1 - Math.cos((2 * Math.PI * step) / (2 * STEPS))) / 2, [a, b] = data.walk.codes
    code = a.map((v, i) => v + t * (b[i] - v))
    find(".walked").textContent = `${data.walk.title}: ${Math.round(100 * t)} % of the way`
    stand(ends[0].map((v, i) => v + t * (ends[1][i] - v)), {
      moved: true,
      from: "The two pictures, mixed",
      to: "The two codes, mixed, then decoded",
      between: "The difference: red brighter, blue darker",
      error: () => data.walk.between,
    })
  }
  const tell = said => {
    Object.assign(me, { said, code, at: performance.now(), dragged: false })
    setStateValue("code", asSent(said))
  }

  const made = i => {
    const label = document.createElement("label"), input = document.createElement("input")
    label.append(document.createElement("span"), input, document.createElement("output"))
    label.firstChild.textContent = i + 1
    Object.assign(input, { type: "range", step: "any" })
    return label
  }
  // the sliders stay while there are as many: one of them may be in somebody's hand
  if (find(".sliders").children.length !== n) find(".sliders").replaceChildren(...Array.from({ length: n }, (_, i) => made(i)))
  const sliders = Array.from(find(".sliders").children, (label, i) => {
    const input = label.querySelector("input"), output = label.querySelector("output"), idle = data.idle.includes(i)
    const [low, high] = ranges[i], reach = Math.max(high - low, 0.01) / 10
    input.min = Math.min(data.least ?? low - reach, data.own[i], data.code[i])
    input.max = Math.max(high + reach, data.own[i], data.code[i])
    input.setAttribute("aria-label", `Number ${i + 1} of the code${idle ? ", which does nothing" : ""}`)
    label.classList.toggle("idle", idle)
    label.title = idle ? "Moving it changes nothing: this autoencoder does not use it." : ""
    input.oninput = () => {
      hold()
      code[i] = Number(input.value)
      Object.assign(me, { dragged: true, code })
      rest()
    }
    input.onchange = () => tell([data.mark, ...code.map(v => Number(v.toFixed(4)))].join("_"))
    return { input, output }
  })
  find(".sliders").classList.toggle("many", n > 8)
  find(".numbers").textContent = `Its code: ${n} numbers to drag`
  const player = playing(me, find(".play"), PAUSE, () => walk((me.step = (me.step + 1) % (2 * STEPS))))
  const hold = () => { // where it stands
    player.pause()
    me.walks = false
  }
  player.pause()
  find(".play").onclick = () => {
    if (me.timer !== null) return hold()
    me.walks = true
    walk(me.step)
    player.toggle()
  }
  find(".own").onclick = () => {
    hold()
    code = [...data.own]
    rest()
    if (data.said || me.said) tell("")
  }
  const begin = () => {
    if (!me.walks) return rest()
    walk(me.step)
    player.toggle()
  }
  find(".sliders").setAttribute("aria-busy", "true")
  if (!me.walks) rest()
  loaded().then(found => {
    if (!found) me.decoder = null
    if (me.place !== parentElement || !found) return
    weights = found
    find(".sliders").removeAttribute("aria-busy")
    if (me.timer === null) begin()
  })
  return () => {
    if (me.place === parentElement) clearInterval(me.timer)
  }
}
