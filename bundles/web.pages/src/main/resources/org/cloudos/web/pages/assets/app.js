// The frame around the pages: navigation, and which page is shown.
import { h, s, fill, toast } from './dom.js'
import { get, leave } from './api.js'

const icons = {
  overview: 'M3 12h4l3-8 4 16 3-8h4', services: 'M4 6h16M4 12h16M4 18h16M8 4v4M16 10v4M10 16v4',
  bundles: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9', logs: 'M5 4h14v16H5zM8.5 9h7M8.5 12.5h7M8.5 16h4',
  configuration: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M7 14.5v5', framework: 'M9 4H5v16h4M15 4h4v16h-4',
}
const pages = [['overview', 'Overview'], ['services', 'Services'], ['bundles', 'Bundles'], ['logs', 'Logs'], ['configuration', 'Configuration'], ['framework', 'Framework']]
const main = document.getElementById('main')
let there = {}
let close = () => {}

function icon(id) {
  return s('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: icons[id] }))
}

function current() {
  return location.pathname.replace(/^\/console\/?/, '') || 'overview'
}

function nav() {
  fill(document.getElementById('nav'), pages.filter(([id]) => id !== 'framework' || there.framework?.available).map(([id, title]) => h('a', {
    href: id === 'framework' ? '/system/console/bundles' : '/console/' + (id === 'overview' ? '' : id), 'data-key': id,
    class: there[id]?.available ? '' : 'absent', 'aria-current': id === current() ? 'page' : null,
  }, icon(id), title)))
}

/** Draws the page that the address names. */
async function show() {
  close()
  close = () => {}
  const id = current()
  const [, title] = pages.find(p => p[0] === id) ?? [id, 'Not found']
  document.title = title + ' · CloudOS'
  nav()
  document.querySelector('#nav [aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) // on narrow screens
  if (!pages.some(p => p[0] === id)) {
    fill(main, absence('There is no page of this name.', h('a', { href: '/console/' }, 'To the overview')))
    return
  }
  if (!there[id]?.available) {
    fill(main, absence(`${title} is not in this system.`, h('p', {}, 'No bundle offers the service ', h('span', { class: 'mono' }, there[id]?.service), '. A profile that requires one has this page.')))
    return
  }
  try {
    const { default: page } = await import(`./${id}.js`)
    if (id !== current()) return
    fill(main)
    close = await page(main, there) ?? (() => {})
  } catch (e) {
    fill(main, absence('This page can’t be shown.', h('p', {}, e.message), h('button', { type: 'button', onclick: show }, 'Try again')))
  }
}

function absence(title, ...more) {
  return h('div', { class: 'absence' }, h('h1', {}, title), more)
}

document.addEventListener('click', e => {
  const link = e.target.closest?.('a[href^="/console"]')
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return
  e.preventDefault()
  if (link.pathname !== location.pathname || link.search !== location.search) history.pushState(null, '', link.href)
  show().then(() => main.focus({ preventScroll: true }))
  scrollTo(0, 0)
})
addEventListener('popstate', show)
document.getElementById('logout').addEventListener('click', () => leave().catch(e => toast(e.message, true)))

/** Pages come and go with their services; the frame tells how the system is. */
async function look() {
  try {
    const [list, overview] = await Promise.all([get('pages'), get('overview')])
    const before = there[current()]?.available
    there = Object.fromEntries(list.map(p => [p.id, p]))
    document.getElementById('host').textContent = overview.host || 'CloudOS'
    document.getElementById('state').textContent = overview.ready ? 'Ready' : 'Starting'
    nav()
    if (before !== undefined && before !== there[current()]?.available) show()
  } catch {
    document.getElementById('state').textContent = 'No answer'
  }
}

await look()
setInterval(() => document.hidden || look(), 10000)
show()
