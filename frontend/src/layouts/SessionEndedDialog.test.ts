import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import NewProjectForm from '@/features/projects/components/NewProjectForm.vue'
import { useAuth, type User } from '@/stores/auth'
import { renderPage } from '@/test/render'
import { at, server } from '@/test/server'
import SessionEndedDialog from './SessionEndedDialog.vue'

const ada = { pk: 1, username: 'ada' } as User
const FormAndDialog = defineComponent({
  setup() {
    useAuth().user = ada
    return () => [h(NewProjectForm), h(SessionEndedDialog)]
  },
})

test('a session that ends while typing asks for the password and then saves what was typed', async () => {
  let signedIn = false
  let saved: unknown
  const refused = () => HttpResponse.json({ detail: 'x', code: 'x' }, { status: 401 })
  server.use(
    http.post(at('auth/token/refresh/'), refused),
    http.post(at('auth/login/'), () => {
      signedIn = true
      return HttpResponse.json({ user: ada })
    }),
    http.post(at('project/'), async ({ request }) => {
      if (!signedIn) return refused()
      saved = await request.json()
      return HttpResponse.json({ id: 3 }, { status: 201 })
    }),
  )
  const { user } = await renderPage(FormAndDialog)
  await user.type(screen.getByLabelText('Name'), 'Shop')
  await user.type(screen.getByLabelText('User column'), 'customer')
  await user.type(screen.getByLabelText('Item column'), 'product')
  await user.click(screen.getByRole('button', { name: 'Create project' }))

  expect(await screen.findByRole('dialog', { name: 'Your session ended' })).toBeInTheDocument()
  expect(screen.getByLabelText('User name or email')).toHaveValue('ada')
  await user.type(screen.getByLabelText('Password'), 'secret')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => {
    expect(saved).toMatchObject({ name: 'Shop', user_column: 'customer', item_column: 'product' })
  })
  expect(screen.getByLabelText('Name')).toHaveValue('Shop')
})
