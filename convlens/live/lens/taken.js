// What somebody takes home of a frame, made here: a picture of all that is shown, and its numbers. The server never sees either.
const SHEET = 88, APART = 10, PAPER = 1280 // pixels

function takenPicture($, me, data) {
  const rows = me.runs.filter(run => run.layers).map(run => ({ run, across: Math.floor(PAPER / (SHEET + APART)) }))
  const high = rows.map(({ run, across }) => 34 + Math.max(...linesOf(run.layers, across).map(line => line.bottom)))
  const canvas = Object.assign(document.createElement("canvas"), { width: PAPER + 40, height: 590 + sum(high) }), page = canvas.getContext("2d")
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
  written(page, `${$(".sees").textContent} ${$(".verdict").textContent}`, WIDE + 20, 214, 192)
  written(page, $(".of-kernel").textContent, 0, 504, PAPER)
  bars(page, me, WIDE + 232)
  let y = 560
  rows.forEach(({ run, across }, n) => {
    page.font = "bold 15px sans-serif"
    page.fillStyle = run.network.colour
    page.fillRect(0, y - 12, 4, 15)
    page.fillStyle = "#000"
    page.fillText(`${run.network.title}: each layer in colours of its own`, 10, y)
    page.font = "11px sans-serif"
    for (const line of linesOf(run.layers, across)) for (const { sheet, x } of line.sheets) {
      page.drawImage(sheet.canvas, x, y + 12 + line.top, SHEET, tall(sheet))
      page.fillText(`${sheet.layer.name} ${sheet.layer.shape.join("×")}`, x, y + 24 + line.top + tall(sheet), SHEET)
    }
    y += high[n]
  })
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
function written(page, text, x, y, wide) {
  page.font = "15px sans-serif"
  page.fillStyle = "#000"
  let line = ""
  for (const word of text.split(" ")) {
    if (line && page.measureText(`${line} ${word}`).width > wide) {
      page.fillText(line, x, y)
      y += 21
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  page.fillText(line, x, y)
}
function bars(page, me, x) { // every class, each network's bar with its share
  const thick = 18, tall = thick * me.runs.length + 6
  me.runs.forEach(({ network }, n) => {
    page.fillStyle = network.colour
    page.fillRect(x + 120 + n * 140, 2, 12, 12)
    page.fillStyle = "#000"
    page.font = "14px sans-serif"
    page.fillText(network.title, x + 137 + n * 140, 13, 118)
  })
  me.rows.slice(0, 10).forEach(({ i }, row) => {
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
function saved(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
