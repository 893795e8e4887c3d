// Space without perspective: where a point stands on the screen, and what hides what. Pure functions; z goes upwards, and
// `toward` is the unit vector from what is seen to who sees it.
const dot = ([a, b, c], [x, y, z]) => a * x + b * y + c * z

// {azimuth, elevation}, in radians, of a direction
const bearing = ([x, y, z]) => ({ azimuth: Math.atan2(y, x), elevation: Math.atan2(z, Math.hypot(x, y)) })

// unit vectors: to the right on the screen, upwards on it, and out of it
function camera({ azimuth, elevation }) {
  const [ca, sa, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)]
  return { right: [-sa, ca, 0], up: [-se * ca, -se * sa, ce], toward: [ce * ca, ce * sa, se] }
}

// whether a box [x0, y0, z0, x1, y1, z1] may hide some of another one: it does not where it lies wholly behind along an axis
const mayHide = (a, b, toward) => [0, 1, 2].every(k => !(toward[k] > 0 ? a[k + 3] <= b[k] : toward[k] < 0 && a[k] >= b[k + 3]))

// numbers of boxes that do not overlap, from the back to the front; it depends on the signs of `toward` alone
function backToFront(boxes, toward) {
  const placed = new Set(), order = []
  const place = i => {
    if (placed.has(i)) return
    placed.add(i)
    boxes.forEach((box, j) => { if (!placed.has(j) && mayHide(boxes[i], box, toward)) place(j) })
    order.push(i)
  }
  boxes.forEach((_, i) => place(i))
  return order
}

// The ellipsoid {middle + halves · u, |u| ≤ 1} on the screen, in its own units from its middle: its outline is an ellipse with the
// half axes `long` and `short`, turned by `angle` from the right upwards; `before(x, y)` is how far its front lies before its middle there
// (NaN beside it).
function outline(halves, { right, up, toward }) {
  const row = way => [0, 1, 2].map(j => way[0] * halves[0][j] + way[1] * halves[1][j] + way[2] * halves[2][j])
  const [m, n, t] = [row(right), row(up), row(toward)]
  const [a, b, c] = [dot(m, m), dot(m, n), dot(n, n)], det = a * c - b * b
  const mean = (a + c) / 2, apart = Math.hypot((a - c) / 2, b)
  const cross = [m[1] * n[2] - m[2] * n[1], m[2] * n[0] - m[0] * n[2], m[0] * n[1] - m[1] * n[0]]
  const depth = Math.abs(dot(t, cross)) / Math.sqrt(det) // of what stands upright over its middle
  return {
    long: Math.sqrt(mean + apart), short: Math.sqrt(Math.max(0, mean - apart)), angle: Math.atan2(2 * b, a - c) / 2,
    before: (x, y) => { // u = Mᵀ G⁻¹ (x, y), and what is left of its length goes straight to the viewer
      const [p, q] = [(c * x - b * y) / det, (a * y - b * x) / det]
      return p * dot(t, m) + q * dot(t, n) + depth * Math.sqrt(1 - p * x - q * y)
    },
  }
}
