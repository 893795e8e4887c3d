// The camera through a kernel and one or two whole networks, frame by frame, all of it here: nothing is sent but a frame that somebody sends.
// with arithmetic.js
// data: picture (address), mirrored, inverted, kernel {title, step (see kernel.js), planes, plane, signed}, networks [{title, colour, program (address),
//   shape [rows, columns, channels], labels}], palettes {plain, signed} (768 bytes, base64), secure
const instances = new WeakMap()
const WIDE = 640, HIGH = 480, SQUARE = [0, 80, 480, 480] // of a frame; [top, left, height, width] that the networks see
const STILL = 33, LOOK = 250, PAST = 10000, HELD = 1000, PATIENCE = 10000 // milliseconds: between frames of a drifting picture, between two sentences, of the strip, that a map stays outlined, until a frame that was sent is forgotten
const DARK = 26 // of 255: the mean of a frame in which next to nothing can be seen
const LEAST = 0.05 // where the colours end at least: what lies below is noise
const luma = [0.299, 0.587, 0.114]
const PLACES = { x: 0, y: 0, zoom: 1, turn: 0 }

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  let me = instances.get(parentElement)
  if (!me) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    me = { split: 0.5, pose: { ...PLACES }, drifts: !still, frozen: false, programs: new Map(), runs: [], tells: 0, past: [], rate: 0, spent: {}, answered: new Set(), last: 0 }
    instances.set(parentElement, me)
  }
  me.data = data
  me.dirty = true
  me.forget = forget
  const live = $(".live"), stage = $(".frame"), video = $("video"), split = $(".split")
  const colours = {}
  for (const name of ["plain", "signed"]) colours[name] = me.colours?.[name] ?? tableOf(decoded(data.palettes[name]))
  me.colours = colours
  live.classList.toggle("mirrored", data.mirrored)
  live.style.setProperty("--networks", data.networks.length)
  prepare()
  buttons()
  if (me.sent) forget()
  if (!me.frames) begin()
  return () => { // the page was left
    halt()
    cancelAnimationFrame(me.frames)
    me.watch.disconnect()
    window.removeEventListener("keydown", me.key)
    document.removeEventListener("visibilitychange", me.turned)
    navigator.mediaDevices?.removeEventListener?.("devicechange", me.plugged)
    instances.delete(parentElement)
  }

  // ---- what is made when the data changes

  function prepare() {
    if (me.picture?.src !== new URL(data.picture, document.baseURI).href) {
      me.picture = new Image()
      me.picture.onload = () => { me.dirty = true }
      me.picture.src = data.picture
    }
    const { kernel } = data, told = JSON.stringify(kernel)
    if (me.told !== told) {
      me.told = told
      me.slider = slider(kernel.step, HIGH, WIDE, kernel.planes)
      me.high = null
      const [rows, columns] = me.slider.shape
      me.result = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
      me.drawn = me.result.getContext("2d").createImageData(columns, rows)
    }
    const shown = JSON.stringify(data.networks)
    if (me.shown === shown) return
    me.shown = shown
    me.past = []
    me.answered = new Set()
    me.runs = data.networks.map(network => ({ network, program: null }))
    me.seen = new Uint8Array(product(data.networks[0].shape))
    rowsOfClasses()
    $(".networks").replaceChildren()
    $(".enlarged").hidden = true
    me.runs.forEach((run, i) => fetched(run.network.program).then(bytes => {
      if (me.runs[i] !== run) return
      if (!bytes) return tell(`${run.network.title} did not arrive. Reload the page.`)
      run.program = compiled(bytes)
      sheets()
      me.dirty = true
    }))
  }
  function fetched(address) {
    if (!me.programs.has(address)) me.programs.set(address, fetch(address).then(reply => (reply.ok ? reply.arrayBuffer() : null)).catch(() => null))
    return me.programs.get(address)
  }
  function begin() {
    me.raw = new OffscreenCanvas(WIDE, HIGH).getContext("2d", { willReadFrequently: true })
    me.inView = true
    me.watch = new IntersectionObserver(([entry]) => { me.inView = entry.isIntersecting })
    me.watch.observe(live)
    me.key = event => {
      const target = event.composedPath()[0]
      if (event.code !== "Space" || event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, textarea, select, button, a, summary, label, [contenteditable=true], [role=slider], [role=radio], [role=tab], [role=switch], [role=combobox]")) return
      event.preventDefault()
      freeze()
    }
    me.plugged = () => me.stream && listed()
    window.addEventListener("keydown", me.key)
    navigator.mediaDevices?.addEventListener?.("devicechange", me.plugged)
    me.turned = () => { me.last = 0 } // a hidden tab gets no frames; what it missed is no frame that was slow
    document.addEventListener("visibilitychange", me.turned)
    me.frames = requestAnimationFrame(tick)
  }

  // ---- what is pressed

  function buttons() {
    $(".camera").onclick = () => (me.stream ? halt() : start())
    $(".cameras select").onchange = event => start(event.target.value)
    $(".file").onclick = () => $(".chosen-file").click()
    $(".chosen-file").onchange = event => { const [file] = event.target.files; event.target.value = ""; if (file) play(file) }
    $(".freeze").onclick = freeze
    $(".send").onclick = send
    $(".drift").onclick = () => { me.drifts = !me.drifts; me.dirty = true; named() }
    $(".large").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : live.requestFullscreen())
    $(".out").onclick = () => posed({ zoom: me.pose.zoom / 1.15 })
    $(".in").onclick = () => posed({ zoom: me.pose.zoom * 1.15 })
    $(".left").onclick = () => posed({ turn: me.pose.turn - 0.1 })
    $(".right").onclick = () => posed({ turn: me.pose.turn + 0.1 })
    split.onpointerdown = event => split.setPointerCapture(event.pointerId)
    split.onpointermove = event => { if (split.hasPointerCapture(event.pointerId)) splitAt(along(event)) }
    split.onkeydown = event => {
      const step = arrow(event.key)
      if (!step) return
      event.preventDefault()
      splitAt(me.split + (data.mirrored ? -0.02 : 0.02) * (step[1] - step[0]))
    }
    stage.onpointerdown = event => { if (still()) { stage.setPointerCapture(event.pointerId); me.grab = [event.clientX, event.clientY] } }
    stage.onpointermove = event => {
      if (!me.grab || !stage.hasPointerCapture(event.pointerId)) return
      const by = WIDE / stage.getBoundingClientRect().width, dx = (event.clientX - me.grab[0]) * by, dy = (event.clientY - me.grab[1]) * by
      me.grab = [event.clientX, event.clientY]
      posed(event.shiftKey ? { turn: me.pose.turn + dx / 200 } : { x: me.pose.x + (data.mirrored ? -dx : dx), y: me.pose.y + dy })
    }
    stage.onpointerup = () => { me.grab = null }
    stage.ondblclick = () => posed(PLACES)
    stage.onkeydown = event => {
      const step = arrow(event.key)
      if (!step || !still()) return
      event.preventDefault()
      posed({ x: me.pose.x + 10 * step[1], y: me.pose.y + 10 * step[0] })
    }
    splitAt(me.split)
    named()
  }
  function along(event) {
    const box = stage.getBoundingClientRect(), share = (event.clientX - box.left) / box.width
    return data.mirrored ? 1 - share : share
  }
  function splitAt(share) {
    me.split = Math.min(1, Math.max(0, share))
    split.style.left = `${100 * me.split}%`
    split.setAttribute("aria-valuenow", Math.round(100 * me.split))
    split.setAttribute("aria-valuetext", `${Math.round(100 * (1 - me.split))} % of the frame`)
    me.dirty = true
  }
  function posed(changed) {
    if (me.drifts) Object.assign(me.pose, drifted())
    me.drifts = false
    Object.assign(me.pose, changed)
    const { x, y, zoom } = me.pose
    Object.assign(me.pose, { x: Math.min(400, Math.max(-400, x)), y: Math.min(400, Math.max(-400, y)), zoom: Math.min(5, Math.max(0.3, zoom)) })
    me.dirty = true
    named()
  }
  function still() { return !me.stream && !me.film }
  function freeze() {
    me.frozen = !me.frozen
    if (me.film) me.frozen ? video.pause() : video.play().catch(() => {})
    me.dirty = true
    named()
  }
  function named() {
    $(".camera").textContent = me.stream ? "■ Stop the camera" : "● Use the camera"
    $(".camera").setAttribute("aria-pressed", Boolean(me.stream))
    $(".freeze").textContent = me.frozen ? "▶ Go on" : "❚❚ Freeze"
    $(".freeze").setAttribute("aria-pressed", me.frozen)
    $(".freeze").title = "Space"
    $(".drift").textContent = me.drifts ? "❚❚ Drift" : "▶ Drift"
    $(".drift").setAttribute("aria-pressed", me.drifts)
    for (const one of [".drift", ".poses"]) $(one).hidden = !still()
    if (!me.stream) $(".cameras").hidden = true
    const source = me.stream ? "the camera" : me.film ? "the video" : "the picture at the side"
    stage.setAttribute("aria-label", `${source}, ${data.kernel.title} at the right of the line${still() ? "; drag it, or use the arrow keys" : ""}`)
  }
  function tell(text) { $(".said").textContent = text }

  // ---- where frames come from

  async function start(device) {
    if (!data.secure || !navigator.mediaDevices?.getUserMedia) {
      return tell("No camera here: browsers give one to https addresses only. A video file and the picture at the side go the same way.")
    }
    tell("The browser asks whether this page may use the camera. No frame leaves it.")
    const which = device ? { deviceId: { exact: device } } : { facingMode: "environment" }
    const asked = (me.asked = {})
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: WIDE }, height: { ideal: HIGH } } })
      if (me.asked !== asked) return stream.getTracks().forEach(track => track.stop()) // another was asked for meanwhile, or the page was left
      halt()
      me.stream = stream
    } catch (error) {
      if (me.asked !== asked) return
      return tell({
        NotAllowedError: "The browser was told to give no camera. Allow it beside the address, then press the button again.",
        NotFoundError: "There is no camera on this machine. A video file and the picture at the side go the same way.",
        OverconstrainedError: "That camera is gone. Press the button again for another.",
        NotReadableError: "Another program uses the camera. Close it there, then press the button again.",
      }[error.name] ?? `The browser gives no camera (${error.name}). A video file goes the same way.`)
    }
    const [track] = me.stream.getVideoTracks()
    track.onended = () => { halt(); tell("The camera is gone: it was unplugged, or another program took it. Press the button again when it is back.") }
    tell("")
    me.frozen = false
    video.srcObject = me.stream
    await video.play().catch(() => {})
    listed()
    named()
  }
  async function listed() {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(each => each.kind === "videoinput"), select = $(".cameras select")
    const now = me.stream?.getVideoTracks()[0]?.getSettings().deviceId
    select.replaceChildren(...cameras.map((each, i) => new Option(each.label || `Camera ${i + 1}`, each.deviceId, false, each.deviceId === now)))
    $(".cameras").hidden = !me.stream || cameras.length < 2
  }
  async function play(file) {
    halt()
    me.film = URL.createObjectURL(file)
    video.src = me.film
    try {
      await video.play()
      tell("")
    } catch {
      halt()
      tell(`This browser cannot play ${file.name}. Expected a video such as MP4 or WebM: try another file.`)
    }
    me.frozen = false
    named()
  }
  function halt() {
    me.asked = null
    me.stream?.getTracks().forEach(track => { track.onended = null; track.stop() })
    if (me.film) URL.revokeObjectURL(me.film)
    video.pause()
    video.srcObject = null
    video.removeAttribute("src")
    me.stream = me.film = null
    me.frozen = false
    me.dirty = true
    if (parentElement.isConnected) named()
  }
  function drifted() { // slowly, and never twice the same way for a minute
    const t = performance.now() / 1000
    return { x: 60 * Math.sin(t / 3.1), y: 35 * Math.sin(t / 4.3), zoom: 1.08 + 0.16 * Math.sin(t / 7), turn: 0.12 * Math.sin(t / 5.3) }
  }

  // ---- a frame

  function tick(now) {
    me.frames = requestAnimationFrame(tick)
    if (!parentElement.isConnected || !me.inView) return
    const moves = !me.frozen && (still() ? me.drifts && now - me.last >= STILL : video.readyState >= 2 && video.currentTime !== me.filmed)
    if (moves || me.dirty) frame(now)
    if (me.unsaid && now - me.tells > LOOK) { me.tells = now; me.unsaid = false; findings() }
  }
  function frame(now) {
    if (me.last) me.rate += 0.1 * (1000 / Math.max(1, now - me.last) - me.rate)
    me.last = now
    me.dirty = false
    if (!me.frozen) grab()
    if (!me.pixels) return
    timed("kernel", slide)
    timed("network", see)
    timed("drawing", paintAll)
    me.unsaid = true
  }
  function timed(what, run) {
    const begun = performance.now()
    run()
    me.spent[what] = 0.9 * (me.spent[what] ?? 0) + 0.1 * (performance.now() - begun)
  }
  function grab() {
    const { raw } = me
    raw.setTransform(1, 0, 0, 1, 0, 0)
    if (still()) {
      if (!me.picture.complete || !me.picture.naturalWidth) return
      const { naturalWidth: wide, naturalHeight: high } = me.picture, { x, y, zoom, turn } = me.drifts ? drifted() : me.pose
      const scale = (zoom * SQUARE[2]) / Math.min(wide, high)
      raw.fillStyle = "#808080"
      raw.fillRect(0, 0, WIDE, HIGH)
      raw.translate(WIDE / 2 + x, HIGH / 2 + y)
      raw.rotate(turn)
      raw.scale(scale, scale)
      raw.imageSmoothingEnabled = Math.min(wide, high) > 64 // of a small one the pixels are seen
      raw.drawImage(me.picture, -wide / 2, -high / 2)
    } else {
      const { videoWidth: wide, videoHeight: high } = video
      if (!wide) return
      me.filmed = video.currentTime
      const scale = Math.max(WIDE / wide, HIGH / high)
      raw.drawImage(video, (WIDE - wide * scale) / 2, (HIGH - high * scale) / 2, wide * scale, high * scale)
    }
    me.pixels = raw.getImageData(0, 0, WIDE, HIGH).data
  }
  function slide() {
    const { kernel } = data, from = Math.min(me.slider.shape[1], Math.floor(me.split * me.slider.shape[1]))
    const channel = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    me.slider.fill(me.pixels, p => (kernel.planes === 3 ? channel[p] : kernel.plane < 0 ? luma : channel[kernel.plane]), from)
    me.slider.run(from)
    me.from = from
  }
  function see() { // all networks that are shown take pictures of one shape
    const [{ network: { shape } }] = me.runs
    shrunk(me.pixels, WIDE, SQUARE, shape, data.inverted && shape[2] === 1, me.seen)
    me.runs.forEach(look)
  }
  function look(run) {
    if (!run.program) return
    run.program.run(me.seen)
    run.shares = run.program.shares()
    run.best = run.shares.indexOf(Math.max(...run.shares))
  }

  // ---- what is drawn

  function paintAll() {
    const view = stage.getContext("2d"), { step } = data.kernel, times = step.pool === "none" ? 1 : 2
    view.drawImage(me.raw.canvas, 0, 0)
    coloured()
    me.result.getContext("2d").putImageData(me.drawn, 0, 0)
    const [rows, columns] = me.slider.shape, [down, across] = step.stride, x = Math.round(me.split * WIDE)
    view.save()
    view.beginPath()
    view.rect(x, 0, WIDE - x, HIGH)
    view.clip()
    view.imageSmoothingEnabled = false
    const [top, left] = me.slider.begins, middle = n => (n - 1) / 2 + 0.5 // where the first window's middle lies
    view.drawImage(me.result, left + middle(step.weights[0].length) - across / 2, top + middle(step.weights.length) - down / 2, columns * across * times, rows * down * times)
    view.restore()
    crop()
    for (const run of me.runs) if (run.shares && run.layers) { run.layers.forEach(sheet => paintSheet(sheet, colours)); bars(run) }
    if (me.large) enlarge()
    past()
  }
  function coloured() { // the kernel's result; me.clipped, me.low, me.top, me.beyond: of what is shown
    const { kernel } = data, { results, shape: [rows, columns] } = me.slider, pixels = new Uint32Array(me.drawn.data.buffer), { from } = me
    let low = Infinity, top = -Infinity, outside = 0, count = 0
    const [first] = results
    for (const plane of results) for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) {
      const v = plane[i]
      if (v < low) low = v
      if (v > top) top = v
      if (v < 0 || v > 1) outside++
      count++
    }
    Object.assign(me, { low, top, clipped: count ? outside / count : 0 })
    if (!kernel.signed) {
      const [red, green, blue] = results.length === 3 ? results : [first, first, first], byte = v => (v <= 0 ? 0 : v >= 1 ? 255 : Math.round(255 * v))
      for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) pixels[i] = 0xff000000 | (byte(blue[i]) << 16) | (byte(green[i]) << 8) | byte(red[i])
      return
    }
    const end = Math.max(LEAST, low < 0 ? most(first, rows, columns, from) : top)
    me.high = me.high === null || !me.high ? end : me.high + 0.15 * (end - me.high)
    const table = low < 0 ? colours.signed : colours.plain, least = low < 0 ? -me.high : 0, by = me.high > least ? 252 / (me.high - least) : 0
    let beyond = 0
    for (let r = 0; r < rows; r++) for (let c = from, i = r * columns + from; c < columns; c++, i++) {
      const at = (first[i] - least) * by
      if (at < -0.5 || at > 252.5) beyond++
      pixels[i] = table[at <= 0 ? 0 : at >= 252 ? 252 : Math.round(at)]
    }
    me.beyond = count ? beyond / count : 0
  }
  function most(values, rows, columns, from) { // what 98 of 100 values do not exceed, of some of them
    const some = [], step = 1 + Math.floor((rows * (columns - from)) / 2000)
    for (let n = 0; n < rows * (columns - from); n += step) some.push(Math.abs(values[Math.floor(n / (columns - from)) * columns + from + (n % (columns - from))]))
    return Float32Array.from(some).sort()[Math.floor(0.98 * some.length)] || 0
  }
  function crop() {
    const [run] = me.runs, [rows, columns, channels] = run.network.shape, canvas = $(".crop")
    if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows })
    const context = canvas.getContext("2d"), image = context.createImageData(columns, rows)
    for (let i = 0; i < rows * columns; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = me.seen[channels === 1 ? i : 3 * i + c]
      image.data[4 * i + 3] = 255
    }
    context.putImageData(image, 0, 0)
  }
  function sheets() { // the places of all layers, once the programs are there
    $(".networks").replaceChildren(...me.runs.filter(run => run.program).map(run => {
      const box = element("section", "network"), layers = element("div", "layers")
      box.style.setProperty("--network", run.network.colour)
      box.append(element("h4", "", run.network.title), layers)
      run.layers = run.program.layers.slice(1).map(layer => {
        const made = element("button", "layer"), sheet = sheetOf(layer)
        made.type = "button"
        made.title = `${layer.kind}: enlarge`
        made.setAttribute("aria-label", `${layer.name} of ${run.network.title}, ${layer.kind}, ${layer.shape.join(" by ")}: enlarge`)
        made.append(sheet.box, element("small", "", layer.name), element("small", "", layer.shape.join(" × ")))
        made.onclick = () => { me.large = me.large === layer.name ? null : layer.name; $(".enlarged").hidden = !me.large; $(".enlarged").replaceChildren(); me.dirty = true }
        layers.append(made)
        return sheet
      })
      return box
    }))
    if (me.large && !me.runs.some(run => run.layers?.some(({ layer }) => layer.name === me.large))) me.large = null
  }
  function enlarge() {
    const box = $(".enlarged")
    box.hidden = false
    const found = me.runs.map(run => ({ run, sheet: run.layers?.find(({ layer }) => layer.name === me.large) })).filter(each => each.sheet)
    if (box.children.length !== found.length) box.replaceChildren(...found.map(({ sheet }) => {
      const part = element("div"), told = element("p", "finding"), around = element("span", "sheet"), { width, height } = sheet.canvas
      around.append(Object.assign(document.createElement("canvas"), { width, height }), element("i"))
      part.append(told, around)
      return part
    }))
    found.forEach(({ run, sheet }, i) => {
      const [told, around] = box.children[i].children
      around.firstChild.getContext("2d").drawImage(sheet.canvas, 0, 0)
      outline(sheet, around.lastChild)
      told.dataset.said = `${sheet.layer.name} of ${run.network.title}: ${sheet.rows > 1 ? "map" : "unit"} ${sheet.strongest} answers most; ${show(sheet.low)} to ${show(sheet.top)} in the last second or so.`
    })
  }
  function rowsOfClasses() {
    const [{ network }] = me.runs, few = network.labels.length <= 24
    me.rows = (few ? network.labels.map((_, i) => i) : Array.from({ length: 10 }, (_, i) => i)).map(i => {
      const row = element("div", "class"), name = element("span", "", network.labels[i])
      row.append(name)
      const each = me.runs.map(run => {
        const track = element("div", "track"), bar = element("i"), said = element("b")
        bar.style.background = run.network.colour
        bar.style.transform = "scaleX(0)"
        track.append(bar)
        row.append(track, said)
        return { bar, said }
      })
      return { row, name, each, i }
    })
    me.few = few
    $(".classes").replaceChildren(...me.rows.map(({ row }) => row))
    $(".agreement").hidden = me.runs.length < 2
    $(".agreed").textContent = ""
  }
  function bars(run) {
    const n = me.runs.indexOf(run)
    if (!me.few && !n) {
      const order = me.runs[0].shares.map((share, i) => [share, i]).sort((a, b) => b[0] - a[0])
      me.rows.forEach((row, k) => { row.i = order[k][1]; row.name.textContent = run.network.labels[row.i] })
    }
    for (const { i, row, each } of me.rows) {
      each[n].bar.style.transform = `scaleX(${Math.min(1, run.shares[i])})`
      if (!n) row.classList.toggle("best", i === run.best)
    }
  }
  function past() { // whether the two agreed, ten times a second
    if (me.runs.some(run => !run.shares) || me.frozen) return
    const now = performance.now(), [first, second] = me.runs
    if (me.held?.best !== first.best) me.held = { best: first.best, since: now }
    if (now - me.held.since > HELD && me.few) me.answered.add(first.best)
    if (me.past.length && now - me.past.at(-1).at < 100) return
    me.past.push({ at: now, same: second ? first.best === second.best : true })
    while (now - me.past[0].at > PAST) me.past.shift()
    if (!second) return
    const canvas = $(".agreement"), context = canvas.getContext("2d"), style = getComputedStyle(live)
    context.clearRect(0, 0, canvas.width, canvas.height)
    for (const { at, same } of me.past) { // told apart by height and place, not by colour alone
      context.fillStyle = same ? style.getPropertyValue("--st-primary-color") : "#9a9fa6"
      const x = Math.floor(canvas.width * (1 - (now - at) / PAST))
      same ? context.fillRect(x, 0, 2, canvas.height) : context.fillRect(x, canvas.height - 6, 2, 6)
    }
  }

  // ---- what is said, four times a second

  function findings() {
    const { kernel, networks } = data, of = me.split < 1 ? `${kernel.title}: ` : ""
    const shown = `${show(me.low)} to ${show(me.top)}`
    $(".of-kernel").textContent = me.split >= 1 ? "Drag the line to the left to see the kernel's result."
      : kernel.signed ? `${of}${shown}; the colours end at ${me.low < 0 ? "±" : ""}${show(me.high)}, ${asPercent(me.beyond)} lie beyond.`
      : `${of}${shown}; ${asPercent(me.clipped)} of the values shown are outside 0 to 1, and clipped.`
    $(".of-kernel").textContent = $(".of-kernel").textContent.replaceAll(" %", "\u00a0%")
    const [run, other] = me.runs
    if (!run.shares) return
    const mean = me.seen.reduce((a, b) => a + b) / me.seen.length
    for (const { i, each, name } of me.rows) {
      each.forEach(({ said }, n) => {
        const { shares, best } = me.runs[n]
        if (!shares) return
        said.textContent = asPercent(shares[i])
        said.classList.toggle("most", i === best)
      })
      if (!me.few) continue
      name.classList.toggle("ticked", me.answered.has(i))
      name.textContent = `${me.answered.has(i) ? "✓ " : ""}${run.network.labels[i]}`
    }
    const label = run.network.labels[run.best], sure = asPercent(run.shares[run.best]), count = run.network.labels.length
    $(".sees").textContent = `The dashed square at ${run.network.shape[0]} × ${run.network.shape[1]}: all that is seen.`
    $(".verdict").textContent = mean < DARK
      ? `Next to nothing is in view, and it still answers ${label}, ${sure} sure. The truth is none of them; a network of ${count} classes cannot say so.`
      : `${run.network.title}: ${label}, ${sure} sure. It has ${count} classes, and no “none of them”.`
    if (other?.shares && me.past.length) {
      const same = me.past.filter(each => each.same).length / me.past.length
          $(".agreed").textContent = `The two agreed in ${asPercent(same)} of the last ${Math.min(10, Math.max(1, Math.round((performance.now() - me.past[0].at) / 1000)))} s. Both may be wrong together.`
    } else $(".agreed").textContent = ""
    $(".hold").textContent = me.few && !still() ? `Hold these up, one by one. ✓: ${run.network.title}’s answer for a second; ${me.answered.size} of ${count} so far.` : ""
    const all = Object.entries(me.spent).map(([what, ms]) => `${what} ${ms.toFixed(1)} ms`).join(", ")
    const rests = me.frozen || (still() && !me.drifts)
    $(".rate").textContent = rests ? `Stands still. The last frame took: ${all}.` : `${Math.round(me.rate)} frames a second${still() ? " (a drifting picture is drawn 30 times at most)" : ""}: ${all}. All in this browser; nothing is sent.`
    for (const told of live.querySelectorAll("[data-said]")) told.textContent = told.dataset.said
  }

  // ---- the one thing that leaves the browser

  function forget() { // Streamlit would send it again with every click
    clearTimeout(me.sent)
    me.sent = null
    setStateValue("frame", asSent(null))
  }
  function send() {
    const [run] = me.runs
    if (!run?.shares) return
    if (!me.frozen) freeze()
    $(".crop").toBlob(async blob => {
      const bytes = new Uint8Array(await blob.arrayBuffer()), [rows, columns] = run.network.shape
      setStateValue("frame", asSent(btoa(String.fromCharCode(...bytes))))
      me.sent = setTimeout(() => me.forget(), PATIENCE)
      tell(`Sent: these ${rows} × ${columns} pixels, and nothing else. They are your photo at the side now, on every page.`)
    }, "image/png")
  }
}
