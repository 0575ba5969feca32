import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { at, server } from '@/test/server'
import SignInPage from './SignInPage.vue'

const someone = { pk: 1, username: 'ada', email: '', is_staff: false, is_superuser: false }

async function signIn(path: string) {
  const rendered = await renderPage(SignInPage, { pattern: '/sign-in', path })
  await rendered.user.type(screen.getByLabelText('User name or email'), 'ada')
  await rendered.user.type(screen.getByLabelText('Password'), 'secret')
  await rendered.user.click(screen.getByRole('button', { name: 'Sign in' }))
  return rendered
}

const welcome = () => {
  server.use(http.post(at('auth/login/'), () => HttpResponse.json({ user: someone })))
}

test('a wrong password says so and keeps the name', async () => {
  const body = { detail: 'The name or the password is wrong.', code: 'invalid_credentials' }
  server.use(http.post(at('auth/login/'), () => HttpResponse.json(body, { status: 400 })))
  await signIn('/sign-in')
  expect(await screen.findByRole('alert')).toHaveTextContent('The name or the password is wrong.')
  expect(screen.getByLabelText('User name or email')).toHaveValue('ada')
  expect(screen.getByLabelText('Password')).toHaveValue('')
})

test('an address elsewhere is never followed', async () => {
  welcome()
  const { router } = await signIn('/sign-in?next=//evil.example/steal')
  await waitFor(() => {
    expect(router.currentRoute.value.fullPath).toBe('/')
  })
})

test('signing in goes on to where the person wanted to be', async () => {
  welcome()
  const { router } = await signIn('/sign-in?next=/projects/3/tuning/17?tab=log')
  await waitFor(() => {
    expect(router.currentRoute.value.fullPath).toBe('/projects/3/tuning/17?tab=log')
  })
})
