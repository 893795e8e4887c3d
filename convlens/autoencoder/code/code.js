// A picture, its code as numbers that one drags, and what they are decoded to. It is decoded here; the server hears where a slider is let go.
// data: title, side, picture (side × side float32), decoder [{kernel (inputs × units), bias, units, activation}], own and code (numbers),
// ranges [[low, high]], mark (of what the code is), walk {title, pictures (two), codes (two)}, signed (colours of a difference)
const STEPS = 24, PAUSE = 120

export default function ({ data: [data], parentElement, setStateValue }) {
  const find = selector => parentElement.querySelector(selector)
  const floats = text => new Float32Array(decoded(text).buffer)
  const { side, ranges } = data, n = data.own.length
  const layers = data.decoder.map(layer => ({ ...layer, kernel: floats(layer.kernel), bias: floats(layer.bias) }))
  const picture = floats(data.picture), ends = data.walk.pictures.map(floats), signed = decoded(data.signed)
  const grey = Uint8Array.from({ length: 3 * 253 }, (_, i) => Math.round((255 * Math.floor(i / 3)) / 252))
  const me = (window.convlensCode ??= { timer: null, step: 0, what: "", walks: !matchMedia("(prefers-reduced-motion: reduce)").matches })
  clearInterval(me.timer)
  me.timer = null
  if (me.what && me.what !== data.mark) me.walks = false // another digit was asked for: it is looked at
  me.what = data.mark
  let code = [...data.code]

  const decode = numbers => layers.reduce((x, { kernel, bias, units, activation }) => {
    const y = new Float32Array(units)
    for (let j = 0; j < units; j++) {
      let sum = bias[j]
      for (let i = 0; i < x.length; i++) sum += x[i] * kernel[i * units + j]
      y[j] = activation === "relu" ? Math.max(0, sum) : activation === "sigmoid" ? 1 / (1 + Math.exp(-sum)) : sum
    }
    return y
  }, numbers)

  const draw = (selector, values, said, scale = { low: 0, high: 1 }, colours = grey) => {
    const canvas = find(selector)
    paint(canvas, side, side, (r, c) => values[r * side + c], scale, colours)
    canvas.setAttribute("aria-label", said)
  }
  const stand = (seen, told) => {
    const again = decode(code), difference = again.map((v, i) => v - seen[i])
    const error = difference.reduce((sum, v) => sum + v * v, 0) / difference.length
    find(".from").textContent = told.from
    find(".to").textContent = told.to
    find(".between").textContent = told.between
    draw(".in", seen, told.from)
    draw(".out", again, told.to)
    draw(".difference", difference, told.between, { low: -1, high: 1 }, signed)
    sliders.forEach(({ input, output }, i) => {
      input.value = code[i]
      output.textContent = show(code[i])
    })
    find("figcaption").textContent = told.error(show(error))
  }
  const still = () => {
    const moved = code.some((v, i) => v !== data.own[i])
    find(".own").disabled = !moved
    find(".walked").textContent = ""
    stand(picture, {
      from: data.title,
      to: moved ? "What the moved code is decoded to" : "What the code is decoded to",
      between: "The difference: red too bright, blue too dark",
      error: error => `Mean squared error of the ${side * side} values: ${error}.`,
    })
  }
  const walk = step => {
    const t = (1 - Math.cos((2 * Math.PI * step) / (2 * STEPS))) / 2, [a, b] = data.walk.codes
    code = a.map((v, i) => v + t * (b[i] - v))
    find(".own").disabled = false
    find(".walked").textContent = `${data.walk.title}: ${Math.round(100 * t)} % of the way`
    stand(ends[0].map((v, i) => v + t * (ends[1][i] - v)), {
      from: "The two pictures, mixed",
      to: "The two codes, mixed, then decoded",
      between: "The difference: red brighter, blue darker",
      error: () => "Mixing pixels lays one digit over the other; mixing codes passes through shapes in between.",
    })
  }
  const tell = () => setStateValue("code", asSent([data.mark, ...code.map(v => Number(v.toFixed(2)))].join("_")))

  const sliders = Array.from({ length: n }, (_, i) => {
    const label = document.createElement("label"), output = document.createElement("output")
    const [low, high] = ranges[i], reach = Math.max(high - low, 0.1) / 10
    const input = Object.assign(document.createElement("input"), { type: "range", step: "any" })
    input.min = Math.min(low - reach, data.own[i], data.code[i])
    input.max = Math.max(high + reach, data.own[i], data.code[i])
    input.setAttribute("aria-label", `Number ${i + 1} of the code`)
    input.oninput = () => {
      stop()
      code[i] = Number(input.value)
      still()
    }
    input.onchange = tell
    label.append(document.createTextNode(i + 1), input, output)
    return { label, input, output }
  })
  find(".sliders").replaceChildren(...sliders.map(slider => slider.label))
  find(".sliders").classList.toggle("many", n > 8)
  find(".numbers").textContent = `Its code: ${n} numbers to drag`
  const player = playing(me, find(".play"), PAUSE, () => walk((me.step = (me.step + 1) % (2 * STEPS))))
  const stop = () => {
    if (me.timer === null) return
    player.pause()
    me.walks = false
    code = [...data.code]
  }
  player.pause()
  find(".play").onclick = () => {
    if (me.timer !== null) {
      stop()
      still()
      return
    }
    me.walks = true
    walk(me.step)
    player.toggle()
  }
  find(".own").onclick = () => {
    const was = me.timer !== null
    stop()
    code = [...data.own]
    still()
    if (!was || data.code.some((v, i) => v !== data.own[i])) setStateValue("code", asSent(""))
  }
  if (me.walks) {
    walk(me.step)
    player.toggle()
  } else still()
  return () => clearInterval(me.timer)
}
