import { expect, test, user } from './fixtures'
import { fillWhenFocused, ProjectPages } from './pages/projectPages'
import { SignInPage } from './pages/signInPage'

const columns = { user: 'customer', item: 'product', time: null }

test('a wrong password says so and keeps the name', async ({ page }) => {
  const signIn = new SignInPage(page)
  await signIn.open()
  await signIn.signIn(user.name, 'not the password')
  await expect(page.getByRole('alert')).toContainText(/password/i)
  await expect(page.getByLabel('User name or email')).toHaveValue(user.name)
})

test('a file without the named column is refused with a sentence', async ({ page, signedIn }) => {
  const project = new ProjectPages(signedIn)
  await project.create(`Wrong file ${String(Date.now())}`, columns)
  await project.upload(
    { name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from('customer,thing\na,b\n') },
    'Interactions',
  )
  await expect(page.getByRole('alert')).toContainText('product')
  await project.step('Data')
  await expect(page.getByText('No data yet')).toBeVisible()
})

test('a session that ends while typing keeps the text and saves it', async ({ page, signedIn }) => {
  const name = `Typed ${String(Date.now())}`
  await signedIn.goto('/projects?new=1')
  await fillWhenFocused(page.getByRole('textbox', { name: 'Name' }), name)
  await page.getByLabel('User column').fill('customer')
  await page.getByLabel('Item column').fill('product')
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Create project' }).click()

  const dialog = page.getByRole('dialog', { name: 'Your session ended' })
  await dialog.getByLabel('Password').fill(user.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
})

test('an address of nothing says so', async ({ page, signedIn }) => {
  await signedIn.goto('/projects/99999999')
  await expect(page.getByRole('alert')).toContainText('does not exist')
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
})

test('a server that refuses while the page opens is told, and asked again', async ({
  page,
  signedIn,
}) => {
  await signedIn.route('**/api/v1/auth/**', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'Retry-After': '7' },
      json: { detail: 'Request was throttled.', code: 'throttled' },
    }),
  )
  await signedIn.goto('/projects')
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Wait 7 seconds')
  await signedIn.unroute('**/api/v1/auth/**')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible()
})
