import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { currentSession, noteSignedIn } from '@/api/sharedSession'
import { renderPage } from '@/test/render'
import { at, server } from '@/test/server'
import PasswordForm from './PasswordForm.vue'

async function change(old: string, next: string, repeated: string) {
  noteSignedIn(1)
  const rendered = await renderPage(PasswordForm)
  await rendered.user.type(screen.getByLabelText('Present password'), old)
  await rendered.user.type(screen.getByLabelText('New password'), next)
  await rendered.user.type(screen.getByLabelText('New password again'), repeated)
  await rendered.user.click(screen.getByRole('button', { name: 'Change password' }))
}

test('two different new passwords are not sent', async () => {
  const sent = vi.fn()
  server.use(http.post(at('auth/password/change/'), sent))
  await change('old', 'new-long-one', 'another')
  expect(await screen.findByText(/not the same/)).toBeInTheDocument()
  expect(sent).not.toHaveBeenCalled()
})

test('a wrong present password says so at its field', async () => {
  const body = {
    old_password: ['This is not your present password.'],
    detail: 'x',
    code: 'invalid',
  }
  server.use(http.post(at('auth/password/change/'), () => HttpResponse.json(body, { status: 400 })))
  await change('wrong', 'new-long-one', 'new-long-one')
  expect(await screen.findByText('This is not your present password.')).toBeInTheDocument()
})

test('after a change the fields are empty and other tabs know of the new cookies', async () => {
  server.use(http.post(at('auth/password/change/'), () => HttpResponse.json({})))
  await change('old', 'new-long-one', 'new-long-one')
  expect(await screen.findByText(/other sessions have ended/)).toBeInTheDocument()
  await waitFor(() => {
    expect(screen.getByLabelText('Present password')).toHaveValue('')
  })
  expect(currentSession()).toBe('1.1')
})
