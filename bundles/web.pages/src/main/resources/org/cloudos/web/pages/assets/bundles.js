// Bundles, and what changes them in the running system.
import { h, fill, tag, panel, table, toast, drawer, ask } from './dom.js'
import { get, watch } from './api.js'
import { span, time } from './format.js'

const view = { by: 'Bundle', down: false, filter: '' }

export default async function bundles(main) {
  const list = h('div'), history = h('div'), deploy = h('div')
  const search = h('input', { type: 'search', placeholder: 'Filter by name', ariaLabel: 'Filter by name', value: view.filter, oninput: () => { view.filter = search.value; draw() } })
  main.append(h('div', { class: 'top' }, h('div', {}, h('h1', {}, 'Bundles'), h('p', {}, 'A change is a transaction: checked, put on trial, and taken back when it is not healthy.')), search), deploy, list, history)
  let rows = [], changes = []
  const draw = () => {
    const shown = rows.filter(r => !view.filter || (r.name + ' ' + r.subsystem).toLowerCase().includes(view.filter.toLowerCase()))
    fill(list, panel(`${shown.length} of ${rows.length} bundles`, null, table(columns(load), shown, view, 'No bundle is called like that.')))
    fill(history, panel('Changes', h('span', { class: 'dim small' }, changes.length ? `${changes.length} on record` : ''), table(past, changes.slice(0, 50), {}, 'No bundle was put in, swapped or taken back yet.')))
  }
  const load = async () => { [rows, changes] = await Promise.all([get('bundles'), get('bundles/history')]); draw() }
  fill(deploy, dropPlace(load))
  await load()
  const timer = setInterval(() => document.hidden || load().catch(() => {}), 5000)
  return () => clearInterval(timer)
}

function columns(load) {
  return [
    { title: 'Id', num: true, wide: true, sort: r => r.id, cell: r => h('span', { class: 'dim' }, r.id) },
    { title: 'Bundle', name: true, sort: r => r.name, cell: r => [r.name, r.cause ? h('div', { class: 'sub' }, r.cause) : null] },
    { title: 'Version', nowrap: true, cell: r => r.version },
    { title: 'State', nowrap: true, sort: r => r.state, cell: r => tag(r.state) },
    { title: 'Subsystem', wide: true, sort: r => r.subsystem, cell: r => r.subsystem ? [r.subsystem, ' ', r.health && r.health !== 'OK' ? tag(r.health) : null] : '' },
    { title: 'From', wide: true, sort: r => r.origin, cell: r => h('span', { class: r.origin === 'deployed' ? '' : 'dim' }, r.origin) },
    { title: '', num: true, nowrap: true, cell: r => r.origin === 'deployed' ? h('button', { type: 'button', class: 'tiny', ariaLabel: 'Roll back ' + r.name, onclick: () => back(r, load) }, 'Roll back') : null },
  ]
}

const past = [
  { title: 'No.', num: true, cell: c => h('span', { class: 'dim' }, c.number) },
  { title: 'When', nowrap: true, cell: c => time(c.at) },
  { title: 'Outcome', nowrap: true, cell: c => tag(c.outcome) },
  { title: 'Bundles', cell: c => [c.bundles.map(b => h('div', {}, h('strong', {}, b.symbolicName), ' ', [b.from, b.to || 'removed'].filter(Boolean).join(' → '))), c.reason ? h('div', { class: 'sub' }, c.reason) : null] },
  { title: 'Longest stall', num: true, wide: true, nowrap: true, cell: c => span(c.stall) },
  { title: 'Calls held', num: true, wide: true, cell: c => c.callsHeld },
  { title: 'Failed', num: true, wide: true, cell: c => c.callsFailed },
]

async function back(row, load) {
  if (await ask(`Roll ${row.name} back?`, `The version before ${row.version} comes back; a bundle that was only put in is removed.`, 'Roll back')) {
    await follow(`Rolling ${row.name} back`, 'bundles/rollback', { name: row.name, trial: 5 }, null, load)
  }
}

function dropPlace(load) {
  const file = h('input', { type: 'file', accept: '.jar', hidden: true, ariaLabel: 'Jar', onchange: () => { if (file.files[0]) send(file.files[0], trial.value, load); file.value = '' } })
  const trial = h('select', { ariaLabel: 'Trial' }, [[0, 'no trial'], [5, '5 s trial'], [30, '30 s trial'], [300, '5 min trial']].map(([v, t]) => h('option', { value: v, selected: v === 5 }, t)))
  const place = h('div', { class: 'drop' }, 'Drop a jar here to put it in or to swap the bundle of its name, or ',
    h('button', { type: 'button', onclick: () => file.click() }, 'Choose a jar'), ' with ', trial, file)
  const over = on => e => { e.preventDefault(); place.classList.toggle('over', on) }
  place.addEventListener('dragover', over(true))
  place.addEventListener('dragleave', over(false))
  place.addEventListener('drop', e => { over(false)(e); if (e.dataTransfer.files[0]) send(e.dataTransfer.files[0], trial.value, load) })
  return h('section', { class: 'panel' }, h('div', { class: 'body' }, place))
}

async function send(file, trial, load) {
  if (file.size > 128 * 1024 * 1024) { toast(`${file.name} is too large: expected at most 128 MiB.`, true); return }
  await follow('Deploying ' + file.name, 'bundles/upload', { name: file.name, trial }, file, load)
}

/** Shows each step as the server tells it. */
async function follow(title, path, query, body, load) {
  const steps = h('ol', { class: 'steps', 'aria-live': 'polite' }), end = h('div')
  const node = drawer(title, '', h('section', {}, steps, end))
  try {
    await watch(path, query, body, line => {
      if (line.step) steps.append(h('li', {}, line.step))
      if (line.change || line.error) fill(end, outcome(line))
    })
  } catch (e) {
    fill(end, h('div', { class: 'note bad', style: { marginTop: '1rem' } }, e instanceof TypeError ? 'The connection broke; the change goes on. The list below shows how it ended.' : e.message))
  }
  await load().catch(() => {})
  return node
}

function outcome({ change, error }) {
  return h('div', { class: 'note ' + (error ? 'bad' : ''), style: { marginTop: '1rem', whiteSpace: 'pre-line' } }, error ? error
    : `Change ${change.number} ${change.outcome.toLowerCase().replace('_', ' ')}: longest stall ${span(change.stall)}, ${change.callsHeld} calls held, ${change.callsFailed} failed.`)
}
