// Elements from data. Text is always set as text: nothing that somebody logged or named becomes a page.

/** h('a', {href, class, onclick, ariaLabel, hidden ...}, children): an element. Children are nodes, text, lists, or nothing. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag)
  set(node, props)
  append(node, children)
  return node
}

/** The same for SVG. */
export function s(tag, props, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(props ?? {})) node.setAttribute(name, value)
  append(node, children)
  return node
}

function set(node, props) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else if (name === 'class') node.className = value
    else if (name === 'style') Object.assign(node.style, value)
    else if (name in node && name !== 'list' && name !== 'form') node[name] = value
    else node.setAttribute(name, value === true ? '' : value)
  }
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child != null && child !== false) node.append(child instanceof Node ? child : String(child))
  }
}

/** Takes the place of all that is in a node; what had the focus keeps it, by its id or its label. */
export function fill(node, ...children) {
  const active = node.contains(document.activeElement) ? document.activeElement : null
  const key = active && (active.id || active.dataset.key)
  node.replaceChildren()
  append(node, children)
  if (key) (node.querySelector('#' + CSS.escape(key)) ?? node.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus()
}

const state = {
  ACTIVE: 'good', OK: 'good', active: 'good', COMMITTED: 'good', APPLIED: 'good', RUNNING: 'good', FRAGMENT: 'good',
  WARN: 'warn', WAITING: 'warn', BACKOFF: 'warn', RESOLVED: 'warn', INSTALLED: 'warn', TAKEN_BACK: 'warn', PENDING: 'warn', WARNING: 'warn', ON_TRIAL: 'busy',
  STARTING: 'busy', STOPPING: 'busy', activating: 'busy', deactivating: 'busy', reloading: 'busy',
  FAILED: 'bad', CRITICAL: 'bad', failed: 'bad', REFUSED: 'bad', FIRING: 'bad', ERROR: 'bad',
}

/** A state as a mark and a word. */
export function tag(word, text) {
  return h('span', { class: 'tag ' + (state[word] ?? '') }, text ?? word.toLowerCase().replaceAll('_', ' '))
}

/** A panel with a heading. */
export function panel(title, tools, ...body) {
  return h('section', { class: 'panel' }, h('header', {}, h('h2', {}, title), h('div', { class: 'row' }, tools)), ...body)
}

/**
 * A table. Columns: {title, cell(row), num, wide, sort(row)}. Sorted by a click on a column's title.
 * @param view keeps the order from one drawing to the next
 */
export function table(columns, rows, view = {}, empty = 'Nothing here.') {
  if (!rows.length) return h('p', { class: 'empty' }, empty)
  const by = columns.find(c => c.title === view.by)
  const sorted = by?.sort ? [...rows].sort((a, b) => compare(by.sort(a), by.sort(b)) * (view.down ? -1 : 1)) : rows
  const holder = h('div', { class: 'scroll' })
  const draw = () => fill(holder, ...table(columns, rows, view, empty).childNodes)
  const head = columns.map(c => h('th', { class: classes(c), scope: 'col', ariaSort: c.title === view.by ? (view.down ? 'descending' : 'ascending') : null },
    c.sort ? h('button', {
      type: 'button', 'data-key': 'sort ' + c.title, onclick: () => {
        view.down = view.by === c.title && !view.down
        view.by = c.title
        draw()
      },
    }, c.title, c.title === view.by ? (view.down ? ' ↓' : ' ↑') : '') : c.title))
  holder.append(h('table', {}, h('thead', {}, h('tr', {}, head)),
    h('tbody', {}, sorted.map(row => h('tr', {}, columns.map(c => h('td', { class: classes(c) }, c.cell(row))))))))
  return holder
}

const classes = c => [c.num && 'num', c.wide && 'wide', c.name && 'name', c.nowrap && 'nowrap'].filter(Boolean).join(' ')
const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))

/** Buttons of which one is pressed. */
export function choice(label, options, chosen, pick) {
  return h('div', { class: 'choice', role: 'group', ariaLabel: label }, options.map(([value, text]) => h('button', {
    type: 'button', ariaPressed: String(value === chosen), 'data-key': label + value, onclick: () => pick(value),
  }, text)))
}

/** A message that goes by itself. */
export function toast(text, bad) {
  const node = h('div', { class: 'toast' + (bad ? ' bad' : ''), onclick: () => node.remove() }, text)
  document.getElementById('toasts').append(node)
  setTimeout(() => node.remove(), bad ? 12000 : 5000)
}

/** Details at the side. Escape and the button close it. */
export function drawer(title, sub, ...sections) {
  const node = h('dialog', { class: 'drawer', 'aria-labelledby': 'drawer-title' },
    h('header', {}, h('div', {}, h('h1', { id: 'drawer-title' }, title), h('p', { class: 'dim' }, sub)),
      h('button', { type: 'button', ariaLabel: 'Close', onclick: () => node.close() }, 'Close')), ...sections)
  node.addEventListener('close', () => node.remove())
  node.addEventListener('click', e => e.target === node && node.close())
  document.body.append(node)
  node.showModal()
  return node
}

/** Asks before something happens. */
export function ask(title, text, verb, danger) {
  return new Promise(resolve => {
    const node = h('dialog', { class: 'box', 'aria-labelledby': 'ask' }, h('h2', { id: 'ask' }, title), h('p', { class: 'dim' }, text),
      h('div', { class: 'row' }, h('button', { type: 'button', onclick: () => node.close() }, 'Cancel'),
        h('button', { type: 'button', class: danger ? 'danger' : 'first', autofocus: true, onclick: () => node.close('yes') }, verb)))
    node.addEventListener('close', () => { resolve(node.returnValue === 'yes'); node.remove() })
    document.body.append(node)
    node.showModal()
  })
}
