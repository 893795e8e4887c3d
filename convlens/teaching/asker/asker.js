// The camera, asked about once a second: a small square picture is sent, its answer is drawn, and then the next one is sent.
// data: way, names, colours, answer (null, or {number, shares, refused}), error
const instances = new WeakMap()
const SIDE = 160, PACE = 700, PATIENCE = 20000 // pixels; milliseconds between two pictures, and until one is taken for lost

export default function ({ data: [data], parentElement, setStateValue }) {
  const $ = selector => parentElement.querySelector(selector)
  const me = instances.get(parentElement) ?? { stream: null, timer: null, sent: 0, number: 0, waits: false }
  instances.set(parentElement, me)
  const go = $(".go"), video = $("video"), said = $(".said")
  me.send = send
  go.onclick = () => (me.stream ? stop() : start())
  if (me.waits && (data.answer?.number === me.number || data.error)) {
    me.waits = false
    clearTimeout(me.timer)
    if (me.stream && !data.error) me.timer = setTimeout(() => me.send(), Math.max(0, PACE - (performance.now() - me.sent)))
    if (data.error) stop()
  }
  draw()
  return () => halt() // the page was left

  async function start() {
    try {
      me.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 640 } } })
    } catch {
      said.textContent = "The browser gives no camera: allow it beside the address, or choose a photo at the side."
      return
    }
    video.srcObject = me.stream
    video.classList.toggle("mirrored", me.stream.getVideoTracks()[0]?.getSettings().facingMode !== "environment")
    await video.play()
    me.waits = false
    draw()
    send()
  }
  function halt() {
    clearTimeout(me.timer)
    me.stream?.getTracks().forEach(track => track.stop())
    me.stream = null
  }
  function stop() {
    if (me.stream) setStateValue("frame", asSent(null)) // the last frame is forgotten
    halt()
    draw()
  }
  function send() {
    if (!me.stream || !parentElement.isConnected) return halt()
    const canvas = new OffscreenCanvas(SIDE, SIDE), least = Math.min(video.videoWidth, video.videoHeight)
    canvas.getContext("2d").drawImage(video, (video.videoWidth - least) / 2, (video.videoHeight - least) / 2, least, least, 0, 0, SIDE, SIDE)
    canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 }).then(async blob => {
      const bytes = new Uint8Array(await blob.arrayBuffer())
      if (!me.stream) return // stopped meanwhile
      me.number += 1
      me.sent = performance.now()
      me.waits = true
      me.timer = setTimeout(() => me.send(), PATIENCE)
      setStateValue("frame", asSent({ number: me.number, jpeg: encoded(bytes) }))
    })
  }
  function draw() {
    const answer = me.stream && data.answer
    go.textContent = me.stream ? "❚❚ Stop the camera" : "● Ask by camera, live"
    go.setAttribute("aria-pressed", Boolean(me.stream))
    video.hidden = !me.stream
    $(".bars").hidden = !answer
    said.textContent = data.error ?? ""
    if (!answer) return
    const best = answer.shares.indexOf(Math.max(...answer.shares))
    $(".bars").replaceChildren(...data.names.map((name, i) => {
      const bar = document.createElement("div"), parts = ["span", "div", "b"].map(kind => document.createElement(kind)), full = document.createElement("i")
      bar.className = i === best ? "bar best" : "bar"
      parts[0].textContent = name
      parts[1].className = "track"
      full.style.width = `${100 * Math.min(1, answer.shares[i])}%`
      full.style.background = data.colours[i]
      parts[1].append(full)
      parts[2].textContent = asPercent(Math.min(1, answer.shares[i]))
      bar.append(...parts)
      return bar
    }))
    said.textContent = answer.refused ? `Less sure than the threshold: none of these (it would be ${data.names[best]}).` : `By ${data.way}: ${data.names[best]}.`
  }
}
