import createClient from 'openapi-fetch'
import { errorFrom, networkError } from './errors'
import type { paths } from './schema'
import { csrfHeaders, renewSession } from './session'
import { currentSession } from './sharedSession'

const TIMEOUT_MS = 60_000
const OPEN_ROUTES = ['/auth/login/', '/auth/logout/', '/auth/token/']

function send(request: Request): Promise<Response> {
  const copy = request.clone()
  for (const [name, value] of Object.entries(csrfHeaders(copy.method)))
    copy.headers.set(name, value)
  const signal = AbortSignal.any([copy.signal, AbortSignal.timeout(TIMEOUT_MS)])
  return fetch(copy, { signal, credentials: 'same-origin' })
}

/** Sends with the CSRF token; on 401 renews the session once and sends again. */
export async function sessionFetch(request: Request): Promise<Response> {
  const seen = currentSession()
  const response = await send(request)
  const open = OPEN_ROUTES.some((route) => request.url.includes(route))
  if (response.status !== 401 || open) return response
  return (await renewSession(seen)) ? send(request) : response
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: sessionFetch })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a successful answer; every failure becomes an ApiError. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw networkError()
  }
  const { data, error, response } = answer
  if (!response.ok) throw errorFrom(response.status, error, response.headers.get('Retry-After'))
  return data as T
}
