// A graph over time, drawn as SVG: one or two lines, a grid, and what a moment was under the pointer.
import { h, s } from './dom.js'
import { clock, time } from './format.js'

const TOP = 8, BOTTOM = 20, LEFT = 0, RIGHT = 60

/** A round number at or above the greatest value, with how many steps it has. */
function scale(greatest, base) {
  greatest = Math.max(greatest, base === 1024 ? 1024 : 1e-9)
  const unit = base === 1024 ? 1024 ** Math.floor(Math.log(greatest) / Math.log(1024)) : 1
  const power = 10 ** Math.floor(Math.log10(greatest / unit))
  for (const [step, parts] of [[1, 2], [2, 2], [3, 3], [4, 2], [5, 2], [6, 3], [8, 2], [10, 2]]) {
    if (step * power * unit >= greatest) return [step * power * unit, parts]
  }
  return [greatest, 2]
}

/** Where the time has its marks. */
function marks(from, to) {
  const step = [1, 5, 10, 15, 30, 60, 120, 240, 360].map(m => m * 60000).find(m => (to - from) / m <= 5.5) ?? 480 * 60000
  const list = []
  for (let t = Math.ceil(from / step) * step; t < to; t += step) list.push(t)
  return list
}

/**
 * @param series [{name, points: [time, value, ...]}] of which the second is drawn quieter
 * @param options {from, to, max, base, format, label}
 */
export function chart(series, { from, to, max, base, format, label }) {
  const box = h('div', { class: 'chart' })
  const points = series.map(x => pairs(x?.points ?? []))
  if (!points.some(p => p.length)) {
    box.append(h('div', { class: 'none' }, 'Nothing recorded in this time.'))
    return box
  }
  const draw = () => {
    const width = box.clientWidth, height = box.clientHeight
    if (!width) return
    const [top, parts] = max ? [max, 2] : scale(Math.max(...points.flat().map(p => p[1])), base)
    const x = t => LEFT + (t - from) / (to - from) * (width - LEFT - RIGHT)
    const y = v => height - BOTTOM - v / top * (height - TOP - BOTTOM)
    const cross = s('line', { class: 'cross', y1: TOP, y2: height - BOTTOM, visibility: 'hidden' })
    const svg = s('svg', { role: 'img', 'aria-label': describe(label, series, points, format) },
      Array.from({ length: parts + 1 }, (_, i) => top * i / parts).map(v => [
        s('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(v), y2: y(v) }),
        s('text', { x: width - RIGHT + 8, y: y(v) + 3.5 }, format(v))]),
      marks(from, to).map(t => s('text', { x: x(t), y: height - 4, 'text-anchor': x(t) < 20 ? 'start' : 'middle' }, clock(t))),
      points.map((p, i) => runs(p).map(run => [
        i === 0 && s('path', { class: 'area', d: line(run, x, y) + `L${x(run.at(-1)[0])} ${y(0)}L${x(run[0][0])} ${y(0)}Z` }),
        s('path', { class: 'line' + (i ? ' second' : ''), d: line(run, x, y) })])).reverse(), cross)
    const tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' })
    svg.addEventListener('pointermove', e => {
      const t = from + (e.clientX - svg.getBoundingClientRect().left - LEFT) / (width - LEFT - RIGHT) * (to - from)
      const near = points.map(p => p.reduce((a, b) => !a || Math.abs(b[0] - t) < Math.abs(a[0] - t) ? b : a, null))
      if (!near[0] || t < from || t > to) return
      cross.setAttribute('x1', x(near[0][0]))
      cross.setAttribute('x2', x(near[0][0]))
      cross.setAttribute('visibility', 'visible')
      tip.hidden = false
      tip.textContent = time(near[0][0]) + '  ' + near.map((p, i) => p && (series.length > 1 ? series[i].name + ' ' : '') + format(p[1])).filter(Boolean).join('  ')
      tip.style.left = Math.max(0, Math.min(width - tip.offsetWidth, x(near[0][0]) - tip.offsetWidth / 2)) + 'px'
    })
    svg.addEventListener('pointerleave', () => { cross.setAttribute('visibility', 'hidden'); tip.hidden = true })
    box.replaceChildren(svg, tip)
  }
  new ResizeObserver(draw).observe(box)
  return box
}

const pairs = flat => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]).filter(p => p[1] != null)

/** Lines end where nothing was recorded. */
function runs(points) {
  if (points.length < 2) return points.length ? [points] : []
  const steps = points.slice(1).map((p, i) => p[0] - points[i][0]).sort((a, b) => a - b)
  const gap = 3.5 * steps[Math.floor(steps.length / 2)]
  const list = [[points[0]]]
  for (let i = 1; i < points.length; i++) {
    if (points[i][0] - points[i - 1][0] > gap) list.push([])
    list.at(-1).push(points[i])
  }
  return list
}

const line = (run, x, y) => run.map((p, i) => `${i ? 'L' : 'M'}${x(p[0]).toFixed(1)} ${y(p[1]).toFixed(1)}`).join('')

function describe(label, series, points, format) {
  return label + ': ' + points.map((p, i) => p.length ? `${series[i].name ?? ''} now ${format(p.at(-1)[1])}, least ${format(Math.min(...p.map(q => q[1])))}, most ${format(Math.max(...p.map(q => q[1])))}` : '').filter(Boolean).join('; ')
}
