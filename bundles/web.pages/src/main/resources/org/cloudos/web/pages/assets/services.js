// Units: what runs, what failed, and what is done about it.
import { h, fill, tag, panel, table, choice, toast, drawer, ask } from './dom.js'
import { get, post } from './api.js'
import { bytes, span, time, ago, count } from './format.js'

const view = { by: '', down: false, show: 'services', filter: '' }
const kinds = [['services', 'Services'], ['failed', 'Failed'], ['all', 'All units']]

/** The state, with the type's own word where that says more. */
const word = u => !u.sub || u.sub === u.active || u.sub === 'dead' ? u.active : `${u.active} (${u.sub})`

export default async function services(main) {
  const list = h('div'), note = h('div')
  const search = h('input', { type: 'search', placeholder: 'Filter by name', ariaLabel: 'Filter by name', value: view.filter, oninput: () => { view.filter = search.value; draw() } })
  const tools = h('div', { class: 'row' })
  main.append(h('div', { class: 'top' }, h('div', {}, h('h1', {}, 'Services'), h('p', {}, 'Units from their files, as systemd describes them.')),
    h('div', { class: 'row' }, tools, search)), note, list)
  let data = { units: [], jobs: [] }
  const draw = () => {
    fill(tools, choice('Show', kinds, view.show, v => { view.show = v; draw() }))
    fill(note, data.jobs.length ? h('div', { class: 'note' }, data.jobs.map(j => h('div', {}, h('strong', {}, j.unit), ` ${j.type} ${j.state} for ${span(j.age)}`))) : null)
    fill(list, panel(`${shown(data.units).length} of ${data.units.length}`, h('button', { type: 'button', class: 'tiny', onclick: () => act('units/reload', {}, load, 'Unit files read again') }, 'Read files again'),
      table(columns(load), shown(data.units), view, 'No unit is like that.')))
  }
  const load = async () => { data = await get('units'); draw() }
  await load()
  const asked = new URLSearchParams(location.search).get('unit')
  if (asked) details(asked, load)
  const timer = setInterval(() => document.hidden || document.querySelector('dialog[open]') || load().catch(() => {}), 3000)
  return () => clearInterval(timer)
}

function shown(units) {
  const words = view.filter.toLowerCase()
  return units.filter(u => !words || (u.name + ' ' + u.description).toLowerCase().includes(words)).filter(u =>
    view.show === 'all' || (view.show === 'failed' ? u.active === 'failed' : /\.(service|socket|timer)$/.test(u.name) && u.load !== 'not-found'))
}

function columns(load) {
  return [
    { title: 'Unit', name: true, sort: u => u.name, cell: u => [h('button', { type: 'button', class: 'open', 'data-key': u.name, onclick: () => details(u.name, load) }, u.name), h('div', { class: 'sub' }, u.description === u.name ? '' : u.description)] },
    { title: 'State', nowrap: true, sort: u => u.active, cell: u => [tag(u.active, word(u)), u.result && u.result !== 'success' ? h('div', { class: 'sub' }, u.result) : null] },
    { title: 'Boot', wide: true, sort: u => u.enabled, cell: u => h('span', { class: 'dim' }, u.enabled) },
    { title: 'Since', num: true, wide: true, nowrap: true, sort: u => u.since ?? 0, cell: u => u.since ? span(Date.now() - u.since) : '' },
    { title: 'Memory', num: true, nowrap: true, sort: u => u.memory, cell: u => u.memory >= 0 && u.active === 'active' ? bytes(u.memory) : '' },
    { title: 'Restarts', num: true, wide: true, sort: u => u.restarts, cell: u => u.restarts || '' },
    { title: '', num: true, nowrap: true, cell: u => buttons(u, load) },
  ]
}

function buttons(u, load) {
  if (!/\.(service|socket|timer|path|mount|target)$/.test(u.name) || u.load === 'not-found' || u.load === 'masked') return null
  const button = (action, text) => h('button', { type: 'button', class: 'tiny', 'data-key': action + u.name, ariaLabel: `${text} ${u.name}`, onclick: () => run(action, u.name, load) }, text)
  if (u.active === 'inactive' || u.active === 'failed') return button('START', 'Start')
  return u.name.endsWith('.service') ? h('span', { class: 'row', style: { justifyContent: 'flex-end', flexWrap: 'nowrap' } }, button('RESTART', 'Restart'), button('STOP', 'Stop')) : button('STOP', 'Stop')
}

