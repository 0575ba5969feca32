import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { renderPage } from '@/test/render'
import { aProject } from '@/test/rows'
import { at, server } from '@/test/server'
import DeleteProject from './DeleteProject.vue'

const blocker = { kind: 'tuning_job', id: 1, name: 'Job 1', reason: 'It is running.' }

async function open(blocked_by: unknown[] = []) {
  const deletes = { project: 1, trained_model: 3 }
  server.use(
    http.get(at('project/3/impact/'), () =>
      HttpResponse.json({ deletes, blocked_by, frees_bytes: 2_000_000 }),
    ),
  )
  const rendered = await renderPage(DeleteProject, { props: { project: aProject() } })
  await rendered.user.click(screen.getByRole('button', { name: 'Delete project' }))
  await screen.findByText(blocked_by.length ? /In the way are/ : 'Deleted with it:')
  const [, confirm] = screen.getAllByRole('button', { name: 'Delete project', hidden: true })
  return { ...rendered, confirm: confirm as HTMLElement }
}

test('what stands against it is said, and then nothing can be deleted', async () => {
  const { user, confirm } = await open([blocker])
  expect(screen.getByText(/It is running\./)).toBeInTheDocument()
  await user.type(screen.getByLabelText('Type Shop to confirm'), 'Shop')
  expect(confirm).toBeDisabled()
})

test('the dialog says what goes, and only the name of the project deletes it', async () => {
  const deleted = vi.fn(() => new HttpResponse(null, { status: 204 }))
  server.use(http.delete(at('project/3/'), deleted))
  const { user, confirm, router } = await open()
  expect(screen.getByText('3 trained models')).toBeInTheDocument()
  expect(screen.getByText(/Frees 2\.0 MB\./)).toBeInTheDocument()
  const field = screen.getByLabelText('Type Shop to confirm')
  await user.type(field, 'Sho')
  expect(confirm).toBeDisabled()
  await user.type(field, 'p')
  await user.click(confirm)
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects')
  })
  expect(deleted).toHaveBeenCalledOnce()
})
