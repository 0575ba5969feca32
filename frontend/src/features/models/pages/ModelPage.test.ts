import { screen, waitFor, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aConfiguration, aFile, aModel, aProject, aReport } from '@/test/rows'
import { at, page, server } from '@/test/server'
import type { TrainedModel } from '../types'
import ModelPage from './ModelPage.vue'

const PATH = { pattern: '/projects/:project/models/:model', path: '/projects/3/models/4' }
const sample = { user_id: 'c7', user_profile: [], recommendations: [] }
const line = { id: 1, contents: 'Training IALS.', ins_datetime: '2026-03-01T10:00:00Z', task: null }
const answer = (model: TrainedModel): void => {
  server.use(http.get(at('trained_model/4/'), () => HttpResponse.json(model)))
}

beforeEach(() => {
  answer(aModel())
  server.use(
    http.get(at('model_configuration/2/'), () =>
      HttpResponse.json(aConfiguration({ tuning_job: 17 })),
    ),
    http.get(at('training_data/5/'), () => HttpResponse.json(aFile())),
    http.get(at('training_data/5/versions/'), () =>
      HttpResponse.json(page({ number: 1, basename: 'first.csv' })),
    ),
    http.get(at('project/3/'), () => HttpResponse.json(aProject())),
    http.get(at('item_meta_data/'), () => HttpResponse.json(page())),
    http.get(at('task_log/'), () => HttpResponse.json(page(line))),
    http.get(at('trained_model/4/sample_recommendation_raw/'), () => HttpResponse.json(sample)),
    http.get(at('trained_model/4/impact/'), () =>
      HttpResponse.json({ deletes: { trained_model: 1 }, blocked_by: [], frees_bytes: 0 }),
    ),
  )
})

async function deleteModel() {
  const rendered = await renderPage(ModelPage, PATH)
  await rendered.user.click(await screen.findByRole('button', { name: 'More actions' }))
  await rendered.user.click(await screen.findByText('Delete'))
  await screen.findByRole('dialog', { name: 'Delete Model 4?' })
  const action = screen.getByRole('button', { name: 'Delete' })
  await waitFor(() => {
    expect(action).toBeEnabled()
  })
  await rendered.user.click(action)
  return rendered
}

test('a model that is being served stays, and the page says why', async () => {
  const body = { detail: 'Slot production serves this model.', code: 'in_use' }
  server.use(http.delete(at('trained_model/4/'), () => HttpResponse.json(body, { status: 409 })))
  const { router } = await deleteModel()
  expect(await screen.findByRole('alert')).toHaveTextContent('Slot production serves this model.')
  expect(router.currentRoute.value.path).toBe('/projects/3/models/4')
})

test('a deleted model leads back to the list', async () => {
  server.use(http.delete(at('trained_model/4/'), () => new HttpResponse(null, { status: 204 })))
  const { router } = await deleteModel()
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects/3/models')
  })
})

test('a failed training says why, shows its log and offers the same once more', async () => {
  answer(aModel({ status: 'FAILED', error: 'The worker ran out of memory.', file: null }))
  const { user } = await renderPage(ModelPage, PATH)
  expect(await screen.findByRole('alert')).toHaveTextContent('The worker ran out of memory.')
  expect(await screen.findByText('Training IALS.')).toBeInTheDocument()
  server.use(
    http.post(at('trained_model/4/retry/'), () => {
      answer(aModel({ status: 'PENDING', file: null }))
      return HttpResponse.json(aModel({ status: 'PENDING', file: null }))
    }),
  )
  await user.click(await screen.findByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('button', { name: 'Cancel training' })).toBeInTheDocument()
})

test('a training that is part of a tuning job is not cancelled here, and the page says so', async () => {
  const detail = 'A tuning job makes this model. Cancel or retry that job.'
  answer(aModel({ status: 'RUNNING', file: null }))
  server.use(
    http.post(at('trained_model/4/cancel/'), () =>
      HttpResponse.json({ detail, code: 'trained_by_tuning' }, { status: 409 }),
    ),
  )
  const { user } = await renderPage(ModelPage, PATH)
  await user.click(await screen.findByRole('button', { name: 'Cancel training' }))
  const dialog = await screen.findByRole('dialog', { name: 'Cancel this training?' })
  await user.click(within(dialog).getByRole('button', { name: 'Cancel training' }))
  expect(await screen.findByRole('alert')).toHaveTextContent(detail)
})

test('the page names what the model was made from', async () => {
  await renderPage(ModelPage, PATH)
  expect(await screen.findByRole('link', { name: /first\.csv\s+· Version 1/ })).toHaveAttribute(
    'href',
    '/projects/3/data/5?tab=versions',
  )
  expect(screen.getByRole('link', { name: 'Wide' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Tuning 17' })).toBeInTheDocument()
})

test('scores stand beside those of the most popular items, with the interval', async () => {
  answer(aModel({ metrics: aReport() }))
  await renderPage(ModelPage, { ...PATH, path: `${PATH.path}?tab=metrics` })
  const row = await screen.findByRole('row', { name: /NDCG/ })
  expect(row).toHaveTextContent('0.4100')
  expect(row).toHaveTextContent('95 %: 0.3900 to 0.4300')
})

test('a model without its file cannot be deployed', async () => {
  answer(aModel({ file: null }))
  await renderPage(ModelPage, PATH)
  expect(await screen.findByText('The file was removed')).toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'Deploy model' })).not.toBeInTheDocument()
})
