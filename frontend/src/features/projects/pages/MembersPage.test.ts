import { screen, waitFor, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useAuth, type User } from '@/stores/auth'
import { renderPage } from '@/test/render'
import { aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import type { Role } from '../types'
import MembersPage from './MembersPage.vue'

const stamps = { ins_datetime: '2026-03-01T10:00:00Z', updated_at: '2026-03-01T10:00:00Z' }
const ada = { id: 1, user: 11, username: 'ada', role: 'viewer', ...stamps }
const bob = { id: 2, user: 12, username: 'bob', role: 'editor', ...stamps }

async function seenBy(me: number, role: Role) {
  server.use(
    http.get(at('project/3/'), () => HttpResponse.json(aProject({ role }))),
    http.get(at('project/3/members/'), () => HttpResponse.json(page(ada, bob))),
  )
  const Page = defineComponent({
    setup() {
      useAuth().user = { pk: me, is_staff: false } as User
      return () => h(MembersPage)
    },
  })
  const path = {
    pattern: '/projects/:project/settings/members',
    path: '/projects/3/settings/members',
  }
  const rendered = await renderPage(Page, path)
  await screen.findByText('ada')
  return rendered
}

test('a viewer may leave and do nothing else', async () => {
  await seenBy(11, 'viewer')
  const names = screen.getAllByRole('button').map((button) => button.getAttribute('aria-label'))
  expect(names).toEqual(['Leave project'])
})

test('who leaves is told what it does to keys, and goes to the projects', async () => {
  server.use(http.delete(at('project/3/members/2/'), () => new HttpResponse(null, { status: 204 })))
  const { user, router } = await seenBy(12, 'editor')
  await user.click(screen.getByRole('button', { name: 'Leave project' }))
  const dialog = within(screen.getByRole('dialog'))
  expect(dialog.getByText(/Keys that you made in this project are revoked/)).toBeInTheDocument()
  await user.click(dialog.getByRole('button', { name: 'Leave project' }))
  await waitFor(() => {
    expect(router.currentRoute.value.path).toBe('/projects')
  })
})

test('an owner gives another role', async () => {
  const change = vi.fn<(body: unknown) => void>()
  server.use(
    http.patch(at('project/3/members/1/'), async ({ request }) => {
      change(await request.json())
      return HttpResponse.json({ ...ada, role: 'editor' })
    }),
  )
  const { user } = await seenBy(1, 'owner')
  await user.click(await screen.findByRole('button', { name: 'Change the role of ada' }))
  await user.click(screen.getByRole('radio', { name: /^Editor/ }))
  await user.click(screen.getByRole('button', { name: 'Change role' }))
  await waitFor(() => {
    expect(change).toHaveBeenCalledWith({ role: 'editor' })
  })
})
