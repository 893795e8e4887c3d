// Where frames come from: the picture at the side, which drifts or is moved; a video file; a camera.
const PLACES = { x: 0, y: 0, zoom: 1, turn: 0 }, FAR = 700 // pixels that it can be moved
const REFUSED = {
  NotAllowedError: "The browser was told to give no camera. Allow it beside the address, then press the button again.",
  NotFoundError: "There is no camera on this machine. A video file works as well, and so does the picture at the side.",
  OverconstrainedError: "That camera is gone. Press the button again for another.",
  NotReadableError: "Another program uses the camera. Close it there, then press the button again.",
}

// video: the element that plays; tell(text): says something; changed(): another source, or it moves otherwise
function sourcesOf(video, tell, changed) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const me = { stream: null, film: null, asked: null, filmed: -1, drifts: !still, pose: { ...PLACES }, picture: null }

  async function start(secure, device) {
    if (!secure || !navigator.mediaDevices?.getUserMedia) {
      return tell("No camera here: browsers give one to https addresses only. A video file works as well, and so does the picture at the side.")
    }
    halt() // many phones open one camera at a time
    tell("The browser asks whether this page may use the camera. No frame leaves it.")
    const which = device ? { deviceId: { exact: device } } : { facingMode: "environment" }, asked = (me.asked = {})
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: WIDE }, height: { ideal: HIGH } } })
      if (me.asked !== asked) return stream.getTracks().forEach(track => track.stop()) // another was asked for meanwhile, or the page was left
      me.stream = stream
    } catch (error) {
      return me.asked === asked ? tell(REFUSED[error.name] ?? `The browser gives no camera (${error.name}). A video file works as well.`) : undefined
    }
    const [track] = me.stream.getVideoTracks()
    track.onended = () => { halt(); tell("The camera is gone: it was unplugged, or another program took it. Press the button again when it is back.") }
    tell("")
    video.srcObject = me.stream
    await video.play().catch(() => {}) // another source came meanwhile
    changed()
  }
  async function cameras() { // [{id, name, now}]
    const found = (await navigator.mediaDevices.enumerateDevices()).filter(each => each.kind === "videoinput")
    const now = me.stream?.getVideoTracks()[0]?.getSettings().deviceId
    return me.stream ? found.map((each, i) => ({ id: each.deviceId, name: each.label || `Camera ${i + 1}`, now: each.deviceId === now })) : []
  }
  async function play(file) {
    halt()
    const asked = (me.asked = {})
    me.film = URL.createObjectURL(file)
    video.src = me.film
    try {
      await video.play()
      if (me.asked === asked) tell("")
    } catch {
      if (me.asked !== asked) return
      halt()
      tell(`This browser cannot play ${file.name}. Expected a video such as MP4 or WebM: try another file.`)
    }
    changed()
  }
  function halt() {
    me.asked = null
    me.stream?.getTracks().forEach(track => { track.onended = null; track.stop() })
    if (me.film) URL.revokeObjectURL(me.film)
    video.pause()
    video.srcObject = null
    video.removeAttribute("src")
    me.stream = me.film = null
    me.filmed = -1
    changed()
  }
  function shown(address) { // the picture at the side; whether it is another one
    if (me.picture?.src === new URL(address, document.baseURI).href) return false
    me.picture = new Image()
    me.picture.onload = changed
    me.picture.src = address
    return true
  }
  const isStill = () => !me.stream && !me.film
  const drifted = () => { // slowly, and never twice the same way for a minute
    const t = performance.now() / 1000
    return { x: 60 * Math.sin(t / 3.1), y: 35 * Math.sin(t / 4.3), zoom: 1.08 + 0.16 * Math.sin(t / 7), turn: 0.12 * Math.sin(t / 5.3) }
  }
  function posed(change) { // change: of the pose as it is now, what becomes of it
    const now = me.drifts ? drifted() : me.pose, { x, y, zoom, turn } = { ...now, ...change(now) }
    me.drifts = false
    me.pose = { x: Math.min(FAR, Math.max(-FAR, x)), y: Math.min(FAR, Math.max(-FAR, y)), zoom: Math.min(5, Math.max(0.3, zoom)), turn: turn % (2 * Math.PI) }
    changed()
  }
  function drift(does) { // it stays where it is, or goes where its time has brought it meanwhile
    if (!does) me.pose = drifted()
    me.drifts = does
    changed()
  }
  const place = () => (me.drifts ? "" : [me.pose.x, me.pose.y, 100 * me.pose.zoom, 100 * me.pose.turn].map(Math.round).join(".")) // as a link carries it
  function put(text) { // a place again; "": it drifts, where it may
    const [x, y, zoom, turn] = text.split(".").map(Number)
    me.drifts = !text && !still
    if (!me.drifts) me.pose = text ? { x, y, zoom: zoom / 100, turn: turn / 100 } : { ...PLACES }
    changed()
  }
  const moves = since => (isStill() ? me.drifts && since >= STILL : video.readyState >= 2 && video.currentTime !== me.filmed)

  // the frame that there is now, on a canvas of WIDE × HIGH; false where there is none yet
  function draw(raw) {
    raw.setTransform(1, 0, 0, 1, 0, 0)
    if (!isStill()) {
      const { videoWidth: wide, videoHeight: high } = video, scale = Math.max(WIDE / wide, HIGH / high)
      if (!wide) return false
      me.filmed = video.currentTime
      raw.drawImage(video, (WIDE - wide * scale) / 2, (HIGH - high * scale) / 2, wide * scale, high * scale)
      return true
    }
    if (!me.picture?.complete || !me.picture.naturalWidth) return false
    const { naturalWidth: wide, naturalHeight: high } = me.picture, { x, y, zoom, turn } = me.drifts ? drifted() : me.pose
    const scale = (zoom * SQUARE[2]) / Math.min(wide, high)
    raw.fillStyle = "#808080"
    raw.fillRect(0, 0, WIDE, HIGH)
    raw.translate(WIDE / 2 + x, HIGH / 2 + y)
    raw.rotate(turn)
    raw.scale(scale, scale)
    raw.imageSmoothingEnabled = Math.min(wide, high) > 64 // of a small one the pixels are seen
    raw.drawImage(me.picture, -wide / 2, -high / 2)
    return true
  }
  return { me, start, cameras, play, halt, shown, isStill, posed, drift, place, put, moves, draw }
}
