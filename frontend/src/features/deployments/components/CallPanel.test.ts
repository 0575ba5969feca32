import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { useIssuedKeys } from '@/stores/issuedKeys'
import { renderPage } from '@/test/render'
import { at, page, server } from '@/test/server'
import CallPanel from './CallPanel.vue'

const slot = {
  id: 1,
  project: 3,
  name: 'production',
  trained_model: 4,
  weight: 100,
  is_active: true,
}
const predict = new URL('/inference/predict/project/3', location.origin).href

const WithKey = defineComponent({
  setup() {
    useIssuedKeys().remember(3, 'rctm_key')
    return () => h(CallPanel, { project: 3 })
  },
})

beforeEach(() => {
  server.use(
    http.get(at('deployment_slot/'), () => HttpResponse.json(page(slot))),
    http.get(at('trained_model/4/sample_recommendation_raw/'), () =>
      HttpResponse.json({ user_id: "o'hara", user_profile: [], recommendations: [] }),
    ),
  )
})

test('without a key there is nothing to try, but a way to get one', async () => {
  await renderPage(CallPanel, { props: { project: 3 } })
  expect(await screen.findByRole('link', { name: 'Create key' })).toHaveAttribute(
    'href',
    '/projects/3/keys?new=1',
  )
  expect(screen.queryByRole('button', { name: 'Try it' })).not.toBeInTheDocument()
})

test('a refusal of the inference service is a sentence', async () => {
  const body = { detail: 'No slot of this project is active.', code: 'no_active_slot' }
  server.use(http.post(predict, () => HttpResponse.json(body, { status: 404 })))
  const { user } = await renderPage(WithKey)
  await screen.findByDisplayValue("o'hara")
  await user.click(screen.getByRole('button', { name: 'Try it' }))
  expect(await screen.findByText('No slot of this project is active.')).toBeInTheDocument()
})

test('the command is what the button sends, quoted for a shell', async () => {
  let seen: unknown[] = []
  server.use(
    http.post(predict, async ({ request }) => {
      seen = [request.headers.get('X-API-Key'), await request.json()]
      return HttpResponse.json({ items: [], slot_name: 'production' })
    }),
  )
  const { user } = await renderPage(WithKey)
  await screen.findByDisplayValue("o'hara")
  const command = screen.getByRole('region', { name: 'Command' })
  expect(command).toHaveTextContent(`curl -X POST ${predict}`)
  expect(command).toHaveTextContent("-H 'X-API-Key: rctm_key'")
  expect(command).toHaveTextContent(`{"user_id":"o'\\''hara","cutoff":10}`)

  await user.click(screen.getByRole('button', { name: 'Try it' }))
  expect(await screen.findByText(/^200 in \d+ ms$/)).toBeInTheDocument()
  expect(seen).toEqual(['rctm_key', { user_id: "o'hara", cutoff: 10 }])
})
