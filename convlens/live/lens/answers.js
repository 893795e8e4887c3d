// What the networks answer: a bar for each class, whether two of them agree, and what is said of a frame.
// me: what lens.js keeps
function answersOf($, me, data) {
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
    $(".sees").textContent = `${me.frozen ? "Frozen. " : ""}${square}${me.from.isStill() && me.from.me.drifts && !me.frozen ? "; the picture drifts." : "."}`
    const even = isEven()
    $(".verdict").textContent = `${even ? "The square is nearly of one colour, and still they answer. " : ""}${said}.${none}${even ? " If nothing is there, the truth is none of them." : ""}`.replaceAll(" %", "\u00a0%")
  }
  function past() { // what was answered for a second; whether the two agreed, ten times a second
    if (me.runs.some(run => !run.shares)) return
    const [first, second] = me.runs, now = me.clock
    if (me.held?.best !== first.best) me.held = { best: first.best, since: now }
    if (now - me.held.since > HELD && me.few && !me.from.isStill()) me.answered.add(first.best)
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
    const { kernel } = data, { result } = me, [run] = me.runs, still = me.from.isStill()
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
    for (const told of $(".live").querySelectorAll("[data-said]")) told.textContent = told.dataset.said
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
  return { rowsOfClasses, answers, past, findings }
}
