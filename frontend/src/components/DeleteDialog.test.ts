import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { ApiError } from '@/api/errors'
import { renderPage } from '@/test/render'
import { at, server } from '@/test/server'
import DeleteButton from './DeleteButton.vue'

const nothing = { deletes: { training_data: 1 }, blocked_by: [], frees_bytes: 0 }

async function openFor(impact: object, run: () => Promise<unknown>) {
  server.use(http.get(at('training_data/5/impact/'), () => HttpResponse.json(impact)))
  const props = { kind: 'training_data', id: 5, name: 'orders.csv', run }
  const { user } = await renderPage(DeleteButton, { props })
  await user.click(screen.getByRole('button', { name: 'Delete orders.csv' }))
  await screen.findByRole('dialog', { name: 'Delete orders.csv?' })
  return user
}
const action = () => screen.getByRole('button', { name: 'Delete' })

test('what stands in the way is named, and nothing can be deleted', async () => {
  const slot = { kind: 'deployment_slot', id: 1, name: 'main', reason: 'It needs a model.' }
  await openFor({ ...nothing, blocked_by: [slot] }, () => Promise.resolve())
  expect(await screen.findByText('The slot “main”')).toBeInTheDocument()
  expect(screen.getByText('It needs a model.')).toBeInTheDocument()
  expect(action()).toBeDisabled()
})

test('a refusal is explained in the dialog, which stays', async () => {
  const run = () => Promise.reject(new ApiError(409, 'data_in_use', 'A running job reads this.'))
  const user = await openFor(nothing, run)
  await waitFor(() => {
    expect(action()).toBeEnabled()
  })
  await user.click(action())
  expect(await screen.findByRole('alert')).toHaveTextContent('A running job reads this.')
  expect(screen.getByRole('dialog')).toBeInTheDocument()
})

test('what goes along is counted before, without the thing itself', async () => {
  const deletes = { training_data: 1, trained_model: 2, parameter_tuning_job: 1, task_log: 40 }
  const run = vi.fn(() => Promise.resolve())
  const user = await openFor({ ...nothing, deletes, frees_bytes: 2_500_000 }, run)
  expect(await screen.findByText('2 trained models')).toBeInTheDocument()
  expect(screen.getAllByRole('listitem')).toHaveLength(2)
  expect(screen.getByText('1 tuning job')).toBeInTheDocument()
  expect(screen.getByText(/Frees 2\.5 MB/)).toBeInTheDocument()
  await user.click(action())
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })
  expect(run).toHaveBeenCalledOnce()
})
