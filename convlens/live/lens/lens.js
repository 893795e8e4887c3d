// The camera through a kernel and one or two whole networks, frame by frame, all of it here: nothing is sent but a frame that somebody sends.
// with arithmetic.js
// data: picture (address), line (% of the frame left of it), place (where the picture was moved to, see sources.js, "" where it drifts), layer (the enlarged one's name, "" for none), mirrored, inverted, kernels [[name, title]], kernel {name ("" of one's own weights), title, step (see kernel.js), planes, plane, signed}, networks [{title, colour, program (address),
//   shape [rows, columns, channels], labels, single (whether its answers are shares of one whole)}], palettes {plain, signed} (768 bytes, base64), secure,
//   heard (when the last frame that was heard had been sent)
const instances = new WeakMap()
const WIDE = 640, HIGH = 480, SQUARE = [0, 80, 480, 480] // of a frame; [top, left, height, width] that the networks see
// milliseconds: between frames of a drifting picture, between two answers that are told, between two other sentences, of the strip, that a map stays outlined and an answer counts, until a frame that was sent is given up
const STILL = 33, READ = 100, LOOK = 250, PAST = 10000, HELD = 1000, PATIENCE = 10000
const SLIP = 4 // pixels that a pointer moves before it drags
const EVEN = 6 // of 255: the standard deviation under which a square is nearly of one colour
const CHANNEL = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const live = $(".live"), stage = $(".frame"), video = $("video"), split = $(".split")
  let me = instances.get(parentElement)
  if (!me) {
    me = { split: data.line / 100, line: data.line, place: "", rests: {}, awaited: {}, spot: null, large: null, frozen: false, programs: new Map(), runs: [], spent: {}, times: [], clock: 0, past: [], answered: new Set(), last: 0, tells: 0, answers: 0 }
    instances.set(parentElement, me)
    me.from = sourcesOf(video, tell, () => me.changed())
    begin()
  }
  const from = me.from, source = me.from.me
  const { rowsOfClasses, answers, past, findings } = answersOf($, me, data)
  const { sheets, enlarge } = layersOf($, me, data, name => setStateValue("layer", asSent(name)))
  const { read, chosen, wire } = readingOf($, me, data, along, tell)
  Object.assign(me, { changed, frame, findings, freeze, heard, listed, dirty: true })
  me.colours ??= { plain: tableOf(decoded(data.palettes.plain)), signed: tableOf(decoded(data.palettes.signed)) }
  live.classList.toggle("mirrored", data.mirrored)
  live.style.setProperty("--networks", data.networks.length)
  adopt("line", Math.round(100 * me.split), line => splitAt(line / 100))
  adopt("place", from.place(), from.put)
  prepare()
  buttons()
  if (me.sent && data.heard === me.sent.at) heard(true)
  return whenLeft(me, () => {
    instances.delete(parentElement)
    cancelAnimationFrame(me.frames)
    clearTimeout(me.sent?.timer)
    Object.values(me.rests).forEach(clearTimeout)
    me.watch.disconnect()
    window.removeEventListener("keydown", me.key)
    navigator.mediaDevices?.removeEventListener?.("devicechange", me.plugged)
    from.halt()
  })

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
    $(".drift").onclick = () => {
      me.frozen = false
      from.drift(!source.drifts)
      rest("place", from.place)
    }
    enlarging($(".large"), live)
    $(".as-png").onclick = () => {
      answers() // of this frame, as its bars
      findings()
      takenPicture($, me, data)
    }
    $(".as-csv").onclick = () => takenNumbers(me, data)
    $(".out").onclick = () => posed(({ zoom }) => ({ zoom: zoom / 1.15 }))
    $(".in").onclick = () => posed(({ zoom }) => ({ zoom: zoom * 1.15 }))
    $(".left").onclick = () => posed(({ turn }) => ({ turn: turn - 0.1 }))
    $(".right").onclick = () => posed(({ turn }) => ({ turn: turn + 0.1 }))
    const sense = data.mirrored ? -1 : 1
    split.onpointerdown = event => { take("line"); split.setPointerCapture(event.pointerId) }
    split.onlostpointercapture = split.onkeyup = () => rest("line", () => Math.round(100 * me.split))
    split.onpointermove = event => { if (split.hasPointerCapture(event.pointerId)) splitAt(along(event)) }
    split.onkeydown = event => {
      const step = arrow(event.key), ends = { Home: 0, End: 1 }[event.key]
      if (!step && ends === undefined) return
      event.preventDefault()
      take("line")
      splitAt(ends ?? me.split + 0.02 * (sense * step[1] - step[0]))
    }
    stage.onpointerdown = event => {
      me.grab = { from: [event.clientX, event.clientY], drags: false }
      if (from.isStill()) stage.setPointerCapture(event.pointerId)
    }
    stage.onpointermove = event => {
      if (!me.grab || !stage.hasPointerCapture(event.pointerId)) return
      if (!me.grab.drags && Math.hypot(event.clientX - me.grab.from[0], event.clientY - me.grab.from[1]) < SLIP) return // as a click shakes
      const by = WIDE / stage.getBoundingClientRect().width, dx = sense * (event.clientX - me.grab.from[0]) * by, dy = (event.clientY - me.grab.from[1]) * by
      me.grab = { from: [event.clientX, event.clientY], drags: true }
      posed(({ x, y, turn }) => (event.shiftKey ? { turn: turn + dx / 200 } : { x: x + dx, y: y + dy }))
    }
    stage.onclick = event => { // which follows a drag, too
      if (me.grab && !me.grab.drags) chosen(event)
      me.grab = null
    }
    stage.ondblclick = () => posed(() => PLACES)
    wire()
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
  function adopt(what, now, set) { // what was set elsewhere; not the answers to what was told from here, of which a newer one may be on its way
    if (me.awaited[what]?.value === data[what] || performance.now() - me.awaited[what]?.since > PATIENCE) delete me.awaited[what]
    if (me[what] !== data[what] && data[what] !== now && !me.rests[what] && !me.awaited[what]) set(data[what])
    me[what] = data[what]
  }
  function take(what) { // an answer of the server must not take it out of somebody's hand
    clearTimeout(me.rests[what])
    me.rests[what] = true
  }
  function rest(what, value) { // it is told once it rests
    clearTimeout(me.rests[what])
    me.rests[what] = setTimeout(() => {
      me.rests[what] = null
      me.awaited[what] = { value: value(), since: performance.now() }
      setStateValue(what, asSent(me.awaited[what].value))
    }, LOOK)
  }
  function posed(change) {
    me.frozen = false
    from.posed(change)
    rest("place", from.place)
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
    for (const one of [".drift", ".poses"]) $(one).classList.toggle("gone", !still)
    stage.classList.toggle("held", still)
    const what = source.stream ? "The camera" : source.film ? "The video" : "The picture at the side"
    stage.setAttribute("aria-label", `${what}, ${data.kernel.title} at the right of the line${still ? "; drag it, or use the arrow keys" : ""}`)
    const [rows, columns] = data.networks[0].shape
    $(".leaves").textContent = `Nothing leaves this browser unless you send a frame: then its ${rows} × ${columns} pixels become your photo, on every page.`
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
    if (!me.flows || now - me.answers > READ) { me.answers = now; answers(); read() }
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
