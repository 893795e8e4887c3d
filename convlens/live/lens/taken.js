// What somebody takes home of a frame, made here: a picture of all that is shown, and its numbers. The server never sees either.
const SHEET = 88, APART = 10, PAPER = 1280, LINE = 21 // pixels
const FONT = "15px sans-serif", MOST_BARS = 10

function takenPicture($, me, data) {
  const canvas = document.createElement("canvas"), page = canvas.getContext("2d"), networks = me.runs.filter(run => run.layers)
  const beside = broken(page, `${$(".sees").textContent} ${$(".verdict").textContent}`, 192), below = broken(page, $(".of-kernel").textContent, WIDE)
  const across = Math.floor(PAPER / (SHEET + APART)), blocks = networks.map(run => ({ run, lines: linesOf(run.layers, across) }))
  const begin = Math.max(HIGH + 24 + LINE * below.length, 214 + LINE * beside.length) + 30
  Object.assign(canvas, { width: PAPER + 40, height: begin + 40 + sum(blocks.map(({ lines }) => 34 + lines.at(-1).bottom)) })
  page.fillStyle = "#fff"
  page.fillRect(0, 0, canvas.width, canvas.height)
  page.translate(20, 20)
  page.save()
  if (data.mirrored) page.transform(-1, 0, 0, 1, WIDE, 0)
  page.drawImage($(".frame"), 0, 0)
  page.restore()
  const [top, left, height, wide] = SQUARE
  page.setLineDash([8, 6])
  page.strokeRect(left, top, wide, height)
  page.setLineDash([])
  page.imageSmoothingEnabled = false
  page.drawImage($(".crop"), WIDE + 20, 0, 192, 192)
  written(page, beside, WIDE + 20, 214)
  written(page, below, 0, HIGH + 24)
  bars(page, me, WIDE + 232)
  let y = begin
  for (const { run, lines } of blocks) {
    page.font = "bold 15px sans-serif"
    page.fillStyle = run.network.colour
    page.fillRect(0, y - 12, 4, 15)
    page.fillStyle = "#000"
    page.fillText(`${run.network.title}: each layer in colours of its own`, 10, y)
    page.font = "11px sans-serif"
    for (const line of lines) for (const { sheet, x } of line.sheets) {
      page.drawImage(sheet.canvas, x, y + 12 + line.top, SHEET, tall(sheet))
      page.fillText(`${sheet.layer.name} ${sheet.layer.shape.join("×")}`, x, y + 24 + line.top + tall(sheet), SHEET)
    }
    y += 34 + lines.at(-1).bottom
  }
  canvas.toBlob(blob => saved(blob, titled(data, "png")), "image/png")
}
const tall = ({ canvas }) => Math.max(4, Math.round((SHEET * canvas.height) / canvas.width))
function linesOf(layers, across) { // [{top, bottom, sheets [{sheet, x}]}]
  const lines = []
  for (let i = 0; i < layers.length; i += across) {
    const some = layers.slice(i, i + across), top = lines.at(-1)?.bottom ?? 0
    lines.push({ top, bottom: top + Math.max(...some.map(tall)) + 26, sheets: some.map((sheet, n) => ({ sheet, x: n * (SHEET + APART) })) })
  }
  return lines
}
function broken(page, text, wide) { // into lines
  page.font = FONT
  return text.split(" ").reduce((lines, word) => {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word
    return lines.length && page.measureText(longer).width > wide ? [...lines, word] : [...lines.slice(0, -1), longer]
  }, [])
}
function written(page, lines, x, y) {
  page.font = FONT
  page.fillStyle = "#000"
  lines.forEach((line, n) => page.fillText(line, x, y + n * LINE))
}
function bars(page, me, x) { // the classes, those that anyone finds likeliest where there are many; each network's bar with its share
  const thick = 18, tall = thick * me.runs.length + 6
  me.runs.forEach(({ network }, n) => {
    page.fillStyle = network.colour
    page.fillRect(x + 120 + n * 140, 2, 12, 12)
    page.fillStyle = "#000"
    page.font = "14px sans-serif"
    page.fillText(network.title, x + 137 + n * 140, 13, 118)
  })
  const most = i => Math.max(...me.runs.map(({ shares }) => shares?.[i] ?? 0)), classes = me.rows.map(({ i }) => i)
  const shown = classes.length > MOST_BARS ? classes.sort((i, j) => most(j) - most(i)).slice(0, MOST_BARS) : classes
  shown.forEach((i, row) => {
    const y = 26 + row * tall
    page.fillStyle = "#000"
    page.font = "14px sans-serif"
    page.fillText(me.runs[0].network.labels[i], x, y + tall / 2 + 3, 110)
    me.runs.forEach(({ network, shares }, n) => {
      if (!shares) return
      page.fillStyle = network.colour
      page.fillRect(x + 120, y + n * thick, 220 * shares[i], thick - 3)
      page.fillStyle = "#000"
      page.font = "12px sans-serif"
      page.fillText(asPercent(shares[i]), x + 125 + 220 * shares[i], y + n * thick + 12)
    })
  })
}

function takenNumbers(me, data) {
  const lines = [["network", "layer", "kind", "unit", "mean", "largest"]]
  for (const { network, program } of me.runs) program?.layers.forEach(({ name, kind, shape, values }, at, { length }) => {
    const units = shape.at(-1)
    for (let u = 0; u < units; u++) {
      let total = 0, largest = -Infinity
      for (let i = u; i < values.length; i += units) {
        total += values[i]
        if (values[i] > largest) largest = values[i]
      }
      lines.push([network.title, name, kind, at === length - 1 ? network.labels[u] : u, (total * units) / values.length, largest])
    }
  })
  const text = lines.map(line => line.map(value => (typeof value === "number" ? value : `"${String(value).replaceAll('"', '""')}"`)).join(",")).join("\n")
  saved(new Blob([`${text}\n`], { type: "text/csv" }), titled(data, "csv"))
}

const titled = (data, ending) => `${["convlens-live", data.kernel.name || "own-kernel", ...data.networks.map(({ title }) => title)].join("-").toLowerCase().replace(/[^a-z0-9_-]+/g, "-")}.${ending}`
