const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null
}

/** The header that Django asks for on writes of a cookie session. */
export function csrfHeaders(method: string): Record<string, string> {
  const token = SAFE.has(method.toUpperCase()) ? null : cookie('csrftoken')
  return token ? { 'X-CSRFToken': token } : {}
}

let inFlight: Promise<boolean> | null = null

async function refresh(): Promise<boolean> {
  const response = await fetch(new URL('/api/v1/auth/token/refresh/', location.origin), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', ...csrfHeaders('POST') },
    body: '{}',
  })
  return response.ok
}

/** Renews the access cookie; any number of callers share one request. */
export function refreshSession(): Promise<boolean> {
  inFlight ??= refresh()
    .catch(() => false)
    .finally(() => (inFlight = null))
  return inFlight
}

type SessionEndHandler = () => Promise<boolean>
let sessionEndHandler: SessionEndHandler = () => Promise.resolve(false)

/** `handler` resolves to true once the person has signed in again, false when there is nobody to ask. */
export function onSessionEnd(handler: SessionEndHandler): void {
  sessionEndHandler = handler
}

/** After a 401: a new access cookie by refresh or, failing that, by asking the person. */
export async function renewSession(): Promise<boolean> {
  return (await refreshSession()) || sessionEndHandler()
}
