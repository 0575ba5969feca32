import { expect, test } from './fixtures'
import { expectStatus } from './pages/detailPages'
import { ProjectPages } from './pages/projectPages'
import { expectGoodPage } from './people'
import { makeConfiguration, makeModel, makeTuning } from './shopProject'

const WORK = { timeout: 300_000 }

test('a search is watched from everywhere, cancelled, and goes on where it stopped', async ({
  signedIn: page,
  shop,
}) => {
  const job = await makeTuning(page, shop.data, 400)
  const running = page.getByRole('button', { name: /^Running jobs/ })

  await test.step('it counts in the top bar of every page', async () => {
    await page.goto('/projects')
    await running.click()
    await page.getByRole('link', { name: new RegExp(`^Tuning ${String(job)}`) }).waitFor()
    await expectGoodPage(page, '70-running-jobs')
    await page.getByRole('link', { name: new RegExp(`^Tuning ${String(job)}`) }).click()
    await expectStatus(page, 'RUNNING', WORK)
  })

  await test.step('the list shows how far it is', async () => {
    await new ProjectPages(page).step('Tuning')
    const row = page.getByRole('row', { name: new RegExp(`Tuning ${String(job)}`) })
    await expect(row).toContainText(/[1-9]\d* of 400/, WORK)
    await expectGoodPage(page, '71-tuning-list')
    await page.getByLabel('State').selectOption('Failed')
    await expect(page.getByRole('heading', { name: 'No jobs in this state' })).toBeVisible()
    await page.getByLabel('State').selectOption('Running')
    await row.getByRole('link').click()
  })

  await test.step('its log goes on by itself', async () => {
    await page.getByRole('link', { name: 'Log' }).click()
    const lines = page.getByRole('log').getByRole('listitem')
    await expect(lines.first()).toBeVisible()
    const before = await lines.count()
    await expect.poll(() => lines.count(), WORK).toBeGreaterThan(before)
  })

  await test.step('cancelled, it keeps its trials', async () => {
    await page.getByRole('button', { name: 'Cancel job' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
    await expectStatus(page, 'CANCELLED', WORK)
    await expect(page.getByText(/Finished trials are kept/)).toBeVisible()
    await expectGoodPage(page, '72-job-cancelled')
  })

  await test.step('and goes on when asked to', async () => {
    await page.getByRole('button', { name: 'Go on' }).click()
    await expectStatus(page, 'RUNNING', WORK)
    await page.getByRole('button', { name: 'Cancel job' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
    await expectStatus(page, 'CANCELLED', WORK)
    await expect(running).toHaveCount(0)
  })
})

test('a training is cancelled and tried again', async ({ signedIn: page, shop }) => {
  // Slow enough to be stopped.
  const configuration = await makeConfiguration(page, shop.id, {
    name: 'Slow',
    recommender_class_name: 'IALS',
    parameters_json: { n_components: 512, train_epochs: 500 },
  })
  const model = await makeModel(page, configuration, shop.data)
  await page.goto(`${shop.address}/models/${String(model)}`)
  await page.getByRole('button', { name: 'Cancel training' }).click()
  await expectGoodPage(page, '73-cancel-training')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel training' }).click()
  await expectStatus(page, 'FAILED', WORK)
  await expect(page.getByRole('alert')).toBeVisible()
  await expectGoodPage(page, '74-training-cancelled')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'Cancel training' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel training' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel training' }).click()
  await expectStatus(page, 'FAILED', WORK)
})
