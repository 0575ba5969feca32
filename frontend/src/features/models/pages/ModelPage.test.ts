import { screen, waitFor, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import ModelPage from './ModelPage.vue'

const PATH = { pattern: '/projects/:project/models/:model', path: '/projects/3/models/4' }
const model = {
  id: 4,
  configuration: 2,
  status: 'READY',
  error: '',
  filesize: 1_500_000,
  metrics: null,
  ins_datetime: '2026-03-01T10:00:00Z',
}
const sample = { user_id: 'c7', user_profile: [], recommendations: [] }

beforeEach(() => {
  server.use(
    http.get(at('trained_model/4/'), () => HttpResponse.json(model)),
    http.get(at('model_configuration/2/'), () =>
      HttpResponse.json({ id: 2, tuning_job: 17, recommender_class_name: 'IALSRecommender' }),
    ),
    http.get(at('project/3/'), () => HttpResponse.json(aProject())),
    http.get(at('item_meta_data/'), () => HttpResponse.json(page())),
    http.get(at('trained_model/4/sample_recommendation_raw/'), () => HttpResponse.json(sample)),
  )
})

async function deleteModel() {
  const rendered = await renderPage(ModelPage, PATH)
  await rendered.user.click(await screen.findByRole('button', { name: 'Delete model' }))
  const dialog = await screen.findByRole('dialog', { name: 'Delete model 4?' })
  await rendered.user.click(within(dialog).getByRole('button', { name: 'Delete model' }))
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
