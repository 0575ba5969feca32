import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import type { Role } from '@/features/projects/types'
import { renderPage } from '@/test/render'
import { aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import KeysPage from './KeysPage.vue'

const PATH = { pattern: '/projects/:project/keys', path: '/projects/3/keys?new=1' }
const key = `rctm_${'a'.repeat(64)}`
const row = {
  id: 2,
  project: 3,
  name: 'Web shop',
  key_prefix: 'aaaaaaaa',
  scopes: ['predict'],
  is_active: true,
  expires_at: null,
  last_used_at: null,
  ins_datetime: '2026-03-01T10:00:00Z',
}

let sent: unknown
let role: Role
beforeEach(() => {
  sent = undefined
  role = 'owner'
  server.use(
    http.get(at('project/3/'), () => HttpResponse.json(aProject({ role }))),
    http.get(at('api_keys/'), () => HttpResponse.json(sent ? page(row) : page())),
    http.post(at('api_keys/'), async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json({ ...row, key }, { status: 201 })
    }),
  )
})

async function create() {
  const rendered = await renderPage(KeysPage, PATH)
  await rendered.user.type(await screen.findByLabelText('Name'), 'Web shop')
  const dialog = screen.getByRole('dialog')
  await rendered.user.click(
    [...dialog.querySelectorAll('button')].find((button) => button.type === 'submit') as Element,
  )
  return rendered
}

test('a name that is taken is explained at the field', async () => {
  const body = { name: ['This name is taken.'], detail: 'x', code: 'invalid' }
  server.use(http.post(at('api_keys/'), () => HttpResponse.json(body, { status: 400 })))
  await create()
  expect(await screen.findByText('This name is taken.')).toBeInTheDocument()
  expect(screen.getByLabelText('Name')).toHaveValue('Web shop')
})

test('a new key may only predict unless more is asked for', async () => {
  await create()
  await waitFor(() => {
    expect(sent).toEqual({ project: 3, name: 'Web shop', scopes: ['predict'], expires_at: null })
  })
})

test('the key is shown once and is gone when it has been stored', async () => {
  const { user } = await create()
  expect(await screen.findByText(key)).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'I have stored it' }))
  expect(screen.queryByText(key)).not.toBeInTheDocument()
  expect(screen.getByText('rctm_aaaaaaaa…')).toBeInTheDocument()
})

test('who is no owner learns who makes keys and sees no button', async () => {
  role = 'editor'
  await renderPage(KeysPage, PATH)
  expect(await screen.findByText('Keys are for owners')).toBeInTheDocument()
  expect(screen.queryByRole('button')).not.toBeInTheDocument()
})

test('scopes of a key can only be taken away, and its expiry stays unless chosen', async () => {
  let changes: unknown
  const wide = { ...row, scopes: ['read', 'predict'], expires_at: '2099-01-01T00:00:00Z' }
  server.use(
    http.get(at('api_keys/'), () => HttpResponse.json(page(wide))),
    http.patch(at('api_keys/2/'), async ({ request }) => {
      changes = await request.json()
      return HttpResponse.json(wide)
    }),
  )
  const { user } = await renderPage(KeysPage, { ...PATH, path: '/projects/3/keys' })
  await user.click(await screen.findByRole('button', { name: 'Edit Web shop' }))
  expect(screen.queryByRole('checkbox', { name: /^Write/ })).not.toBeInTheDocument()
  await user.click(screen.getByRole('checkbox', { name: /^Read/ }))
  expect(screen.getByText(/cannot be given back/)).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Save changes' }))
  await waitFor(() => {
    expect(changes).toEqual({ name: 'Web shop', scopes: ['predict'] })
  })
})

test('a key past its end is expired, not active, and a revoked one offers nothing', async () => {
  const expired = { ...row, expires_at: '2020-01-01T00:00:00Z' }
  const revoked = { ...expired, id: 4, name: 'Old', is_active: false }
  server.use(http.get(at('api_keys/'), () => HttpResponse.json(page(expired, revoked))))
  await renderPage(KeysPage, { ...PATH, path: '/projects/3/keys' })
  expect(await screen.findByText('Expired')).toBeInTheDocument()
  expect(screen.getByText('Revoked')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Edit Old' })).not.toBeInTheDocument()
})
