import { expectAccessible } from './accessible'
import { test } from './fixtures'
import { ProjectPages } from './pages/projectPages'

test('the sign-in page is accessible', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await expectAccessible(page)
})

test('the pages of the newest project are accessible', async ({ page, signedIn }) => {
  const pages = new ProjectPages(signedIn)
  await expectAccessible(page)
  await page.goto('/projects')
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor()
  await expectAccessible(page)
  const names = page.getByRole('row').getByRole('link')
  if ((await names.count()) > 0) await names.first().click()
  else await pages.create('Accessible', { user: 'u', item: 'i', time: null })
  await page.getByText('From data to served').waitFor()
  await expectAccessible(page)

  const project = new URL(page.url()).pathname
  for (const step of [
    'Data',
    'Tuning',
    'Models',
    'Deployment',
    'Experiments',
    'Retraining',
    'Keys',
  ]) {
    await pages.step(step)
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' })
    await expectAccessible(page)
    const detail = page.getByRole('row').getByRole('link').first()
    if (['Deployment', 'Retraining', 'Keys'].includes(step) || (await detail.count()) === 0)
      continue
    await detail.click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await expectAccessible(page)
  }
  for (const path of ['data/upload', 'tuning/new', 'keys?new=1', 'deployment?new=1']) {
    await page.goto(`${project}/${path}`)
    await page.waitForLoadState('networkidle')
    await expectAccessible(page)
  }
})
