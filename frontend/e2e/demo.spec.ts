import { expect, test, type Page } from '@playwright/test'
import { user } from './fixtures'

/** Pages that hold one row each of a kind are alike: so many of them are enough. */
const ALIKE = 2

/** The address without what only says where one came from, and its kind. */
function kindOf(address: string): string {
  const { pathname, searchParams } = new URL(address)
  const tab = searchParams.get('tab')
  const rows = pathname.replace(/(?<!^\/projects)\/\d+/g, '/:id')
  return tab ? `${rows}?tab=${tab}` : rows
}

const addressesOn = (page: Page): Promise<string[]> =>
  page
    .locator('a[href^="/"]:not([download])')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))

test('every page of the demo is full of life and says nothing to the console', async ({
  page,
  baseURL,
}) => {
  const said: string[] = []
  page.on('pageerror', ({ message }) => said.push(`${page.url()}: ${message}`))
  page.on('console', (line) => {
    if (['error', 'warning'].includes(line.type())) said.push(`${page.url()}: ${line.text()}`)
  })
  const data = { username: user.name, password: user.password }
  const signedIn = await page.request.post('/api/v1/auth/login/', { data })
  expect(signedIn.ok(), await signedIn.text()).toBe(true)

  const open = [new URL('/', baseURL).href]
  const met = new Set<string>(open)
  const visited = new Map<string, number>()
  const empty: string[] = []
  for (let next = open.shift(); next; next = open.shift()) {
    const kind = kindOf(next)
    const times = visited.get(kind) ?? 0
    if (times >= ALIKE) continue
    visited.set(kind, times + 1)
    await page.goto(next)
    await expect(page.getByRole('heading', { level: 1 }), next).toBeVisible()
    await expect(page.getByRole('status', { name: 'Loading' }), next).toHaveCount(0)
    await expect(page.getByRole('alert'), next).toHaveCount(0)
    if (await page.locator('[data-empty]').count()) empty.push(kind)
    for (const address of await addressesOn(page)) {
      if (met.has(address) || /\/(api|admin|inference)\//.test(address)) continue
      met.add(address)
      open.push(address)
    }
  }
  console.log(`${String(visited.size)} kinds of pages: ${[...visited.keys()].join(' ')}`)
  expect(empty).toEqual([])
  expect(said).toEqual([])
})
