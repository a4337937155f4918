// Settings and where they come from; files checked while they are written; changes on trial.
import { h, fill, tag, panel, table, choice, toast, drawer, ask } from './dom.js'
import { get, post } from './api.js'
import { span, time } from './format.js'

const view = { by: 'Key', tab: 'settings', filter: '', set: true, file: 'machine.yaml' }
const tabs = [['settings', 'Settings'], ['files', 'Files'], ['history', 'History']]
const text = value => value == null ? 'not set' : Array.isArray(value) ? '[' + value.join(', ') + ']' : String(value)

export default async function configuration(main) {
  const note = h('div'), body = h('div'), tools = h('div', { class: 'row' })
  main.append(h('div', { class: 'top' }, h('div', {}, h('h1', {}, 'Configuration'), h('p', {}, 'One tree, merged from layers, checked as a whole before anything changes.')), tools), note, body)
  let data = {}
  const load = async () => { data = await get('config'); drawNote() }
  const drawNote = () => fill(note, trial(data.trial, show), data.problems?.length ? h('div', { class: 'note ' + (data.problems.some(p => p.severity === 'ERROR') ? 'bad' : 'warn') }, problems(data.problems)) : null)
  async function show() {
    await load()
    fill(tools, choice('View', tabs, view.tab, t => { view.tab = t; show() }))
    if (view.tab === 'settings') settings(body, data, show)
    else if (view.tab === 'files') await files(body, show)
    else await past(body, show)
  }
  await show()
  const timer = setInterval(() => document.hidden || load().catch(() => {}), 3000)
  return () => clearInterval(timer)
}

function trial(on, show) {
  if (!on) return null
  const act = path => async () => { try { await post(path); toast(path.endsWith('confirm') ? 'The change stays.' : 'The change was taken back.') } catch (e) { toast(e.message, true) } await show() }
  return h('div', { class: 'note warn' }, h('div', { class: 'row' }, h('span', {}, h('strong', {}, `Revision ${on.number} is on trial. `), `It goes back by itself in ${span(Math.max(0, on.deadline - Date.now()))} unless it is confirmed.`),
    h('span', { class: 'row' }, h('button', { type: 'button', class: 'first', 'data-key': 'confirm', onclick: act('config/confirm') }, 'Keep it'), h('button', { type: 'button', 'data-key': 'cancel', onclick: act('config/cancel') }, 'Take it back'))))
}

function problems(list) {
  return list.map(p => h('div', { class: 'problem small' }, tag(p.severity), ' ', h('strong', {}, p.key), p.key ? ': ' : '', p.message, p.file ? h('div', { class: 'dim mono' }, p.file + (p.line ? `:${p.line}:${p.column}` : '')) : null))
}

function differences(list) {
  return list.length ? h('div', { class: 'diff' }, list.flatMap(d => [h('span', {}, d.key), h('span', {}, h('span', { class: 'minus' }, text(d.before)), ' → ', h('span', { class: 'plus' }, text(d.after)))])) : h('p', { class: 'dim small' }, 'No setting would be another.')
}

function settings(body, data, show) {
  const place = h('div')
  const search = h('input', { type: 'search', placeholder: 'Filter by key or value', ariaLabel: 'Filter by key or value', value: view.filter, oninput: () => { view.filter = search.value; draw() } })
  const tools = h('div', { class: 'row' })
  const draw = () => {
    const words = view.filter.toLowerCase()
    const rows = data.settings.filter(s => (!view.set || s.layer !== 'DEFAULT') && (!words || (s.key + ' ' + text(s.value)).toLowerCase().includes(words)))
    fill(tools, choice('Which', [[true, 'Set'], [false, 'With defaults']], view.set, v => { view.set = v; draw() }))
    fill(place, table([
      { title: 'Key', name: true, sort: s => s.key, cell: s => h('button', { type: 'button', class: 'open', 'data-key': s.key, onclick: () => one(s.key, show) }, s.key) },
      { title: 'Value', cell: s => h('span', { class: 'value' }, text(s.value)) },
      { title: 'Layer', nowrap: true, sort: s => s.layer, cell: s => h('span', { class: s.layer === 'DEFAULT' ? 'dim' : '' }, s.layer.toLowerCase().replace('_', ' ')) },
      { title: 'From', wide: true, cell: s => h('span', { class: 'mono dim' }, s.layer === 'DEFAULT' ? '' : s.source) },
    ], rows, view, view.set && !words ? 'Everything has its default.' : 'No setting is like that.'))
  }
  fill(body, panel('Settings', [tools, search], place))
  draw()
}

