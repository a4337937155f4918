// Requests to this server. Those that change something bring the session's token.

let token

async function session() {
  if (token === undefined) token = (await get('session')).csrf
  return token
}

async function answer(response) {
  if (response.status === 401) {
    location.assign('/login?next=' + encodeURIComponent(location.pathname))
    return new Promise(() => {})
  }
  const text = await response.text()
  let data
  try { data = JSON.parse(text) } catch { data = { error: `The server answered ${response.status} without an explanation.` } }
  if (!response.ok) throw new Error(data.error ?? response.statusText)
  return data
}

const address = (path, query) => '/console/api/' + path + (query ? '?' + new URLSearchParams(query) : '')

export async function get(path, query) {
  return answer(await fetch(address(path, query), { headers: { Accept: 'application/json' } }))
}

export async function post(path, query, body) {
  return answer(await send(path, query, body))
}

async function send(path, query, body) {
  return fetch(address(path, query), {
    method: 'POST', body, headers: { 'X-CSRF-Token': await session(), 'Content-Type': body instanceof Blob ? 'application/java-archive' : 'text/plain' },
  })
}

/** A request that answers with a JSON object a line, as it goes. */
export async function watch(path, query, body, each) {
  const response = await send(path, query, body)
  if (!response.ok || !response.headers.get('Content-Type')?.includes('ndjson')) { await answer(response); return }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop()
    lines.filter(Boolean).forEach(line => each(JSON.parse(line)))
  }
}

export async function leave() {
  await fetch('/logout', { method: 'POST', headers: { 'X-CSRF-Token': await session() } })
  location.assign('/login')
}

/** Server-sent events of any bundle's servlet. */
export const stream = (path, query) => new EventSource(path + '?' + new URLSearchParams(query))
