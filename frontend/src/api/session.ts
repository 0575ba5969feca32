import { networkError } from './errors'
import { currentSession, noteEnd, noteRenewal } from './sharedSession'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const LOCK = 'recotem.session'
const TIMEOUT_MS = 30_000

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null
}

/** The header that Django asks for on writes of a cookie session. */
export function csrfHeaders(method: string): Record<string, string> {
  const token = SAFE.has(method.toUpperCase()) ? null : cookie('csrftoken')
  return token ? { 'X-CSRFToken': token } : {}
}

/** False when the session is over; throws when nobody could say. */
async function refresh(): Promise<boolean> {
  const response = await fetch(new URL('/api/v1/auth/token/refresh/', location.origin), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', ...csrfHeaders('POST') },
    body: '{}',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.ok) noteRenewal()
  else if ([401, 403].includes(response.status)) noteEnd()
  else throw networkError()
  return response.ok
}

/** One tab at a time: a refresh token that is used twice ends the session. Browsers have locks on
    https and for this machine; elsewhere each tab is on its own. */
async function alone(action: () => Promise<boolean>): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager | null }
  return locks ? locks.request(LOCK, action) : action()
}

/** Renews the cookies, unless somebody did since `seen` or there is no session to renew. */
async function refreshSince(seen: string | null): Promise<boolean> {
  const now = currentSession()
  if (now === null) return false
  return now !== seen || refresh()
}

let inFlight: Promise<boolean> | null = null

type SessionEndHandler = () => Promise<boolean>
let sessionEndHandler: SessionEndHandler = () => Promise.resolve(false)

/** `handler` resolves to true once the person has signed in again, false when there is nobody to ask. */
export function onSessionEnd(handler: SessionEndHandler): void {
  sessionEndHandler = handler
}

/** After a 401 to a request that was sent in the session `seen`: new cookies by refresh or, when the
    session is over, by asking the person. Any number of callers share one refresh. */
export async function renewSession(seen: string | null): Promise<boolean> {
  inFlight ??= alone(() => refreshSince(seen)).finally(() => (inFlight = null))
  return (await inFlight) || sessionEndHandler()
}