async function run(action, name, load) {
  if (action === 'STOP' && !await ask(`Stop ${name}?`, 'What needs it stops too. It stays stopped until somebody or the next boot starts it.', 'Stop', true)) return
  await act('units/run', { action, name }, load)
  setTimeout(load, 700)
}

async function act(path, query, load, done) {
  try {
    await post(path, query)
    if (done) toast(done)
  } catch (e) {
    toast(e.message, true)
  }
  await load()
}

async function details(name, load) {
  try {
    const { details: d, files, requires } = await get('units/details', { name })
    const u = d.status
    const node = drawer(u.name, u.description === u.name ? '' : u.description,
      h('section', {}, h('div', { class: 'row', style: { justifyContent: 'space-between', marginBottom: '.9rem' } }, tag(u.active, word(u)),
        h('span', { class: 'row' }, buttons(u, async () => { node.close(); await load() }), u.active === 'failed' ? h('button', { type: 'button', class: 'tiny', onclick: () => act('units/reset', { name }, load, 'Failure forgotten').then(() => node.close()) }, 'Forget failure') : null,
          h('a', { class: 'button tiny', href: '/console/logs?q=' + encodeURIComponent('unit=' + u.name), onclick: () => node.close() }, 'Logs'))), facts(u, d)),
      d.findings.length ? h('section', {}, h('h3', {}, 'Not done as the file says'), d.findings.map(f => h('div', { class: 'problem small' }, tag(f.severity === 'error' ? 'FAILED' : f.severity === 'unprotected' ? 'WARN' : '', f.severity), ' ',
        h('strong', {}, f.key ? f.key + '= ' : ''), f.message, h('div', { class: 'dim mono' }, f.file + (f.line ? ':' + f.line : ''))))) : null,
      d.output.length ? h('section', {}, h('h3', {}, 'Last output'), h('pre', {}, d.output.join('\n'))) : null,
      d.processes.length ? h('section', {}, h('h3', {}, 'Processes'), table([{ title: 'Pid', num: true, cell: p => p.pid }, { title: '', cell: p => h('span', { class: 'dim' }, p.role) }, { title: 'Command', cell: p => h('span', { class: 'mono' }, p.command) }], d.processes)) : null,
      d.endpoints.length ? h('section', {}, h('h3', {}, 'Listens on'), table([{ title: 'Protocol', cell: e => e.protocol }, { title: 'Address', cell: e => h('span', { class: 'mono' }, e.address + (e.port ? ':' + e.port : '')) }, { title: 'Health', cell: e => tag(e.health) }], d.endpoints)) : null,
      requires.length ? h('section', {}, h('details', {}, h('summary', {}, `Needs ${requires.length} ${requires.length === 1 ? 'unit' : 'units'}`), h('div', { class: 'tree' }, requires.map(r => '  '.repeat(r.depth - 1) + `${r.unit}  ${r.kind.toLowerCase()}, ${r.active}`).join('\n')))) : null,
      files.map(f => h('section', {}, h('details', {}, h('summary', { class: 'mono' }, f.path || 'built in'), h('pre', {}, f.text)))))
  } catch (e) {
    toast(e.message, true)
  }
}

function facts(u, d) {
  const rows = [['Since', u.since && `${time(u.since, true)} (${ago(u.since)})`], ['Main process', u.pid || null], ['Memory', u.memory >= 0 ? bytes(u.memory) : null],
    ['Tasks', u.tasks >= 0 ? count(u.tasks) : null], ['Processor', d.cpu != null ? span(d.cpu) : null], ['Restarts', u.restarts || null], ['At boot', u.enabled],
    ['Result', u.result], ['Last failure', d.lastFailure && `${time(d.lastFailure.at, true)}: ${d.lastFailure.result}, ${d.lastFailure.detail}`], ['File', d.path], ['Drop-ins', d.dropIns.join(', ')],
    ...Object.entries(d.properties)]
  return h('dl', {}, rows.filter(([, v]) => v != null && v !== '' && v !== false).map(([k, v]) => [h('dt', {}, k), h('dd', {}, String(v))]))
}
