import { expect, type APIResponse, type Page } from '@playwright/test'
import { csv, madeUp } from './shopData'

const shop = madeUp()

/** A project of the made-up shop, made by the API for journeys that begin with data. */
export interface ShopProject {
  id: number
  data: number
  address: string
}

async function answered(response: APIResponse): Promise<{ id: number }> {
  expect(response.ok(), await response.text()).toBe(true)
  return (await response.json()) as { id: number }
}

async function post(page: Page, route: string, body: object): Promise<{ id: number }> {
  const cookies = await page.context().cookies()
  const token = cookies.find(({ name }) => name === 'csrftoken')?.value ?? ''
  const headers = { 'X-CSRFToken': token, Referer: page.url() }
  return answered(await page.request.post(`/api/v1/${route}/`, { headers, ...body }))
}

export async function makeShop(page: Page): Promise<ShopProject> {
  const columns = { user_column: 'customer', item_column: 'product', time_column: 'bought_at' }
  const name = `Shop ${String(Date.now())}`
  const { id } = await post(page, 'project', { data: { name, ...columns } })
  const multipart = { project: String(id), file: shop.interactions }
  const data = await post(page, 'training_data', { multipart })
  return { id, data: data.id, address: `/projects/${String(id)}` }
}

/** By default one that is trained in a moment. */
export async function makeConfiguration(
  page: Page,
  project: number,
  way: object = { name: 'Popular', recommender_class_name: 'TopPop' },
): Promise<number> {
  return (await post(page, 'model_configuration', { data: { project, ...way } })).id
}

export async function makeModel(page: Page, configuration: number, data: number): Promise<number> {
  return (await post(page, 'trained_model', { data: { configuration, data_loc: data } })).id
}

export async function makeSlot(
  page: Page,
  project: number,
  model: number,
  { name = 'production', weight = 100 } = {},
): Promise<number> {
  const body = { project, name, trained_model: model, weight }
  return (await post(page, 'deployment_slot', { data: body })).id
}

/** Users who saw something in a slot, of whom the first so many clicked. */
export async function makeVisits(
  page: Page,
  project: number,
  slot: number,
  { users, clickers }: { users: string[]; clickers: number },
): Promise<void> {
  const event = { project, deployment_slot: slot, item_id: 'p1' }
  const events = users.flatMap((user_id, place) => [
    { ...event, user_id, event_type: 'impression' },
    ...(place < clickers ? [{ ...event, user_id, event_type: 'click' }] : []),
  ])
  await post(page, 'conversion_event/batch', { data: { events } })
}

export async function makeTuning(page: Page, data: number, trials: number): Promise<number> {
  const split = (await post(page, 'split_config', { data: {} })).id
  const evaluation = (await post(page, 'evaluation_config', { data: {} })).id
  const body = { data, split, evaluation, n_trials: trials }
  return (await post(page, 'parameter_tuning_job', { data: body })).id
}

export const moreOrders = csv('more.csv', [
  'customer,product,bought_at',
  'new1,p1,2025-01-01T00:00:00Z',
  'new1,p2,2025-01-02T00:00:00Z',
])
export const wrongOrders = csv('wrong.csv', ['customer,thing', 'a,b'])
export const products = shop.items
