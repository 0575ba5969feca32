import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aFile, aProject } from '@/test/rows'
import { at, server } from '@/test/server'
import UploadPage from './UploadPage.vue'

const PATH = { pattern: '/projects/:project/data/upload', path: '/projects/3/data/upload' }

beforeEach(() => {
  server.use(
    http.get(at('project/3/'), () => HttpResponse.json(aProject())),
    http.get(at('auth/user/'), () => HttpResponse.json({ pk: 1 })),
  )
})

async function send(path = PATH.path) {
  const rendered = await renderPage(UploadPage, { ...PATH, path })
  const file = new File(['customer,product\na,b\n'], 'orders.csv', { type: 'text/csv' })
  await rendered.user.upload(await screen.findByLabelText('File'), file)
  await rendered.user.click(screen.getByRole('button', { name: 'Upload file' }))
  return rendered
}

test('a refused file is explained at the field, and the choice stays', async () => {
  const body = { file: ['Column bought_at is missing.'], detail: 'x', code: 'column_missing' }
  server.use(http.post(at('training_data/'), () => HttpResponse.json(body, { status: 400 })))
  await send()
  expect(await screen.findByRole('alert')).toHaveTextContent('Column bought_at is missing.')
  expect(screen.getByText(/orders\.csv/)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Upload file' })).toBeEnabled()
})

test('a file too large is explained above the form', async () => {
  const body = { detail: 'The file is larger than 500 MB.', code: 'too_large' }
  server.use(http.post(at('training_data/'), () => HttpResponse.json(body, { status: 413 })))
  await send()
  expect(await screen.findByText('The file is larger than 500 MB.')).toBeInTheDocument()
})

test('an upload goes to its project with the CSRF token and leads to its page', async () => {
  document.cookie = 'csrftoken=abc123'
  const seen: unknown[] = []
  server.use(
    http.post(at('training_data/'), async ({ request }) => {
      const form = await request.formData()
      seen.push(form.get('project'), request.headers.get('X-CSRFToken'))
      return HttpResponse.json(aFile(), { status: 201 })
    }),
  )
  const { router } = await send()
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects/3/data/5')
  })
  expect(seen).toEqual(['3', 'abc123'])
})

test('item details go to their own route', async () => {
  server.use(http.post(at('item_meta_data/'), () => HttpResponse.json({ id: 6 }, { status: 201 })))
  const { router } = await send(`${PATH.path}?kind=item_meta_data`)
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects/3/data/items/6')
  })
})
