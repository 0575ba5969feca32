/** What the tabs of a browser tell each other of the session whose cookies they share. */
const KEY = 'recotem.session'
const SIGNED_OUT = 'signed-out'

/** The user who is signed in now, null for one who left. */
export type SessionNews = number | null

const live = (kept: string | null): string | null => (kept === SIGNED_OUT ? null : kept)
const userOf = (kept: string | null): number | null =>
  live(kept) === null ? null : Number(kept?.split('.')[0])

/** Whose session it is and how often it was renewed, as one word; null when there is none to renew. */
export const currentSession = (): string | null => live(localStorage.getItem(KEY))

/** Somebody is signed in, as the server said. */
export function noteSignedIn(user: number): void {
  if (userOf(currentSession()) !== user) localStorage.setItem(KEY, `${String(user)}.0`)
}

/** The cookies are new: who was refused with the old ones may send again. */
export function noteRenewal(): void {
  const [user = '', renewals = '0'] = (currentSession() ?? '').split('.')
  localStorage.setItem(KEY, `${user}.${String(Number(renewals) + 1)}`)
}

/** The server refused to go on. Other tabs find out by themselves and keep what was typed there. */
export function noteEnd(): void {
  localStorage.removeItem(KEY)
}

/** The person left, and leaves in all tabs. */
export function noteSignedOut(): void {
  localStorage.setItem(KEY, SIGNED_OUT)
}

/** Who came or went in another tab. */
export function onSessionNews(handler: (news: SessionNews) => void): void {
  window.addEventListener('storage', ({ key, oldValue, newValue }) => {
    if (key !== KEY || newValue === null) return
    if (userOf(oldValue) !== userOf(newValue) || newValue === SIGNED_OUT) handler(userOf(newValue))
  })
}
