import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test, vi } from 'vitest'
import { at, page, server } from '@/test/server'
import { api, unwrap } from './client'
import { ApiError } from './errors'
import { onSessionEnd } from './session'
import { currentSession, noteSignedIn } from './sharedSession'

const refused = () =>
  HttpResponse.json({ detail: 'Sign in.', code: 'not_authenticated' }, { status: 401 })

beforeEach(() => {
  onSessionEnd(() => Promise.resolve(false))
  noteSignedIn(1)
})

test('a refusal becomes an ApiError with its sentence and its fields', async () => {
  const body = { name: ['Taken.'], detail: 'Taken.', code: 'invalid' }
  server.use(http.post(at('project/'), () => HttpResponse.json(body, { status: 400 })))
  const call = unwrap(
    api.POST('/api/v1/project/', { body: { name: 'a', user_column: 'u', item_column: 'i' } }),
  )
  const error = await call.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 400, code: 'invalid', fields: { name: ['Taken.'] } })
})

test('an unreachable server becomes an ApiError of status 0', async () => {
  server.use(http.get(at('auth/user/'), () => HttpResponse.error()))
  await expect(unwrap(api.GET('/api/v1/auth/user/'))).rejects.toMatchObject({ code: 'network' })
})

test('a write carries the CSRF token of the cookie, a read does not', async () => {
  document.cookie = 'csrftoken=abc123'
  const seen: (string | null)[] = []
  const note = ({ request }: { request: Request }) => {
    seen.push(request.headers.get('X-CSRFToken'))
    return HttpResponse.json(page())
  }
  server.use(http.get(at('project/'), note), http.delete(at('project/4/'), note))
  await unwrap(api.GET('/api/v1/project/'))
  await unwrap(api.DELETE('/api/v1/project/{id}/', { params: { path: { id: 4 } } }))
  expect(seen).toEqual([null, 'abc123'])
})

test('requests that meet an expired session share one refresh and are sent again', async () => {
  let fresh = false
  let refreshes = 0
  server.use(
    http.post(at('project/'), async ({ request }) =>
      fresh ? HttpResponse.json(await request.json(), { status: 201 }) : refused(),
    ),
    http.get(at('project/'), () => (fresh ? HttpResponse.json(page()) : refused())),
    http.post(at('auth/token/refresh/'), () => {
      refreshes += 1
      fresh = true
      return HttpResponse.json({})
    }),
  )
  const body = { name: 'Shop', user_column: 'u', item_column: 'i' }
  const [made, list] = await Promise.all([
    unwrap(api.POST('/api/v1/project/', { body })),
    unwrap(api.GET('/api/v1/project/')),
  ])
  expect(refreshes).toBe(1)
  expect(made).toEqual(body)
  expect(list.count).toBe(0)
})

test('when the refresh fails, the request waits for the person and is then sent again', async () => {
  let signedIn = false
  server.use(
    http.get(at('project/'), () => (signedIn ? HttpResponse.json(page()) : refused())),
    http.post(at('auth/token/refresh/'), refused),
  )
  onSessionEnd(() => {
    signedIn = true
    return Promise.resolve(true)
  })
  await expect(unwrap(api.GET('/api/v1/project/'))).resolves.toMatchObject({ count: 0 })
})

test('who is known to be signed out is refused without asking for a refresh', async () => {
  localStorage.clear()
  server.use(http.get(at('auth/user/'), refused))
  await expect(unwrap(api.GET('/api/v1/auth/user/'))).rejects.toMatchObject({ status: 401 })
})

test('a server that cannot refresh just now does not end the session', async () => {
  const asked = vi.fn(() => Promise.resolve(false))
  onSessionEnd(asked)
  const down = () => new HttpResponse(null, { status: 502 })
  server.use(http.get(at('project/'), refused), http.post(at('auth/token/refresh/'), down))
  await expect(unwrap(api.GET('/api/v1/project/'))).rejects.toMatchObject({ code: 'network' })
  expect(asked).not.toHaveBeenCalled()
  expect(currentSession()).toBe('1.0')
})
