import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { at, server } from '@/test/server'

type Tab = typeof import('./session') & typeof import('./sharedSession')

/** A tab has modules of its own; storage and locks are the browser's. */
async function openTab(): Promise<Tab> {
  vi.resetModules()
  return { ...(await import('./session')), ...(await import('./sharedSession')) }
}

/** Holders one after another, as the browser grants a lock. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    request: (_name: string, action: () => Promise<unknown>) => {
      last = last.then(action, action)
      return last
    },
  }
}

let token = 0
const used: number[] = []
/** Every refresh token works once; a second use ends the session, as on the server. */
const singleUse = http.post(at('auth/token/refresh/'), async () => {
  const sent = token
  await Promise.resolve()
  if (used.includes(sent)) return new HttpResponse(null, { status: 401 })
  used.push(sent)
  token += 1
  return HttpResponse.json({})
})

beforeEach(() => {
  token = 0
  used.length = 0
  server.use(singleUse)
  vi.spyOn(navigator, 'locks', 'get').mockReturnValue(fakeLocks() as unknown as LockManager)
})
afterEach(() => {
  vi.resetModules()
})

test('two tabs that are refused at once refresh one after the other, and only once', async () => {
  const [one, two] = [await openTab(), await openTab()]
  one.noteSignedIn(1)
  const seen = one.currentSession()
  const renewed = await Promise.all([one.renewSession(seen), two.renewSession(seen)])
  expect(renewed).toEqual([true, true])
  expect(used).toEqual([0])
})

test('a refusal after a renewal asks for the next one', async () => {
  const tab = await openTab()
  tab.noteSignedIn(1)
  await tab.renewSession(tab.currentSession())
  await tab.renewSession(tab.currentSession())
  expect(used).toEqual([0, 1])
})

test('a session that is over is not asked for again by any tab', async () => {
  const [one, two] = [await openTab(), await openTab()]
  one.noteSignedIn(1)
  const seen = one.currentSession()
  used.push(0)
  expect(await one.renewSession(seen)).toBe(false)
  server.use(http.post(at('auth/token/refresh/'), () => expect.unreachable('asked again')))
  expect(await two.renewSession(seen)).toBe(false)
})

test('tabs hear who left and who came, and nothing of mere renewals', async () => {
  const tab = await openTab()
  const news: unknown[] = []
  tab.onSessionNews((item) => news.push(item))
  const change = (oldValue: string | null, newValue: string | null) => {
    window.dispatchEvent(
      new StorageEvent('storage', { key: 'recotem.session', oldValue, newValue }),
    )
  }
  change('1.0', '1.1')
  change('1.1', null)
  change(null, '1.0')
  change('1.0', 'signed-out')
  change('signed-out', '2.0')
  expect(news).toEqual([1, null, 2])
})
