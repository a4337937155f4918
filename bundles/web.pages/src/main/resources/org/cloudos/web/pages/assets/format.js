// Numbers and times for people.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export function bytes(n) {
  if (n == null || n < 0) return '–'
  let i = 0
  while (n >= 1024 && i < units.length - 1) { n /= 1024; i++ }
  return (i === 0 || n >= 100 ? Math.round(n) : parseFloat(n.toFixed(n >= 10 ? 1 : 2))) + ' ' + units[i]
}

export const rate = n => bytes(n) + '/s'
export const percent = n => n == null ? '–' : (n >= 10 || n === 0 ? Math.round(n) : n.toFixed(1)) + ' %'

/** Milliseconds as a length of time, its two greatest parts. */
export function span(ms) {
  if (ms == null) return '–'
  if (ms < 1000) return Math.round(ms) + ' ms'
  const parts = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]
  let seconds = Math.floor(ms / 1000)
  if (seconds < 10) return (ms / 1000).toFixed(1) + ' s'
  const out = []
  for (const [name, size] of parts) {
    if (seconds >= size || out.length) {
      if (Math.floor(seconds / size)) out.push(Math.floor(seconds / size) + ' ' + name)
      seconds %= size
      if (out.length === 2) break
    }
  }
  return out.slice(0, 2).join(' ')
}

const two = n => String(n).padStart(2, '0')

/** Milliseconds since the epoch as the time of day; with the day when it is another. */
export function time(ms, always) {
  if (ms == null) return '–'
  const at = new Date(ms)
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return !always && at.toDateString() === new Date().toDateString() ? clock : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`
}

export const clock = ms => { const at = new Date(ms); return `${two(at.getHours())}:${two(at.getMinutes())}` }
export const ago = ms => ms == null ? '–' : span(Math.max(0, Date.now() - ms)) + ' ago'
export const count = n => n == null || n < 0 ? '–' : n.toLocaleString('en')
