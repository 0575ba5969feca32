import { screen, within } from '@testing-library/vue'
import { http, HttpResponse, ws } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aJob, aProject, aReport, aTrial } from '@/test/rows'
import { at, page, server } from '@/test/server'
import type { Trial, TuningJob } from '../types'
import JobPage from './JobPage.vue'

const PATH = { pattern: '/projects/:project/tuning/:job', path: '/projects/3/tuning/17' }
const socket = ws.link(new URL('/ws/job/17/', location.origin).href.replace('http', 'ws'))
const report = aReport()

let job: TuningJob
let trials: Trial[]
let say: (message: object) => void
let connected: Promise<void>

beforeEach(() => {
  job = aJob()
  trials = []
  connected = new Promise((resolve) => {
    server.use(
      http.get(at('parameter_tuning_job/17/'), () => HttpResponse.json(job)),
      http.get(at('parameter_tuning_job/17/trials/'), () => HttpResponse.json(page(...trials))),
      http.get(at('evaluation_config/9/'), () =>
        HttpResponse.json({ id: 9, target_metric: 'ndcg', cutoff: 20 }),
      ),
      http.get(at('project/3/'), () => HttpResponse.json(aProject())),
      http.get(at('parameter_tuning_job/'), () => HttpResponse.json(page(job))),
      socket.addEventListener('connection', ({ client }) => {
        say = (message) => {
          client.send(JSON.stringify(message))
        }
        resolve()
      }),
    )
  })
})

test('a failed job says why and offers another start', async () => {
  job = aJob({ status: 'FAILED', error: 'The file is gone.' })
  await renderPage(JobPage, PATH)
  expect(await screen.findByRole('alert')).toHaveTextContent('The file is gone.')
  expect(await screen.findByRole('link', { name: 'Start again' })).toHaveAttribute(
    'href',
    '/projects/3/tuning/new?data=5',
  )
})

test('a cancelled job goes on when asked to', async () => {
  job = aJob({ status: 'CANCELLED', n_trials_done: 2 })
  server.use(
    http.post(at('parameter_tuning_job/17/retry/'), () => {
      job = aJob({ status: 'PENDING', n_trials_done: 2 })
      return HttpResponse.json(job)
    }),
  )
  const { user } = await renderPage(JobPage, PATH)
  await user.click(await screen.findByRole('button', { name: 'Go on' }))
  expect(await screen.findByText('Waiting')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Go on' })).not.toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Cancel job' })).toBeInTheDocument()
})

test('a viewer watches a job and changes nothing', async () => {
  server.use(http.get(at('project/3/'), () => HttpResponse.json(aProject({ role: 'viewer' }))))
  job = aJob({ status: 'FAILED', error: 'The file is gone.' })
  await renderPage(JobPage, PATH)
  expect(await screen.findByRole('alert')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Go on' })).not.toBeInTheDocument()
})

test('a finished trial appears as soon as the socket speaks of it', async () => {
  const { user } = await renderPage(JobPage, PATH)
  await connected
  expect(await screen.findAllByText('The first trial is on its way.')).not.toHaveLength(0)

  trials = [aTrial(1, { algorithm: 'RP3beta', score: 0.3214 })]
  job = aJob({ n_trials_done: 1 })
  say({ type: 'log', seq: 1, message: 'Trial 1 of 6', timestamp: '2026-03-01T10:00:00Z' })
  const table = await screen.findByRole('region', { name: 'Trials' }, { timeout: 30_000 })
  const row = within(table).getByRole('row', { name: /RP3beta/ })
  expect(within(row).getByText('0.3214')).toBeInTheDocument()
  expect(await screen.findByText('1 of 6')).toBeInTheDocument()

  await user.click(screen.getByRole('link', { name: 'Log' }))
  expect(await screen.findByText('Trial 1 of 6')).toBeInTheDocument()
})

test('a job whose socket is shut out still shows its log', async () => {
  const lines = [
    { id: 8, contents: 'Trial 1 of 6', ins_datetime: '2026-03-01T10:00:01Z', task: null },
    { id: 7, contents: 'The split is ready.', ins_datetime: '2026-03-01T10:00:00Z', task: null },
  ]
  server.use(
    socket.addEventListener('connection', ({ client }) => {
      client.close(4403)
    }),
    http.get(at('task_log/'), ({ request }) => {
      const { searchParams } = new URL(request.url)
      const since = Number(searchParams.get('id_gt'))
      return HttpResponse.json(page(...lines.filter(({ id }) => id > since)))
    }),
  )
  await renderPage(JobPage, { ...PATH, path: `${PATH.path}?tab=log` })
  const rows = await within(await screen.findByRole('log')).findAllByText(/Trial 1|split/)
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    'The split is ready.',
    'Trial 1 of 6',
  ])
  expect(screen.getByText(/The live connection is being restored/)).toBeInTheDocument()
})

test('completion brings the untouched score with its interval, the baseline and the model', async () => {
  await renderPage(JobPage, PATH)
  await connected
  await screen.findByText('Running')
  job = aJob({ status: 'COMPLETED', tuned_model: 4, result: report, n_trials_done: 6 })
  say({ type: 'status_update', status: 'COMPLETED', data: {} })
  expect(await screen.findByText('Completed', {}, { timeout: 30_000 })).toBeInTheDocument()
  expect(screen.getByText('95 %: 0.3900 to 0.4300')).toBeInTheDocument()
  expect(screen.getByText('0.1200')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'See the model' })).toHaveAttribute(
    'href',
    '/projects/3/models/4',
  )
})
