// Writes what the visit has chosen into the page's address; no step is added to the history. On a phone a change of page closes the menu.
// data: page (its name: after a change of page the address is bare), names (of all that may stand there), chosen {name: value}
let page = null

export default function ({ data: [data] }) {
  if (page !== null && page !== data.page && innerWidth <= 640) // it covers what it was opened for
    document.querySelector("[data-testid=stSidebar]:not([data-collapsed=true]) [data-testid=stSidebarCollapseButton] button")?.click()
  page = data.page
  const address = new URL(location)
  for (const name of data.names) address.searchParams.delete(name)
  for (const [name, value] of Object.entries(data.chosen)) address.searchParams.set(name, value)
  if (address.href !== location.href) history.replaceState(history.state, "", address)
}
