import { request, type APIRequestContext, type Page } from '@playwright/test'
import { expectAccessible } from './accessible'
import { expect, takePictures, test as base, user } from './fixtures'

const PASSWORD = 'first-long-password-1'
let made = 0
/** A name that no other journey takes, also not on a server that was used before. */
export const fresh = (what: string): string =>
  `${what}-${Date.now().toString(36)}-${String(made++)}`

export interface Person {
  id: number
  name: string
  password: string
}

/** Rows of the server, made without a browser. */
export class Backstage {
  constructor(private readonly api: APIRequestContext) {}

  async post<R>(path: string, data: object): Promise<R> {
    const answer = await this.api.post(`/api/v1/${path}`, { data })
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true)
    return (await answer.json()) as R
  }

  async person(what: string): Promise<Person> {
    const name = fresh(what)
    const { id } = await this.post<{ id: number }>('users/', { username: name, password: PASSWORD })
    return { id, name, password: PASSWORD }
  }

  async project(): Promise<{ id: number; name: string }> {
    const columns = { user_column: 'customer', item_column: 'product' }
    return this.post('project/', { name: fresh('Shop'), ...columns })
  }

  async member(project: number, person: Person, role: string): Promise<void> {
    await this.post(`project/${String(project)}/members/`, { username: person.name, role })
  }
}

/** Gives the browser of a page the cookies of a person, as the sign-in page would. */
export async function signInAs(page: Page, { name, password }: Omit<Person, 'id'>): Promise<void> {
  const data = { username: name, password }
  const answer = await page.request.post('/api/v1/auth/login/', { data })
  expect(answer.ok(), await answer.text()).toBe(true)
}

/** Accessible and within the width of a phone, in light and dark; keeps pictures when asked. */
export async function expectGoodPage(page: Page, name: string): Promise<void> {
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
  await takePictures(page, name)
  await expectAccessible(page)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 390, height: 844 })
  await takePictures(page, `${name}-phone`)
  // Charts follow the width of the window a moment later.
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  await expect.poll(tooWide, `${page.url()} is wider than a phone`).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 1440, height: 900 })
}

interface Fixtures {
  backstage: Backstage
  /** What the console of the page may say; anything else fails the journey. */
  expectedNoise: RegExp[]
}

export const test = base.extend<Fixtures>({
  backstage: async ({ baseURL }, use) => {
    const api = await request.newContext({ baseURL })
    const data = { username: user.name, password: user.password }
    const { access } = (await (await api.post('/api/v1/auth/login/', { data })).json()) as {
      access: string
    }
    const headers = { Authorization: `Bearer ${access}` }
    const authorized = await request.newContext({ baseURL, extraHTTPHeaders: headers })
    await use(new Backstage(authorized))
    await authorized.dispose()
    await api.dispose()
  },
  expectedNoise: async ({ page }, use) => {
    const allowed: RegExp[] = []
    const heard: string[] = []
    page.on('pageerror', (error) => heard.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') heard.push(`${message.text()} ${message.location().url}`)
    })
    await use(allowed)
    expect(heard.filter((line) => !allowed.some((pattern) => pattern.test(line)))).toEqual([])
  },
})
export { expect, user }
