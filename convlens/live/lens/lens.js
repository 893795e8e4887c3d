// The camera through a kernel and one or two whole networks, frame by frame, all of it here: nothing is sent but a frame that somebody sends.
// with arithmetic.js
// data: picture (address), line (% of the frame left of it), layer (the enlarged one's name, "" for none), mirrored, inverted, kernels [[name, title]], kernel {name ("" of one's own weights), title, step (see kernel.js), planes, plane, signed}, networks [{title, colour, program (address),
//   shape [rows, columns, channels], labels, single (whether its answers are shares of one whole)}], palettes {plain, signed} (768 bytes, base64), secure,
//   heard (when the last frame that was heard had been sent)
const instances = new WeakMap()
const WIDE = 640, HIGH = 480, SQUARE = [0, 80, 480, 480] // of a frame; [top, left, height, width] that the networks see
// milliseconds: between frames of a drifting picture, between two answers that are told, between two other sentences, of the strip, that a map stays outlined and an answer counts, until a frame that was sent is given up
const STILL = 33, READ = 100, LOOK = 250, PAST = 10000, HELD = 1000, PATIENCE = 10000
const EVEN = 6 // of 255: the standard deviation under which a square is nearly of one colour
const CHANNEL = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const live = $(".live"), stage = $(".frame"), video = $("video"), split = $(".split")
  let me = instances.get(parentElement)
  if (!me) {
    me = { split: data.line / 100, line: data.line, large: null, frozen: false, programs: new Map(), runs: [], spent: {}, times: [], clock: 0, past: [], answered: new Set(), last: 0, tells: 0, answers: 0 }
    instances.set(parentElement, me)
    me.from = sourcesOf(video, tell, () => me.changed())
    begin()
  }
  const call = (me.call = {}) // data may come again while Streamlit still loads this: then the former call is cleaned up after this one began
  Object.assign(me, { changed, frame, findings, freeze, heard, listed, dirty: true })
  const from = me.from, source = me.from.me
  me.colours ??= { plain: tableOf(decoded(data.palettes.plain)), signed: tableOf(decoded(data.palettes.signed)) }
  live.classList.toggle("mirrored", data.mirrored)
  live.style.setProperty("--networks", data.networks.length)
  if (me.line !== data.line && !me.moving) splitAt(data.line / 100) // it was set elsewhere
  me.line = data.line
  prepare()
  buttons()
  if (me.sent && data.heard === me.sent.at) heard(true)
  return () => { // the page was left
    if (me.call !== call) return
    instances.delete(parentElement)
    cancelAnimationFrame(me.frames)
    clearTimeout(me.sent?.timer)
    clearTimeout(me.moving)
    me.watch.disconnect()
    window.removeEventListener("keydown", me.key)
    navigator.mediaDevices?.removeEventListener?.("devicechange", me.plugged)
    from.halt()
  }

  // ---- what is made when the data changes

  function prepare() {
    if (from.shown(data.picture)) {
      tell("") // what was said of the former one
      if (from.isStill()) me.frozen = false
    }
    const { kernel } = data, told = JSON.stringify(kernel)
    if (me.told !== told) {
      me.told = told
      me.slider = slider(kernel.step, HIGH, WIDE, kernel.planes)
      me.result = null
      const [rows, columns] = me.slider.shape
      me.canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
      me.drawn = me.canvas.getContext("2d").createImageData(columns, rows)
    }
    const shown = JSON.stringify(data.networks)
    if (me.shown === shown) return
    me.shown = shown
    tell("")
    me.seen = new Uint8Array(product(data.networks[0].shape))
    me.runs = data.networks.map(network => ({ network, program: null }))
    for (const address of me.programs.keys()) if (!data.networks.some(({ program }) => program === address)) me.programs.delete(address)
    anew()
    rowsOfClasses()
    $(".networks").replaceChildren()
    $(".enlarged").replaceChildren()
    me.runs.forEach(run => fetched(run.network.program).then(bytes => {
      if (!me.runs.includes(run)) return
      run.program = compiled(bytes)
      sheets()
      me.changed()
    }).catch(error => { if (me.runs.includes(run)) tell(`${run.network.title} did not arrive whole (${error.message}). Reload the page, or choose another network.`) }))
  }
  function fetched(address) {
    if (!me.programs.has(address)) me.programs.set(address, fetch(address).then(reply => {
      if (!reply.ok) throw new Error(`the server says ${reply.status}`)
      return reply.arrayBuffer()
    }).catch(error => { me.programs.delete(address); throw error }))
    return me.programs.get(address)
  }
  function anew() { // another network or another source: nothing is known of it yet
    Object.assign(me, { past: [], answered: new Set(), held: null, times: [] })
  }
  function begin() {
    me.raw = new OffscreenCanvas(WIDE, HIGH).getContext("2d", { willReadFrequently: true })
    me.inView = true
    me.watch = new IntersectionObserver(([entry]) => { me.inView = entry.isIntersecting })
    me.watch.observe(live)
    me.key = event => {
      const target = event.composedPath()[0]
      if (event.code !== "Space" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, textarea, select, button, a, summary, label, [contenteditable=true], [role=slider], [role=radio], [role=tab], [role=switch], [role=combobox]")) return
      event.preventDefault()
      me.freeze()
    }
    me.plugged = () => me.listed()
    window.addEventListener("keydown", me.key)
    navigator.mediaDevices?.addEventListener?.("devicechange", me.plugged)
    const tick = now => { // a hidden tab gets none
      me.frames = requestAnimationFrame(tick)
      if (!parentElement.isConnected || !me.inView) return
      const flows = !me.frozen && me.from.moves(now - me.last)
      if (flows || me.dirty) me.frame(now, flows)
      if (me.unsaid && now - me.tells > LOOK) { Object.assign(me, { tells: now, unsaid: false }); me.findings() }
    }
    me.frames = requestAnimationFrame(tick)
  }

  // ---- what is pressed

  function buttons() {
    $(".camera").onclick = () => (source.stream ? halt() : start())
    $(".cameras select").onchange = event => start(event.target.value)
    const kernels = $(".kernels select")
    kernels.replaceChildren(...(data.kernel.name ? [] : [new Option(data.kernel.title, "")]), ...data.kernels.map(([name, title]) => new Option(title, name, false, name === data.kernel.name)))
    kernels.onchange = event => setStateValue("kernel", asSent(event.target.value))
    $(".file").onclick = () => (source.film ? halt() : $(".chosen-file").click())
    $(".chosen-file").onchange = event => {
      const [file] = event.target.files
      event.target.value = ""
      if (file) { me.frozen = false; anew(); from.play(file) }
    }
    $(".freeze").onclick = freeze
    $(".send").onclick = send
    $(".drift").onclick = () => { source.drifts = !source.drifts; me.frozen = false; changed() }
    $(".large").hidden = !live.requestFullscreen
    $(".large").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : live.requestFullscreen())
    $(".out").onclick = () => posed(({ zoom }) => ({ zoom: zoom / 1.15 }))
    $(".in").onclick = () => posed(({ zoom }) => ({ zoom: zoom * 1.15 }))
    $(".left").onclick = () => posed(({ turn }) => ({ turn: turn - 0.1 }))
    $(".right").onclick = () => posed(({ turn }) => ({ turn: turn + 0.1 }))
    const sense = data.mirrored ? -1 : 1
    split.onpointerdown = event => { takeLine(); split.setPointerCapture(event.pointerId) }
    split.onlostpointercapture = split.onkeyup = () => tellLine()
    split.onpointermove = event => { if (split.hasPointerCapture(event.pointerId)) splitAt(along(event)) }
    split.onkeydown = event => {
      const step = arrow(event.key), ends = { Home: 0, End: 1 }[event.key]
      if (!step && ends === undefined) return
      event.preventDefault()
      takeLine()
      splitAt(ends ?? me.split + 0.02 * (sense * step[1] - step[0]))
    }
    stage.onpointerdown = event => { if (from.isStill()) { stage.setPointerCapture(event.pointerId); me.grab = [event.clientX, event.clientY] } }
    stage.onpointermove = event => {
      if (!me.grab || !stage.hasPointerCapture(event.pointerId)) return
      const by = WIDE / stage.getBoundingClientRect().width, dx = sense * (event.clientX - me.grab[0]) * by, dy = (event.clientY - me.grab[1]) * by
      me.grab = [event.clientX, event.clientY]
      posed(({ x, y, turn }) => (event.shiftKey ? { turn: turn + dx / 200 } : { x: x + dx, y: y + dy }))
    }
    stage.onpointerup = () => { me.grab = null }
    stage.ondblclick = () => posed(() => PLACES)
    stage.onkeydown = event => {
      const step = arrow(event.key)
      if (!step || !from.isStill()) return
      event.preventDefault()
      posed(({ x, y }) => ({ x: x + 10 * sense * step[1], y: y + 10 * step[0] }))
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
    split.setAttribute("aria-valuetext", `the kernel's result on ${Math.round(100 * (1 - me.split))} % of the frame`)
    me.dirty = true
  }
  function takeLine() { // an answer of the server must not take it out of somebody's hand
    clearTimeout(me.moving)
    me.moving = true
  }
  function tellLine() { // once it rests
    clearTimeout(me.moving)
    me.moving = setTimeout(() => { me.moving = null; setStateValue("line", asSent(Math.round(100 * me.split))) }, LOOK)
  }
  function posed(change) {
    me.frozen = false
    from.posed(change)
  }
  function start(device) {
    me.frozen = false
    anew()
    return from.start(data.secure, device)
  }
  function halt() {
    me.frozen = false
    anew()
    from.halt()
  }
  function freeze() {
    me.frozen = !me.frozen
    if (source.film) me.frozen ? video.pause() : video.play().catch(() => {})
    changed()
  }
  function changed() {
    me.dirty = true
    if (parentElement.isConnected) named()
  }
  function named() {
    const still = from.isStill()
    $(".camera").textContent = source.stream ? "■ Stop the camera" : "● Use the camera"
    $(".camera").setAttribute("aria-pressed", Boolean(source.stream))
    $(".file").textContent = source.film ? "■ Stop the video" : "Video file"
    $(".freeze").textContent = me.frozen ? "▶ Go on" : "❚❚ Freeze"
    $(".freeze").setAttribute("aria-pressed", me.frozen)
    $(".freeze").title = "Space"
    $(".drift").textContent = source.drifts ? "❚❚ Drift" : "▶ Drift"
    $(".drift").setAttribute("aria-pressed", source.drifts)
    for (const one of [".drift", ".poses"]) $(one).hidden = !still
    stage.classList.toggle("held", still)
    const what = source.stream ? "The camera" : source.film ? "The video" : "The picture at the side"
    stage.setAttribute("aria-label", `${what}, ${data.kernel.title} at the right of the line${still ? "; drag it, or use the arrow keys" : ""}`)
    me.listed()
  }
  async function listed() {
    const box = $(".cameras")
    if (!source.stream) return (box.hidden = true)
    const found = await from.cameras()
    box.querySelector("select").replaceChildren(...found.map(each => new Option(each.name, each.id, false, each.now)))
    box.hidden = found.length < 2
  }
  function tell(text) { $(".said").textContent = text }

  // ---- a frame

  // now: milliseconds; flows: whether it is one of many, and not drawn because something was pressed
  function frame(now, flows) {
    if (flows) me.clock += Math.min(now - me.last, HELD) // it stands while frames do
    Object.assign(me, { last: now, dirty: false, unsaid: true, flows })
    if (flows) me.times.push(now)
    while (now - me.times[0] > 2000) me.times.shift()
    if (!me.frozen && from.draw(me.raw)) me.pixels = me.raw.getImageData(0, 0, WIDE, HIGH).data
    if (!me.pixels) return
    timed("kernel", slide)
    timed("network", see)
    timed("drawing", () => paintAll(now))
  }
  function timed(what, run) {
    const begun = performance.now()
    run()
    const last = performance.now() - begun, before = me.spent[what]
    me.spent[what] = { last, mean: before ? 0.9 * before.mean + 0.1 * last : last }
  }
  function slide() {
    const { kernel } = data
    me.first = firstColumn(me.split * WIDE, me.slider, kernel.step)
    me.slider.fill(me.pixels, p => (kernel.planes === 3 ? CHANNEL[p] : kernel.plane < 0 ? LUMA : CHANNEL[kernel.plane]), me.first)
    me.slider.run(me.first)
  }
  function see() { // all networks that are shown take pictures of one shape
    const [{ network: { shape } }] = me.runs
    shrunk(me.pixels, WIDE, SQUARE, shape, data.inverted && shape[2] === 1, me.seen)
    for (const run of me.runs) {
      if (!run.program) continue
      run.program.run(me.seen)
      run.shares = run.program.shares()
      run.best = run.shares.indexOf(Math.max(...run.shares))
    }
  }

  // ---- what is drawn

  function paintAll(now) {
    const view = stage.getContext("2d"), { step, signed } = data.kernel
    view.drawImage(me.raw.canvas, 0, 0)
    me.result = coloured(me.slider, me.drawn, me.first, signed, me.colours, me.result?.high)
    me.canvas.getContext("2d").putImageData(me.drawn, 0, 0)
    laidOver(view, me.canvas, me.slider, step, Math.round(me.split * WIDE))
    crop()
    for (const run of me.runs) if (run.shares && run.layers) run.layers.forEach(sheet => paintSheet(sheet, me.colours, me.clock, !me.flows))
    if (!me.flows || now - me.answers > READ) { me.answers = now; answers() }
    if (me.large) enlarge()
    if (me.flows) past()
  }
  function crop() {
    const [rows, columns, channels] = me.runs[0].network.shape, canvas = $(".crop")
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
      const box = element("section", "network"), layers = element("div", "layers"), head = element("h4", "", run.network.title)
      box.style.setProperty("--network", run.network.colour)
      head.append(element("small", "", "each layer in colours of its own, up to its largest value of the last second"))
      box.append(head, layers)
      run.layers = run.program.layers.slice(1).map(layer => {
        const made = element("button", "layer"), sheet = sheetOf(layer)
        made.type = "button"
        made.title = `${layer.kind}: show it larger`
        made.setAttribute("aria-label", `${layer.name} of ${run.network.title}, ${layer.kind}, ${layer.shape.join(" by ")}: show it larger`)
        made.append(sheet.box, element("small", "", layer.name), element("small", "", layer.shape.join(" × ")))
        made.onclick = () => { enlarged(me.large === layer.name ? null : layer.name) }
        layers.append(made)
        return sheet
      })
      return box
    }))
    if (me.layer !== data.layer) me.large = data.layer // a link or another page has chosen it
    me.layer = data.layer
    if (!me.runs.some(run => run.layers?.some(({ layer }) => layer.name === me.large))) me.large = null
  }
  function enlarged(name) {
    me.large = name
    me.follows = true
    $(".enlarged").replaceChildren()
    me.changed()
    if (!name) return
    me.layer = name
    setStateValue("layer", asSent(name)) // it is chosen on the other pages, too
  }
  function enlarge() {
    const box = $(".enlarged")
    const found = me.runs.map(run => ({ run, sheet: run.layers?.find(({ layer }) => layer.name === me.large) })).filter(each => each.sheet)
    if (box.children.length !== found.length) box.replaceChildren(...found.map(({ sheet }) => {
      const part = element("div"), told = element("p", "finding"), around = element("span", "sheet"), { width, height } = sheet.canvas
      around.append(Object.assign(document.createElement("canvas"), { width, height }), element("i"))
      part.append(told, around)
      return part
    }))
    found.forEach(({ run, sheet }, i) => {
      const [told, around] = box.children[i].children, span = me.flows ? " in the last second" : ""
      around.firstChild.getContext("2d").drawImage(sheet.canvas, 0, 0)
      outline(sheet, around.lastChild)
      if (me.follows) { me.follows = false; requestAnimationFrame(() => box.scrollIntoView({ block: "nearest", behavior: source.drifts ? "smooth" : "auto" })) }
      told.dataset.said = `${sheet.layer.name} of ${run.network.title}: ${sheet.rows > 1 ? "map" : "unit"} ${sheet.strongest} answers most; ${show(sheet.low)} to ${show(sheet.top)}${span}.`
    })
  }
  function rowsOfClasses() {
    const [{ network }] = me.runs
    me.few = network.labels.length <= 24
    me.rows = Array.from({ length: me.few ? network.labels.length : 10 }, (_, i) => {
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
    $(".classes").replaceChildren(...me.rows.map(({ row }) => row))
    Object.assign($(".agreement"), { hidden: me.runs.length < 2, width: 200 }) // which clears it
    $(".legend").replaceChildren(...me.runs.map(({ network }) => {
      const one = element("span", "", network.title)
      one.style.setProperty("--network", network.colour)
      return one
    }))
  }
  function answers() { // bars, numbers and sentence of one and the same frame, so often that they can be read
    const [run] = me.runs
    if (!run.shares) return
    if (!me.few) {
      const order = run.shares.map((share, i) => [share, i]).sort((a, b) => b[0] - a[0])
      me.rows.forEach((row, k) => { row.i = order[k][1] })
    }
    for (const { i, row, name, each } of me.rows) {
      each.forEach(({ bar, said }, n) => {
        const { shares, best } = me.runs[n]
        if (!shares) return
        bar.style.transform = `scaleX(${Math.min(1, shares[i])})`
        said.textContent = asPercent(shares[i])
        said.classList.toggle("most", i === best)
      })
      row.classList.toggle("best", i === run.best)
      name.classList.toggle("ticked", me.answered.has(i))
      name.textContent = `${me.answered.has(i) ? "✓ " : ""}${run.network.labels[i]}`
    }
    const count = run.network.labels.length, all = me.runs.filter(({ shares }) => shares)
    const said = all.map(({ network, shares, best }) => `${network.title}: ${network.labels[best]}, ${asPercent(shares[best])} sure`).join("; ")
    const none = run.network.single ? ` Of ${count} classes, and no “none of them”.` : ` Of ${count} classes.`
    const square = `The dashed square at ${run.network.shape[0]} × ${run.network.shape[1]}, all that is seen`
    $(".sees").textContent = `${me.frozen ? "Frozen. " : ""}${square}${from.isStill() && source.drifts && !me.frozen ? "; the picture drifts." : "."}`
    const even = isEven()
    $(".verdict").textContent = `${even ? "The square is nearly of one colour, and still they answer. " : ""}${said}.${none}${even ? " If nothing is there, the truth is none of them." : ""}`.replaceAll(" %", "\u00a0%")
  }
  function past() { // what was answered for a second; whether the two agreed, ten times a second
    if (me.runs.some(run => !run.shares)) return
    const [first, second] = me.runs, now = me.clock
    if (me.held?.best !== first.best) me.held = { best: first.best, since: now }
    if (now - me.held.since > HELD && me.few && !from.isStill()) me.answered.add(first.best)
    if (!second || (me.past.length && now - me.past.at(-1).at < 100)) return
    me.past.push({ at: now, same: first.best === second.best })
    while (now - me.past[0].at > PAST) me.past.shift()
    const canvas = $(".agreement"), context = canvas.getContext("2d")
    context.clearRect(0, 0, canvas.width, canvas.height)
    for (const { at, same } of me.past) { // told apart by height, not by colour alone
      context.fillStyle = same ? "#0e7c6b" : "#9a9fa6"
      const x = Math.floor(canvas.width * (1 - (now - at) / PAST))
      same ? context.fillRect(x, 0, 2, canvas.height) : context.fillRect(x, canvas.height - 6, 2, 6)
    }
  }

  // ---- what is said, four times a second

  function findings() {
    const { kernel } = data, { result } = me, [run] = me.runs, still = from.isStill()
    if (!me.pixels) return
    const extent = `${show(result.low)} to ${show(result.top)}`
    $(".of-kernel").textContent = (me.split >= 1 ? "Drag the line to the left to see the kernel's result."
      : !kernel.signed ? `${kernel.title}: ${extent}; ${asPercent(result.clipped)} of the values shown are outside 0 to 1, and clipped.`
      : result.low < 0 ? `${kernel.title}: red is above 0, blue below, from ${extent}. The colours end at ±${show(result.high)}; ${asPercent(result.beyond)} lie beyond.`
      : `${kernel.title}: ${extent}, black is 0.`).replaceAll(" %", "\u00a0%")
    if (!run.shares) return
    const count = run.network.labels.length
    if (me.past.length > 1) {
      const same = me.past.filter(each => each.same).length / me.past.length, seconds = Math.max(1, Math.round((me.past.at(-1).at - me.past[0].at) / 1000))
      $(".agreed").textContent = `The two agreed in ${asPercent(same)} of the last ${seconds}\u00a0s. Both may be wrong together.`.replaceAll(" %", "\u00a0%")
    } else $(".agreed").textContent = ""
    $(".agreement").setAttribute("aria-label", $(".agreed").textContent || "Whether the two agree, over the last ten seconds")
    $(".hold").textContent = me.few && !still ? `Hold one of these up. ✓: called so for a second, rightly or not; ${me.answered.size} of ${count}.` : ""
    const rests = !me.flows, all = Object.entries(me.spent).map(([what, { last, mean }]) => `${what} ${(rests ? last : mean).toFixed(1)} ms`).join(", ")
    const rate = me.times.length > 2 ? (1000 * (me.times.length - 1)) / (me.times.at(-1) - me.times[0]) : 0
    $(".rate").textContent = rests ? `Stands still. The last frame took: ${all}.` : `${Math.round(rate)} frames a second${still ? " (a drifting picture is drawn 30 times at most)" : ""}: ${all}. All in this browser.`
    for (const told of live.querySelectorAll("[data-said]")) told.textContent = told.dataset.said
  }
  function isEven() { // whether next to nothing can be told apart in the square
    const channels = me.runs[0].network.shape[2]
    for (let c = 0; c < channels; c++) {
      let total = 0, squares = 0
      const n = me.seen.length / channels
      for (let i = c; i < me.seen.length; i += channels) { total += me.seen[i]; squares += me.seen[i] ** 2 }
      if (squares / n - (total / n) ** 2 > EVEN ** 2) return false
    }
    return true
  }

  // ---- the one thing that leaves the browser

  function send() {
    const [rows, columns] = me.runs[0].network.shape
    if (!me.pixels) return
    if (!me.frozen) freeze()
    clearTimeout(me.sent?.timer)
    tell("It is being sent.")
    $(".crop").toBlob(async blob => {
      const message = asSent(encoded(new Uint8Array(await blob.arrayBuffer())))
      me.sent = { at: message.at, told: `Sent: these ${rows} × ${columns} pixels, and nothing else. They are your photo at the side now, on every page.`, timer: setTimeout(() => me.heard(false), PATIENCE) }
      setStateValue("frame", message)
    }, "image/png")
  }
  function heard(well) { // and forgotten: Streamlit would send it again with every click
    tell(well ? me.sent.told : "The frame did not arrive. Is the connection gone? Press the button again.")
    clearTimeout(me.sent.timer)
    me.sent = null
    setStateValue("frame", asSent(null))
  }
}
