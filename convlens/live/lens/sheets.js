// The maps of a layer as one sheet: made once, painted for every frame, and the map that answers most outlined.

function sheetOf(layer) {
  const [rows, columns, units] = layer.shape.length === 3 ? layer.shape : [1, 1, layer.shape[0]], gap = rows > 1 ? 1 : 0
  const wide = Math.ceil(Math.sqrt((units * rows) / columns)), high = Math.ceil(units / wide)
  const canvas = Object.assign(document.createElement("canvas"), { width: wide * (columns + gap) - gap, height: high * (rows + gap) - gap })
  const box = element("span", "sheet"), mark = element("i")
  box.append(canvas, mark)
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height)
  return { layer, canvas, context, image, pixels: new Uint32Array(image.data.buffer), box, mark, rows, columns, units, gap, wide, high, past: [], top: 0, low: 0, held: -HELD, strongest: -1 }
}

// now: milliseconds; rests: no other frame follows, so that the outline need not wait. The colours end at the largest and at the smallest
// value of the last second: those of each frame would flicker
function paintSheet(sheet, colours, now, rests) {
  const { layer: { values }, rows, columns, units, gap, wide, pixels, canvas, past } = sheet
  let low = 0, top = 0
  for (let i = 0; i < values.length; i++) { const v = values[i]; if (v < low) low = v; if (v > top) top = v }
  if (rests) past.length = 0
  past.push({ now, low, top })
  while (now - past[0].now > HELD) past.shift()
  for (const each of past) { if (each.low < low) low = each.low; if (each.top > top) top = each.top }
  Object.assign(sheet, { low, top })
  const signed = low < -1e-6, end = signed ? Math.max(top, -low) : top, table = signed ? colours.signed : colours.plain
  const least = signed ? -end : 0, by = end > least ? 252 / (end - least) : 0
  let strongest = 0, largest = -Infinity
  for (let u = 0; u < units; u++) {
    const x0 = (u % wide) * (columns + gap), y0 = Math.floor(u / wide) * (rows + gap)
    let total = 0
    for (let r = 0, i = u; r < rows; r++) for (let c = 0, p = (y0 + r) * canvas.width + x0; c < columns; c++, i += units, p++) {
      const v = values[i]
      total += v
      pixels[p] = table[((v - least) * by + 0.5) | 0]
    }
    if (total > largest) { largest = total; strongest = u }
  }
  sheet.context.putImageData(sheet.image, 0, 0)
  if (strongest !== sheet.strongest && (rests || now - sheet.held > HELD)) { Object.assign(sheet, { strongest, held: now }); outline(sheet, sheet.mark) }
}
function outline({ rows, columns, gap, wide, strongest, canvas }, mark) {
  const x = (strongest % wide) * (columns + gap), y = Math.floor(strongest / wide) * (rows + gap)
  Object.assign(mark.style, { left: `${(100 * x) / canvas.width}%`, top: `${(100 * y) / canvas.height}%`, width: `${(100 * columns) / canvas.width}%`, height: `${(100 * rows) / canvas.height}%` })
}

// 768 bytes of a colour table → its 256 colours as a canvas stores them
function tableOf(bytes) {
  return Uint32Array.from({ length: 256 }, (_, i) => 0xff000000 | (bytes[3 * i + 2] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i])
}
