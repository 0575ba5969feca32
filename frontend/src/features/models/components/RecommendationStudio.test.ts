import { screen, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aProject } from '@/test/rows'
import { at, page, server } from '@/test/server'
import RecommendationStudio from './RecommendationStudio.vue'

const raw = {
  user_id: 'c7',
  user_profile: ['p1'],
  recommendations: [
    { item_id: 'p2', score: 0.9 },
    { item_id: 'p3', score: 0.3 },
  ],
}
const props = { props: { project: 3, model: 4 } }
const RAW = at('trained_model/4/sample_recommendation_raw/')

beforeEach(() => {
  server.use(
    http.get(at('project/3/'), () => HttpResponse.json(aProject())),
    http.get(at('item_meta_data/'), () => HttpResponse.json(page())),
    http.get(RAW, () => HttpResponse.json(raw)),
  )
})

const column = async (name: string) => {
  const heading = await screen.findByRole('heading', { name })
  const section = heading.closest('section')
  if (!section) throw new Error('no column')
  return within(section)
}

test('a user the model does not know is said so, with a way on', async () => {
  server.use(
    http.get(RAW, ({ request }) =>
      new URL(request.url).searchParams.has('user_id')
        ? HttpResponse.json({ detail: 'Unknown.', code: 'not_found' }, { status: 404 })
        : HttpResponse.json(raw),
    ),
  )
  const { user } = await renderPage(RecommendationStudio, props)
  await column('Recommendations')
  await user.clear(screen.getByLabelText('User'))
  await user.type(screen.getByLabelText('User'), 'nobody{Enter}')
  expect(await screen.findByText('The model does not know user nobody')).toBeInTheDocument()
  const ways = screen.getAllByRole('button', { name: 'Any user' })
  await user.click(ways[ways.length - 1] as HTMLElement)
  expect((await column('Recommendations')).getByText('p2')).toBeInTheDocument()
})

test('without item details both columns show ids', async () => {
  await renderPage(RecommendationStudio, props)
  expect((await column('History')).getByText('p1')).toBeInTheDocument()
  const recommended = (await column('Recommendations')).getAllByRole('listitem')
  expect(recommended.map((item) => item.title)).toEqual(['p2', 'p3'])
  expect(screen.getByLabelText('User')).toHaveValue('c7')
})

test('with item details the cards carry titles', async () => {
  const details = {
    user_id: 'c7',
    user_profile: JSON.stringify([{ product: 'p1', title: 'Tea pot', shelf: 'Kitchen' }]),
    recommendations: JSON.stringify([{ product: 'p2', title: 'Cup', shelf: null, score: 0.9 }]),
  }
  const row = {
    id: 6,
    status: 'READY',
    file: 'items.csv',
    valid_columns_list_json: ['title', 'shelf'],
  }
  server.use(
    http.get(at('item_meta_data/'), () => HttpResponse.json(page(row))),
    http.get(at('trained_model/4/sample_recommendation_metadata/6/'), () =>
      HttpResponse.json(details),
    ),
  )
  await renderPage(RecommendationStudio, props)
  expect((await column('History')).getByText('Tea pot')).toBeInTheDocument()
  expect((await column('History')).getByText('Kitchen')).toBeInTheDocument()
  expect((await column('Recommendations')).getByText('Cup')).toBeInTheDocument()
})
