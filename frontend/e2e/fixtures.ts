import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { makeShop, type ShopProject } from './shopProject'

export const user = {
  name: process.env.RECOTEM_E2E_USER ?? 'admin',
  password: process.env.RECOTEM_E2E_PASSWORD ?? '',
}

const pictures = process.env.RECOTEM_E2E_PICTURES

/** Keeps a picture of the page in light and in dark, when somebody asked for pictures. */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (!pictures) return
  await mkdir(pictures, { recursive: true })
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

interface Fixtures {
  signedIn: Page
  /** A project with data, of this test alone, whose pages must not complain in the console. */
  shop: ShopProject
}

export const test = base.extend<Fixtures>({
  // A session of its own for each test: a refresh token works once, so none can be handed on.
  signedIn: async ({ page }, use) => {
    const data = { username: user.name, password: user.password }
    const answer = await page.request.post('/api/v1/auth/login/', { data })
    if (!answer.ok()) throw new Error(`Signing in: ${await answer.text()}`)
    await page.goto('/')
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
    await use(page)
  },
  shop: async ({ signedIn }, use) => {
    const said: string[] = []
    signedIn.on('pageerror', ({ message }) => said.push(message))
    signedIn.on('console', (line) => {
      const refused = line.text().startsWith('Failed to load resource')
      if (['error', 'warning'].includes(line.type()) && !refused) said.push(line.text())
    })
    await use(await makeShop(signedIn))
    expect(said).toEqual([])
  },
})
export { expect } from '@playwright/test'
