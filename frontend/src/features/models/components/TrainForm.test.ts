import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aConfiguration, aFile, aModel } from '@/test/rows'
import { at, page, server } from '@/test/server'
import TrainForm from './TrainForm.vue'

const PATH = { pattern: '/models/new', path: '/models/new', props: { project: 3 } }

beforeEach(() => {
  const gone = aFile({ id: 6, basename: 'gone.csv', file: null })
  server.use(
    http.get(at('model_configuration/'), () =>
      HttpResponse.json(page(aConfiguration(), aConfiguration({ id: 1, name: 'Old' }))),
    ),
    http.get(at('training_data/'), () => HttpResponse.json(page(gone, aFile()))),
  )
})

test('without a configuration there is one to make first', async () => {
  server.use(http.get(at('model_configuration/'), () => HttpResponse.json(page())))
  await renderPage(TrainForm, PATH)
  expect(await screen.findByText('No configurations yet')).toBeInTheDocument()
})

test('data that the server refuses is explained at its field', async () => {
  const body = { data_loc: ['This data has no file that is ready to read.'], detail: 'x' }
  server.use(http.post(at('trained_model/'), () => HttpResponse.json(body, { status: 400 })))
  const { user } = await renderPage(TrainForm, PATH)
  await user.click(await screen.findByRole('button', { name: 'Start training' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('no file that is ready to read')
})

test('what the address names is trained; data without a file is not offered', async () => {
  const seen: unknown[] = []
  server.use(
    http.post(at('trained_model/'), async ({ request }) => {
      seen.push(await request.json())
      return HttpResponse.json(aModel(), { status: 201 })
    }),
  )
  const { user } = await renderPage(TrainForm, { ...PATH, path: '/models/new?configuration=1' })
  await user.click(await screen.findByRole('button', { name: 'Start training' }))
  await waitFor(() => {
    expect(seen).toEqual([{ configuration: 1, data_loc: 5 }])
  })
  expect(screen.queryByRole('option', { name: /gone/ })).not.toBeInTheDocument()
})
