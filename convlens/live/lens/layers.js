// Every layer of the networks that are shown, and one of them larger.
// me: what lens.js keeps; chosen(name): says that a layer was chosen by a click
function layersOf($, me, data, chosen) {
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
    chosen(name) // it is chosen on the other pages, too
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
      if (me.follows) { me.follows = false; requestAnimationFrame(() => box.scrollIntoView({ block: "nearest", behavior: me.from.me.drifts ? "smooth" : "auto" })) }
      told.dataset.said = `${sheet.layer.name} of ${run.network.title}: ${sheet.rows > 1 ? "map" : "unit"} ${sheet.strongest} answers most; ${show(sheet.low)} to ${show(sheet.top)}${span}.`
    })
  }
  return { sheets, enlarge }
}
