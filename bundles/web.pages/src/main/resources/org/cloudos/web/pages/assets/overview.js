// How the system is: graphs, health, room, doors.
import { h, fill, tag, panel, table, choice } from './dom.js'
import { get } from './api.js'
import { chart } from './chart.js'
import { bytes, rate, percent, span, time, ago } from './format.js'

const REAL = 'device!~"lo|veth.*|docker.*|br-.*"'
const DISKS = 'device!~"loop.*|ram.*|zram.*|dm-.*"'
const cards = [
  { title: 'Processor', max: 100, format: percent, lines: [['busy', '100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[1m])))']] },
  { title: 'Memory', base: 1024, format: bytes, total: 'node_memory_mem_total_bytes', lines: [['used', 'node_memory_mem_total_bytes - node_memory_mem_available_bytes']] },
  { title: 'Disk', base: 1024, format: rate, lines: [['written', `sum(rate(node_disk_written_bytes_total{${DISKS}}[1m]))`], ['read', `sum(rate(node_disk_read_bytes_total{${DISKS}}[1m]))`]] },
  { title: 'Network', base: 1024, format: rate, lines: [['received', `sum(rate(node_network_receive_bytes_total{${REAL}}[1m]))`], ['sent', `sum(rate(node_network_transmit_bytes_total{${REAL}}[1m]))`]] },
]
const ranges = [[15, '15 min'], [60, '1 h'], [360, '6 h'], [1440, '24 h']]
let minutes

export default async function overview(main, there) {
  const graphs = h('div'), rest = h('div'), head = h('div'), alerts = h('div')
  main.append(head, alerts, graphs, rest)
  minutes ??= await covered(there)
  const draw = async () => {
    const [data, disks] = await Promise.all([get('overview'), fileSystems(there), drawGraphs(graphs, there, () => draw())])
    fill(head, h('div', { class: 'top' }, h('div', {}, h('h1', {}, data.host || 'CloudOS'),
      h('p', {}, `${data.profile} ${data.version} · up ${span(data.uptime)} · Linux ${data.kernel} · ${data.processors} ${data.processors === 1 ? 'processor' : 'processors'}`)),
    there.history?.available ? choice('Time', ranges, minutes, m => { minutes = m; draw() }) : null))
    fill(rest, h('div', { class: 'split' }, h('div', {}, subsystems(data)), h('div', {}, room(disks), doors(data), boot(data))))
    fill(alerts, await firing(there), data.ready ? null : h('div', { class: 'note warn' }, h('strong', {}, 'Not ready. '), data.missing.join(' ')))
  }
  await draw()
  const timer = setInterval(() => document.hidden || draw().catch(() => {}), 10000)
  return () => clearInterval(timer)
}

/** The shortest time that has all that is kept. */
async function covered(there) {
  if (!there.history?.available) return 60
  const kept = (Date.now() - (await get('metrics/extent')).since) / 60000
  return (ranges.find(([m]) => m >= kept) ?? ranges.at(-1))[0]
}

async function drawGraphs(place, there) {
  if (!there.history?.available) {
    fill(place, h('div', { class: 'note' }, 'No graphs: the metrics’ history (org.cloudos.metrics.History) is not in this system.'))
    return
  }
  const to = Math.floor(Date.now() / 10000) * 10000, from = to - minutes * 60000
  const drawn = await Promise.all(cards.map(async card => {
    try {
      const found = await Promise.all(card.lines.map(([, q]) => get('metrics/range', { q, minutes, points: 240 })))
      const total = card.total ? (await get('metrics/now', { q: card.total }))[0]?.value : null
      return one(card, card.lines.map(([name], i) => ({ name, points: found[i][0]?.points ?? [] })), total, from, to)
    } catch (e) {
      return h('section', { class: 'card' }, h('h2', {}, card.title), h('p', { class: 'bad small' }, e.message))
    }
  }))
  fill(place, h('div', { class: 'cards' }, drawn))
}

function one(card, lines, total, from, to) {
  const now = lines.map(l => l.points.at(-1))
  return h('section', { class: 'card' }, h('header', {}, h('h2', {}, card.title),
    lines.length > 1 ? h('span', {}, lines.map((l, i) => h('span', { class: 'key' + (i ? ' second' : '') }, l.name))) : null),
  h('p', { class: 'now' }, now[0] == null ? '–' : card.format(now[0]),
    h('small', {}, total ? `of ${card.format(total)} · ${percent(100 * now[0] / total)}` : now[1] != null ? `${lines[0].name} · ${card.format(now[1])} ${lines[1].name}` : lines[0].name)),
  chart(lines, { from, to, max: card.max ?? total, base: card.base, format: card.format, label: card.title }))
}

