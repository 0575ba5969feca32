import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base, type BrowserContext, type Page } from '@playwright/test'
import { SignInPage } from './pages/signInPage'

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
}
interface WorkerFixtures {
  session: Awaited<ReturnType<BrowserContext['storageState']>>
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // Signs in once for all tests of a worker: the server allows few attempts in a minute.
  session: [
    async ({ browser }, use) => {
      const baseURL = test.info().project.use.baseURL
      const context = await browser.newContext({ baseURL })
      const signIn = new SignInPage(await context.newPage())
      await signIn.open()
      await signIn.signIn(user.name, user.password)
      await signIn.done()
      const state = await context.storageState()
      await context.close()
      await use(state)
    },
    { scope: 'worker' },
  ],
  signedIn: async ({ page, session }, use) => {
    await page.context().addCookies(session.cookies)
    await page.goto('/')
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
    await use(page)
  },
})
export { expect } from '@playwright/test'
