import type { BrowserContext, Page } from '@playwright/test'
import { expect, expectGoodPage, signInAs, test } from './people'

const REFRESH = '**/api/v1/auth/token/refresh/'

/** The access cookie is gone, as after its five minutes. */
async function outliveAccess(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: 'jwt-access' })
}
const projects = (page: Page) => page.getByRole('heading', { name: 'Projects', level: 1 })

test('a person changes password, language and appearance', async ({
  page,
  browser,
  backstage,
  expectedNoise,
}) => {
  const ada = await backstage.person('ada')
  const elsewhere = await (await browser.newContext()).newPage()
  await signInAs(elsewhere, ada)
  await signInAs(page, ada)
  await page.goto('/projects')
  await page.getByRole('button', { name: 'Account menu' }).click()
  await page.getByRole('link', { name: 'Your account' }).click()
  await expect(page.getByText('Staff can change these for you.')).toBeVisible()
  await expectGoodPage(page, '50-account')

  await test.step('password', async () => {
    await page.getByLabel('Present password').fill(ada.password)
    await page.getByLabel('New password', { exact: true }).fill('12345678')
    await page.getByLabel('New password again').fill('12345678')
    await page.getByRole('button', { name: 'Change password' }).click()
    expectedNoise.push(/status of 400.*password\/change/)
    await expect(page.getByRole('alert')).toBeVisible()
    await page.getByLabel('New password', { exact: true }).fill('another-long-password-2')
    await page.getByLabel('New password again').fill('another-long-password-2')
    await page.getByRole('button', { name: 'Change password' }).click()
    await expect(page.getByText(/your other sessions have ended/)).toBeVisible()
    expect((await elsewhere.request.get('/api/v1/auth/user/')).status()).toBe(401)
    expect((await page.request.get('/api/v1/auth/user/')).status()).toBe(200)
    await elsewhere.context().close()
  })

  await test.step('appearance and language', async () => {
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true })
    await expect(page.locator('html.dark')).toBeVisible()
    await page.getByRole('radio', { name: 'Like the system' }).check({ force: true })
    await page.getByLabel('Language').selectOption('日本語')
    await expect(page.getByRole('heading', { name: '自分のアカウント' })).toBeVisible()
    await expectGoodPage(page, '51-account-ja')
    await page.getByLabel('言語').selectOption('English')
  })
})

test('two tabs that renew their session at once stay signed in', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  await signInAs(page, await backstage.person('ada'))
  await page.goto('/projects')
  await expect(projects(page)).toBeVisible()
  const other = await page.context().newPage()
  await other.goto('/account')
  await expect(other.getByText('Profile')).toBeVisible()

  let refreshes = 0
  await page.context().route(REFRESH, async (route) => {
    refreshes += 1
    await route.continue()
  })
  await outliveAccess(page.context())
  await Promise.all([page.reload(), other.reload()])
  await expect(projects(page)).toBeVisible()
  await expect(other.getByText('Profile')).toBeVisible()
  await outliveAccess(page.context())
  await Promise.all([page.reload(), other.reload()])
  await expect(projects(page)).toBeVisible()
  await expect(other.getByText('Profile')).toBeVisible()
  expect(refreshes).toBeGreaterThanOrEqual(2)
  expectedNoise.push(/status of 401/)
})

test('a sign-out in one tab reaches the other', async ({ page, backstage, expectedNoise }) => {
  await signInAs(page, await backstage.person('ada'))
  await page.goto('/account')
  await expect(page.getByText('Profile')).toBeVisible()
  const other = await page.context().newPage()
  await other.goto('/projects')
  await expect(projects(other)).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).first().click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  expect(expectedNoise).toEqual([])
})

test('a session that ends over a settings form keeps what was typed', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  const ada = await backstage.person('ada')
  await signInAs(page, ada)
  const { id } = (await (
    await page.request.get('/api/v1/auth/user/').then(async () =>
      page.request.post('/api/v1/project/', {
        data: { name: 'Typed', user_column: 'u', item_column: 'i' },
        headers: { 'X-CSRFToken': await csrf(page) },
      }),
    )
  ).json()) as { id: number }
  await page.goto(`/projects/${String(id)}/settings`)
  await page.getByLabel('Name').fill('Typed while it ended')
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Save changes' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your session ended' })
  await dialog.getByLabel('Password').fill(ada.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue('Typed while it ended')
  expectedNoise.push(/status of 40[13]/)
})

async function csrf(page: Page): Promise<string> {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => name === 'csrftoken')?.value ?? ''
}
