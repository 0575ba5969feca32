import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { useAuth, type User } from '@/stores/auth'
import { renderPage } from '@/test/render'
import { at, server } from '@/test/server'
import type { Account } from '../types'
import UserPage from './UserPage.vue'

const bob: Account = {
  id: 7,
  username: 'bob',
  email: '',
  first_name: '',
  last_name: '',
  is_staff: false,
  is_superuser: false,
  is_active: true,
  last_login: null,
  ins_datetime: '2026-03-01T10:00:00Z',
}

async function seenBy(me: Partial<User>, account: Account) {
  server.use(http.get(at('users/7/'), () => HttpResponse.json(account)))
  const Page = defineComponent({
    setup() {
      useAuth().user = { pk: 1, is_staff: true, is_superuser: false, ...me } as User
      return () => h(UserPage)
    },
  })
  const rendered = await renderPage(Page, { pattern: '/users/:user', path: '/users/7' })
  await screen.findByRole('heading', { name: 'bob' })
  return rendered
}

test('staff who are no superusers change nothing of a superuser', async () => {
  await seenBy({}, { ...bob, is_superuser: true })
  expect(screen.getByLabelText(/^User name/)).toBeDisabled()
  expect(screen.queryByRole('button')).not.toBeInTheDocument()
})

test('only superusers see powers, and what they choose is sent', async () => {
  let sent: unknown
  server.use(
    http.patch(at('users/7/'), async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json(bob)
    }),
  )
  const { user } = await seenBy({ is_superuser: true }, bob)
  await user.click(screen.getByRole('checkbox', { name: /^Staff/ }))
  await user.click(screen.getByRole('button', { name: 'Save changes' }))
  await waitFor(() => {
    expect(sent).toMatchObject({ username: 'bob', is_staff: true, is_superuser: false })
  })
})

test('staff do not send powers that they may not give', async () => {
  let sent: unknown
  server.use(
    http.patch(at('users/7/'), async ({ request }) => {
      sent = await request.json()
      return HttpResponse.json(bob)
    }),
  )
  const { user } = await seenBy({}, bob)
  expect(screen.queryByRole('checkbox')).not.toBeInTheDocument()
  await user.type(screen.getByLabelText(/^First name/), 'Bob')
  await user.click(screen.getByRole('button', { name: 'Save changes' }))
  await waitFor(() => {
    expect(sent).toEqual({ username: 'bob', email: '', first_name: 'Bob', last_name: '' })
  })
})

test('nobody deactivates himself or resets his own password', async () => {
  await seenBy({ pk: 7 }, bob)
  expect(screen.queryByRole('button', { name: 'Deactivate' })).not.toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Your account' })).toHaveAttribute('href', '/account')
})
