import { expect, takePictures, test, user } from './fixtures'
import { fillWhenFocused, ProjectPages } from './pages/projectPages'
import { SignInPage } from './pages/signInPage'
import { shopData } from './shopData'

const TRIALS = process.env.RECOTEM_E2E_TRIALS ?? '6'

test('from a file to a served recommendation', async ({ page }) => {
  const shop = shopData()
  const project = new ProjectPages(page)
  const name = `Shop ${String(Date.now())}`

  await test.step('sign in', async () => {
    const signIn = new SignInPage(page)
    await signIn.open()
    await takePictures(page, '00-sign-in')
    await signIn.signIn(user.name, user.password)
    await signIn.done()
  })

  await test.step('make a project', async () => {
    await project.create(name, shop.columns)
    await takePictures(page, '01-overview-empty')
  })

  await test.step('upload interactions and look at them', async () => {
    await project.upload(shop.interactions, 'Interactions')
    await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible({ timeout: 300_000 })
    await expect(page.getByRole('heading', { name: 'Items by popularity' })).toBeVisible()
    await takePictures(page, '02-data-report')
    await page.getByRole('link', { name: 'Rows' }).click()
    await expect(page.getByText(/The first \d+ of/)).toBeVisible()
    await takePictures(page, '03-data-rows')
  })

  await test.step('upload item details', async () => {
    await project.upload(shop.items, 'Item details')
    await expect(page).toHaveURL(/\/data\/items\/\d+$/, { timeout: 300_000 })
    await project.step('Data')
    await expect(page.getByRole('heading', { name: 'Item details', exact: true })).toBeVisible()
    await expect(page.locator('[data-status=READY]')).toHaveCount(2, { timeout: 300_000 })
    await takePictures(page, '04-data')
  })

  await test.step('tune, watching it live', async () => {
    await project.step('Tuning')
    await page.getByRole('link', { name: 'Start tuning' }).click()
    await page.getByRole('radio').first().waitFor()
    await takePictures(page, '05-wizard-data')
    await page.getByRole('button', { name: 'Continue' }).click()
    await takePictures(page, '06-wizard-split')
    await page.getByRole('button', { name: 'Continue' }).click()
    await takePictures(page, '07-wizard-evaluation')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Trials').fill(TRIALS)
    await takePictures(page, '08-wizard-algorithms')
    await page.getByRole('button', { name: 'Start tuning' }).click()

    await expect(page.getByRole('heading', { name: /^Tuning \d+$/ })).toBeVisible()
    await expect(page.getByRole('row')).not.toHaveCount(0, { timeout: 300_000 })
    await takePictures(page, '09-job-running')
    await expect(page.locator('h1 ~ [data-status=COMPLETED]')).toBeVisible({ timeout: 500_000 })
    await expect(page.getByText('95 %:').first()).toBeVisible()
    await takePictures(page, '10-job-completed')
    await page.getByRole('link', { name: 'Log' }).click()
    await expect(page.getByRole('log').getByRole('listitem').first()).toBeVisible()
    await takePictures(page, '11-job-log')
  })

  await test.step('judge the model', async () => {
    await page.getByRole('link', { name: 'See the model' }).click()
    const recommended = page
      .getByRole('list')
      .filter({ has: page.locator('li') })
      .last()
    await expect(recommended.getByRole('listitem')).toHaveCount(10)
    if (!process.env.RECOTEM_E2E_ITEMS) {
      await expect(recommended.getByText(/^Product number \d+$/)).toHaveCount(10)
    }
    await takePictures(page, '12-model')
    await page.setViewportSize({ width: 390, height: 844 })
    await takePictures(page, '13-model-phone')
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  await test.step('put it into a slot', async () => {
    await page.getByRole('link', { name: 'Deploy model' }).click()
    const dialog = page.getByRole('dialog', { name: 'Deploy a model' })
    await takePictures(page, '14-deploy-dialog')
    await dialog.getByRole('button', { name: 'Deploy' }).click()
    await expect(page.getByText('Active', { exact: true })).toBeVisible()
  })

  await test.step('make a key, shown once', async () => {
    await page.getByRole('link', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a key' })
    await fillWhenFocused(dialog.getByLabel('Name'), 'Web shop')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByText(/^rctm_[\w-]{64}$/)).toBeVisible()
    await takePictures(page, '15-key')
    await page.getByRole('link', { name: 'Try it on the deployment page' }).click()
  })

  await test.step('ask for recommendations', async () => {
    await expect(page.getByLabel('User id')).not.toHaveValue('')
    await page.getByRole('button', { name: 'Try it' }).click()
    await expect(page.getByText(/^200 in \d+ ms$/)).toBeVisible()
    await expect(page.getByRole('region', { name: 'Answer' })).toContainText('"slot_name"')
    await takePictures(page, '16-deployment')
    await project.step('Keys')
    await expect(page.getByText(/^rctm_[\w-]{64}$/)).toHaveCount(0)
  })

  await test.step('see the whole pipeline', async () => {
    await page.getByRole('link', { name: 'Overview' }).click()
    await expect(page.getByText('Recommendations are being served.')).toBeVisible()
    await takePictures(page, '17-overview')
    await page.goto('/projects')
    await takePictures(page, '18-projects')
  })
})