async function fileSystems(there) {
  if (!there.history?.available) return []
  try {
    const [size, free] = await Promise.all(['node_filesystem_size_bytes', 'node_filesystem_avail_bytes'].map(q => get('metrics/now', { q })))
    const left = new Map(free.map(r => [r.labels.mountpoint, r.value]))
    const seen = new Set()
    return size.filter(r => r.value > 0 && r.labels.fstype !== 'erofs' && !/^\/(etc|proc|sys|dev|run|tmp)(\/|$)/.test(r.labels.mountpoint) && left.has(r.labels.mountpoint))
      .filter(r => { const key = r.labels.device + r.value + left.get(r.labels.mountpoint); return !seen.has(key) && seen.add(key) })
      .map(r => ({ at: r.labels.mountpoint, kind: r.labels.fstype, size: r.value, used: r.value - left.get(r.labels.mountpoint) }))
  } catch {
    return []
  }
}

function room(disks) {
  if (!disks.length) return null
  return panel('Room', null, table([
    { title: 'Mounted at', name: true, cell: d => [d.at, h('div', { class: 'sub' }, d.kind ?? '')] },
    { title: 'Used', nowrap: true, cell: d => {
      const part = d.used / d.size
      return [h('span', { class: 'meter' + (part > .95 ? ' bad' : part > .85 ? ' warn' : ''), 'aria-hidden': 'true' }, h('i', { style: { width: 100 * part + '%' } })), percent(100 * part)]
    } },
    { title: 'Size', num: true, nowrap: true, cell: d => bytes(d.size) },
  ], disks))
}

function subsystems(data) {
  const order = { FAILED: 0, BACKOFF: 1, WAITING: 2, STARTING: 3 }
  const rows = [...data.subsystems].sort((a, b) => (order[a.state] ?? 9) - (order[b.state] ?? 9) || a.name.localeCompare(b.name))
  const bad = rows.filter(r => r.state !== 'ACTIVE' || !['OK', 'UNKNOWN'].includes(r.health)).length
  return panel('Health', h('span', { class: bad ? 'warn small' : 'dim small' }, bad ? `${bad} of ${rows.length} need a look` : `all ${rows.length} subsystems are well`), table([
    { title: 'Subsystem', name: true, cell: r => [r.name, r.cause ? h('div', { class: 'sub' }, r.cause) : null] },
    { title: 'State', nowrap: true, cell: r => tag(r.state) },
    { title: 'Health', nowrap: true, cell: r => tag(r.health) },
    { title: 'Restarts', num: true, wide: true, cell: r => r.restarts || '' },
    { title: 'For', num: true, wide: true, nowrap: true, cell: r => span(Date.now() - r.since) },
  ], rows))
}

function doors(data) {
  return data.endpoints.length ? panel('Reached at', null, h('div', { class: 'body' }, h('dl', {}, data.endpoints.map(d => [
    h('dt', {}, d.name), h('dd', {}, h('span', { class: 'mono' }, d.address), d.note ? h('div', { class: 'dim small' }, d.note) : null)])))) : null
}

function boot(data) {
  const phases = data.boot
  if (!phases.length) return null
  const end = phases.at(-1).at || 1
  return panel('Start', h('span', { class: 'dim small' }, span(end)), h('div', { class: 'body' },
    h('div', { class: 'boot', 'aria-hidden': 'true' }, phases.map((p, i) => h('i', { style: { width: 100 * (p.at - (phases[i - 1]?.at ?? 0)) / end + '%' } }))),
    h('p', { class: 'small dim' }, phases.map(p => `${p.name} ${span(p.at)}`).join(' · '))))
}

async function firing(there) {
  if (!there.history?.available) return null
  try {
    return (await get('alerts')).filter(a => a.state !== 'RESOLVED').map(a => h('div', { class: 'note ' + (a.severity === 'CRITICAL' ? 'bad' : 'warn') },
      h('div', { class: 'row' }, h('span', {}, h('strong', {}, a.rule), ' ', a.summary), h('span', { class: 'small dim' }, a.silenced ? 'silenced' : a.state.toLowerCase(), ' ', ago(a.since)))))
  } catch {
    return null // no alerts in this system
  }
}