/** One key: what it means, which layer won, and another value. */
async function one(key, show) {
  try {
    const e = await get('config/explain', { key })
    const input = h('input', { value: e.value == null ? '' : text(e.value), ariaLabel: 'Value', spellcheck: false, oninput: () => later() }), found = h('div', { 'aria-live': 'polite' })
    let timer
    const later = () => { clearTimeout(timer); timer = setTimeout(check, 250) }
    const check = async () => {
      try {
        const r = await post('config/check', { key: e.key }, input.value)
        fill(found, r.good ? differences(r.differences) : problems(r.problems))
      } catch (x) { fill(found, h('p', { class: 'bad small' }, x.message)) }
    }
    const change = async query => {
      try { const c = await post('config/change', { key: e.key, ...query }, input.value); toast(done(c)); node.close(); await show() } catch (x) { fill(found, h('p', { class: 'bad small', style: { whiteSpace: 'pre-line' } }, x.message)) }
    }
    const node = drawer(e.key, e.description, h('section', {}, h('form', { onsubmit: x => { x.preventDefault(); change({}) } }, h('label', { class: 'field' }, 'Value, as YAML writes it', input), h('div', { style: { margin: '.75rem 0' } }, found),
      h('div', { class: 'row' }, h('button', { class: 'first' }, 'Set'), h('button', { type: 'button', onclick: () => change({ trial: 60 }) }, 'Try for 60 s'), h('button', { type: 'button', onclick: () => change({ unset: true }) }, 'Unset')))),
    h('section', {}, h('dl', {}, [['Type', e.type + (e.required ? ', required' : '')], ['Allowed', e.allowed], ['Bundle', e.bundle], ['PID', e.pid]].filter(r => r[1]).map(([k, v]) => [h('dt', {}, k), h('dd', {}, v)]))),
    h('section', {}, h('h3', {}, 'Layers, the last one wins'), table([{ title: 'Layer', name: true, cell: l => l.source.layer.toLowerCase().replace('_', ' ') }, { title: 'Value', cell: l => h('span', { class: 'value' }, text(l.value)) }, { title: 'From', cell: l => h('span', { class: 'mono dim' }, l.source.name + (l.source.line ? `:${l.source.line}` : '')) }], e.layers, {}, 'No layer sets it.')))
  } catch (e) {
    toast(e.message, true)
  }
}

const done = c => `Revision ${c.number} ${c.outcome.toLowerCase().replace('_', ' ')}: ${c.differences.length} ${c.differences.length === 1 ? 'setting' : 'settings'}, ${span(c.took)}`

async function files(body, show) {
  const all = await get('config/files')
  const names = [...new Set(['machine.yaml', ...Object.keys(all)])].sort()
  if (!names.includes(view.file)) view.file = 'machine.yaml'
  const editor = h('textarea', { value: all[view.file] ?? '', spellcheck: false, ariaLabel: 'Text of ' + view.file, oninput: () => later() })
  const found = h('div', { 'aria-live': 'polite' }, h('p', { class: 'dim small' }, 'What is wrong and what would change stands here while you write.'))
  const save = h('button', { type: 'button', class: 'first', disabled: true, onclick: () => change({}) }, 'Apply'), attempt = h('button', { type: 'button', disabled: true, onclick: () => change({ trial: 60 }) }, 'Try for 60 s')
  let timer
  const later = () => { clearTimeout(timer); save.disabled = attempt.disabled = true; timer = setTimeout(check, 300) }
  const check = async () => {
    try {
      const r = await post('config/check', { file: view.file }, editor.value)
      save.disabled = attempt.disabled = !r.good
      fill(found, r.problems.length ? problems(r.problems) : null, r.good ? [h('h3', {}, 'Would change'), differences(r.differences)] : null)
    } catch (e) { fill(found, h('p', { class: 'bad small' }, e.message)) }
  }
  const change = async query => { try { toast(done(await post('config/change', { file: view.file, ...query }, editor.value))); await show() } catch (e) { fill(found, h('p', { class: 'bad small', style: { whiteSpace: 'pre-line' } }, e.message)) } }
  const pick = h('select', { ariaLabel: 'File', onchange: () => { view.file = pick.value; files(body, show) } }, names.map(n => h('option', { selected: n === view.file }, n)))
  const add = h('button', { type: 'button', class: 'tiny', onclick: () => { const name = prompt('Name of a new file below conf.d', '10-site'); if (name) { view.file = 'conf.d/' + name.replace(/\.yaml$/, '') + '.yaml'; all[view.file] ??= ''; pick.append(h('option', { selected: true }, view.file)); editor.value = all[view.file] } } }, 'New file')
  fill(body, panel('Files', [pick, add], h('div', { class: 'editor' }, h('div', {}, editor, h('div', { class: 'row', style: { marginTop: '.75rem' } }, save, attempt)), h('aside', {}, found))))
}

async function past(body, show) {
  const list = await get('config/history')
  const back = async c => { if (await ask(`Back to revision ${c.number}?`, 'Its files come back as a new revision.', 'Roll back')) { try { toast(done(await post('config/rollback', { revision: c.number }))) } catch (e) { toast(e.message, true) } await show() } }
  fill(body, panel('Changes', null, table([
    { title: 'Revision', num: true, cell: c => c.number }, { title: 'When', nowrap: true, cell: c => time(c.at) }, { title: 'Kind', cell: c => c.kind.toLowerCase() },
    { title: 'Outcome', nowrap: true, cell: c => tag(c.outcome) }, { title: 'By', wide: true, cell: c => h('span', { class: 'dim' }, c.by) },
    { title: 'Settings', cell: c => c.differences.length ? h('details', {}, h('summary', {}, `${c.differences.length} changed`), differences(c.differences)) : h('span', { class: 'dim' }, c.reason || 'none') },
    { title: 'Took', num: true, wide: true, nowrap: true, cell: c => span(c.took) },
    { title: '', num: true, cell: (c) => h('button', { type: 'button', class: 'tiny', ariaLabel: `Back to revision ${c.number}`, onclick: () => back(c) }, 'Back to it') },
  ], list, {}, 'No change yet.')))
}
