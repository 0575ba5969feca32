import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aFile, aJob, anAlgorithm, aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import WizardPage from './WizardPage.vue'

const PATH = { pattern: '/projects/:project/tuning/new', path: '/projects/3/tuning/new' }
const profile = { n_rows: 1680, over_time: null }

function answer(project = aProject()): Record<string, unknown> {
  const sent: Record<string, unknown> = {}
  const keep = (name: string, id: number) =>
    http.post(at(`${name}/`), async ({ request }) => {
      sent[name] = await request.json()
      return HttpResponse.json(aJob({ id }), { status: 201 })
    })
  server.use(
    http.get(at('project/3/'), () => HttpResponse.json(project)),
    http.get(at('training_data/'), () => HttpResponse.json(page(aFile()))),
    http.get(at('training_data/5/'), () => HttpResponse.json(aFile())),
    http.get(at('training_data/5/profile/'), () => HttpResponse.json(profile)),
    http.get(at('parameter_tuning_job/'), () => HttpResponse.json(page())),
    http.get(at('algorithms/'), () =>
      HttpResponse.json(
        page(
          anAlgorithm({ name: 'IALS' }),
          anAlgorithm({ name: 'DenseSLIM', most_items: 50 }),
          anAlgorithm({ name: 'NMF', tried_by_default: false }),
          anAlgorithm({ name: 'TopPop' }),
        ),
      ),
    ),
    keep('split_config', 8),
    keep('evaluation_config', 9),
    keep('parameter_tuning_job', 17),
  )
  return sent
}

let sent: Record<string, unknown>
beforeEach(() => {
  sent = answer()
})

async function openWizard() {
  const rendered = await renderPage(WizardPage, PATH)
  await screen.findByRole('radio', { name: /orders\.csv/ })
  const next = () => rendered.user.click(screen.getByRole('button', { name: 'Continue' }))
  return { ...rendered, next }
}

test('a refused start keeps everything and says why', async () => {
  const refusal = { detail: 'The project has no time column.', code: 'time_needed' }
  server.use(
    http.post(at('parameter_tuning_job/'), () => HttpResponse.json(refusal, { status: 400 })),
  )
  const { user, next } = await openWizard()
  for (let step = 0; step < 3; step++) await next()
  await user.click(await screen.findByRole('button', { name: 'Start tuning' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('The project has no time column.')
  expect(screen.getByLabelText('Trials')).toHaveValue(40)
})

test('without a time column only the random split can be chosen', async () => {
  answer(aProject({ time_column: null }))
  const { next } = await openWizard()
  await next()
  await waitFor(() => {
    expect(screen.getByRole('radio', { name: /Everything after a date/ })).toBeDisabled()
  })
  expect(screen.getByRole('radio', { name: /Random/ })).toBeEnabled()
})

test('a step with an impossible value does not go on', async () => {
  const { user, next } = await openWizard()
  await next()
  await user.clear(screen.getByLabelText('Held out, %'))
  expect(screen.getByRole('button', { name: 'Continue' })).toBeDisabled()
})

test('the defaults start a job on the algorithms that the server suggests', async () => {
  const { user, next, router } = await openWizard()
  for (let step = 0; step < 3; step++) await next()
  await user.click(await screen.findByRole('button', { name: 'Start tuning' }))
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects/3/tuning/17')
  })
  expect(sent.split_config).toMatchObject({ scheme: 'RG', heldout_ratio: 0.1 })
  expect(sent.evaluation_config).toEqual({ target_metric: 'ndcg', cutoff: 20 })
  expect(sent.parameter_tuning_job).toMatchObject({
    data: 5,
    split: 8,
    evaluation: 9,
    n_trials: 40,
    tried_algorithms_json: null,
  })
})

test('choices are sent, and leaving the page keeps them as a draft', async () => {
  const first = await openWizard()
  await first.next()
  await first.user.click(screen.getByRole('radio', { name: /Latest of each user/ }))
  first.unmount()

  const { user } = await renderPage(WizardPage, PATH)
  expect(await screen.findByRole('radio', { name: /Latest of each user/ })).toBeChecked()
  for (let step = 0; step < 2; step++) {
    await user.click(screen.getByRole('button', { name: 'Continue' }))
  }
  const topPop = await screen.findByRole('checkbox', { name: /TopPop/ })
  await waitFor(() => {
    expect(topPop).toBeChecked()
    expect(screen.getByRole('checkbox', { name: /DenseSLIM/ })).not.toBeChecked()
  })
  expect(screen.getByRole('checkbox', { name: /NMF/ })).not.toBeChecked()
  await user.click(topPop)
  await user.click(screen.getByRole('button', { name: 'Start tuning' }))
  await waitFor(() => {
    expect(sent.parameter_tuning_job).toMatchObject({ tried_algorithms_json: ['IALS'] })
  })
  expect(sent.split_config).toMatchObject({ scheme: 'TU' })
})
