// The journal: found by a query, followed as it is written.
import { h, fill, panel, choice, toast, drawer, table } from './dom.js'
import { get, post, stream } from './api.js'
import { bytes, count } from './format.js'

const KEPT = 3000
const view = { level: 'info', live: true, query: '' }
const levels = [['debug', 'All'], ['info', 'Info'], ['warn', 'Warnings'], ['error', 'Errors']]

/** Said by the line itself, or by what it shows under the pointer. */
const quiet = new Set(['unit', 'source', 'pid', 'stream', 'severity', 'facility', 'host'])

export default async function logs(main) {
  view.query = new URLSearchParams(location.search).get('q') ?? view.query
  const box = h('div', { class: 'log', tabIndex: 0, role: 'log', ariaLabel: 'Records' }), state = h('span', { class: 'dim small', role: 'status' }), wrong = h('p', { class: 'bad small' })
  const input = h('input', { type: 'search', value: view.query, placeholder: 'level>=warn and bundle=fs.* since 10m', ariaLabel: 'Query', spellcheck: false, style: { flex: '1 1 20rem' }, onchange: () => begin(), onkeydown: e => e.key === 'Enter' && begin() })
  const tools = h('div', { class: 'row' }), facts = h('p')
  main.append(h('div', { class: 'top' }, h('div', {}, h('h1', {}, 'Logs'), facts), h('div', { class: 'row' }, h('button', { type: 'button', onclick: showLevels }, 'Levels'))),
    h('div', { class: 'row', style: { marginBottom: '.75rem' } }, input, tools), wrong, panel('Records', state, box))
  get('logs/status').then(s => { facts.textContent = `${bytes(s.bytes)} in ${s.files} ${s.files === 1 ? 'file' : 'files'}` + (s.rawBytes > s.bytes ? `, ${bytes(s.rawBytes)} before compression` : '') + (s.lost ? `, ${count(s.lost)} lost` : '') + (s.trouble ? '. ' + s.trouble : '') }).catch(() => {})
  let source, asked = 0
  const query = () => [view.level === 'debug' ? '' : 'level>=' + view.level, view.query.trim() && (view.level === 'debug' ? view.query : '(' + view.query + ')')].filter(Boolean).join(' and ').replace(/\((.*?)\s+(since|until)\s+(\S+)\)/, '($1) $2 $3')
  const bottom = () => box.scrollHeight - box.scrollTop - box.clientHeight < 40
  const add = (entries, stay) => {
    box.querySelector('.empty')?.remove()
    box.append(...entries.map(line))
    while (box.childElementCount > KEPT) box.firstElementChild.remove()
    if (stay) box.scrollTop = box.scrollHeight
  }
  async function begin() {
    view.query = input.value
    const mine = ++asked
    source?.close()
    fill(tools, choice('Level', levels, view.level, v => { view.level = v; begin() }), choice('Follow', [[true, 'Live'], [false, 'Paused']], view.live, v => { view.live = v; begin() }))
    history.replaceState(null, '', view.query ? '?q=' + encodeURIComponent(view.query) : location.pathname)
    try {
      const found = await get('logs', { q: query(), limit: 500 })
      if (mine !== asked) return
      wrong.textContent = ''
      fill(box, found.entries.length ? null : h('p', { class: 'empty' }, 'No record is like that.'))
      add(found.entries, true)
      state.textContent = found.more ? 'the newest 500' : `${found.entries.length} found`
      if (view.live) follow(found.newest, found.entries.length, mine)
    } catch (e) {
      wrong.textContent = e.message
    }
  }
  function follow(after, number, mine) {
    source = stream('/logs/stream', { q: query(), after })
    let waiting = []
    const flush = () => { const batch = waiting; waiting = []; add(batch, bottom()); number += batch.length; state.textContent = `live · ${number} shown` }
    source.onopen = () => { if (mine === asked) state.textContent = `live · ${number} shown` }
    source.onmessage = e => { waiting.push(JSON.parse(e.data)); if (waiting.length === 1) requestAnimationFrame(flush) }
    source.addEventListener('missed', e => { state.textContent = `live · ${e.data} missed` })
    source.onerror = () => { state.textContent = 'not connected; trying again' }
  }
  await begin()
  return () => { asked++; source?.close() }
}

function line(e) {
  const extra = e.values ? Object.entries(e.values).filter(([k]) => !quiet.has(k)).map(([k, v]) => `${k}=${v}`).join('  ') : ''
  const node = h('div', { class: 'line ' + e.level, title: `${e.time}  ${e.logger ?? ''}  ${e.thread ?? ''}${e.trace ? '  trace ' + e.trace : ''}${Object.entries(e.values ?? {}).map(([k, v]) => `  ${k}=${v}`).join('')}` },
    h('span', { class: 'at' }, local(e.time)), h('span', { class: 'level' }, e.level), h('span', { class: 'from' }, (e.values?.unit ?? e.bundle ?? e.logger ?? '').replace(/^org\.cloudos\./, '')),
    h('span', { class: 'text' }, e.message), extra ? h('span', { class: 'more' }, extra) : null)
  if (e.exception) {
    const [first] = e.exception.split('\n')
    node.append(h('details', { class: 'more' }, h('summary', {}, first), h('span', {}, e.exception.slice(first.length + 1))))
  }
  return node
}

function local(iso) {
  const at = new Date(iso), two = n => String(n).padStart(2, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return at.toDateString() === new Date().toDateString() ? clock : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock.slice(0, 8)}`
}

async function showLevels() {
  const place = h('section')
  const set = async (name, level) => { try { draw(await post('logs/levels', { name, level })) } catch (e) { toast(e.message, true) } }
  const choose = (name, level) => h('select', { ariaLabel: 'Level of ' + name, onchange: e => set(name, e.target.value) }, ['', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].map(l => h('option', { value: l, selected: l === level }, l || 'as configured')))
  const name = h('input', { placeholder: 'bundle or logger', ariaLabel: 'Bundle or logger' }), level = h('select', { ariaLabel: 'Level' }, ['DEBUG', 'TRACE', 'INFO', 'WARN', 'ERROR'].map(l => h('option', {}, l)))
  const draw = rules => fill(place, table([{ title: 'Bundle or logger', name: true, cell: r => r.name }, { title: 'Level', cell: r => choose(r.name, r.level) }, { title: '', cell: r => h('span', { class: 'dim' }, r.origin) }], rules))
  try {
    draw(await get('logs/levels'))
    drawer('Levels', 'The least that is written. What is set here is gone after a restart.', place, h('section', {}, h('form', { class: 'row', onsubmit: e => { e.preventDefault(); if (name.value.trim()) set(name.value.trim(), level.value) } }, name, level, h('button', {}, 'Set'))))
  } catch (e) {
    toast(e.message, true)
  }
}
