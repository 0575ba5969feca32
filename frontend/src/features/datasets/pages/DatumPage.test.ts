import { screen, waitFor, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aFile, aJob, aModel, aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import DatumPage from './DatumPage.vue'

const PATH = {
  pattern: '/projects/:project/data/:data',
  path: '/projects/3/data/5?tab=versions',
}
const version = (number: number, changes: object = {}) => ({
  ...aFile(),
  number,
  appended: false,
  fingerprint: '',
  created_by: 9,
  ...changes,
})

beforeEach(() => {
  const versions = page(version(2, { appended: true, n_rows: 1700 }), version(1))
  server.use(
    http.get(at('training_data/5/'), () => HttpResponse.json(aFile({ version: 2 }))),
    http.get(at('project/3/'), () => HttpResponse.json(aProject())),
    http.get(at('project/3/members/'), () =>
      HttpResponse.json(page({ id: 1, user: 9, username: 'mika', role: 'editor' })),
    ),
    http.get(at('training_data/5/versions/'), () => HttpResponse.json(versions)),
    http.get(at('trained_model/'), () => HttpResponse.json(page(aModel()))),
    http.get(at('parameter_tuning_job/'), () => HttpResponse.json(page(aJob({ data_version: 2 })))),
    http.get(at('auth/user/'), () => HttpResponse.json({ pk: 1 })),
  )
})
const file = () => new File(['customer,product\na,b\n'], 'more.csv', { type: 'text/csv' })

async function append() {
  const rendered = await renderPage(DatumPage, PATH)
  await rendered.user.click(await screen.findByRole('button', { name: 'Append file' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Append file' }))
  await rendered.user.upload(dialog.getByLabelText('File'), file())
  await rendered.user.click(dialog.getByRole('button', { name: 'Append file' }))
  return { ...rendered, dialog }
}

test('a refused file is explained in the dialog, which stays', async () => {
  const body = { detail: 'The data changed during the upload.', code: 'data_changed' }
  server.use(
    http.post(at('training_data/5/append/'), () => HttpResponse.json(body, { status: 409 })),
  )
  const { dialog } = await append()
  expect(await dialog.findByRole('alert')).toHaveTextContent('The data changed during the upload.')
})

test('a cancelled upload is no failure', async () => {
  server.use(http.post(at('training_data/5/append/'), () => new Promise<never>(() => undefined)))
  const { user, dialog } = await append()
  await user.click(await dialog.findByRole('button', { name: 'Cancel' }))
  await waitFor(() => {
    expect(dialog.getByRole('button', { name: 'Append file' })).toBeEnabled()
  })
  expect(dialog.queryByRole('alert')).not.toBeInTheDocument()
})

test('an appended file closes the dialog', async () => {
  server.use(
    http.post(at('training_data/5/append/'), () => HttpResponse.json(aFile(), { status: 201 })),
  )
  await append()
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })
})

test('each version says how and by whom it came, and who read it', async () => {
  await renderPage(DatumPage, PATH)
  const newest = within(await screen.findByRole('row', { name: /Version 2/ }))
  expect(newest.getByText('Appended')).toBeInTheDocument()
  expect(await newest.findByText('by mika')).toBeInTheDocument()
  expect(await newest.findByRole('link', { name: 'Tuning 17' })).toHaveAttribute(
    'href',
    '/projects/3/tuning/17',
  )
  const first = within(screen.getByRole('row', { name: /Version 1/ }))
  expect(first.getByText('First upload')).toBeInTheDocument()
  expect(first.getByRole('link', { name: 'Model 4' })).toBeInTheDocument()
})

test('who may only look is offered nothing to change', async () => {
  server.use(http.get(at('project/3/'), () => HttpResponse.json(aProject({ role: 'viewer' }))))
  const { user } = await renderPage(DatumPage, PATH)
  await user.click(await screen.findByRole('button', { name: 'More actions' }))
  expect(await screen.findAllByRole('menuitem')).toHaveLength(1)
  expect(screen.queryByRole('button', { name: 'Append file' })).not.toBeInTheDocument()
})

test('data whose file is gone says so and offers no tuning', async () => {
  server.use(http.get(at('training_data/5/'), () => HttpResponse.json(aFile({ file: null }))))
  await renderPage(DatumPage, { ...PATH, path: '/projects/3/data/5' })
  expect(await screen.findByText('The file was removed')).toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'Start tuning' })).not.toBeInTheDocument()
})
