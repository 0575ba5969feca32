import { expectGoodPage } from './people'
import { expect, test } from './fixtures'
import { chooseAction, expectStatus } from './pages/detailPages'
import { ProjectPages } from './pages/projectPages'
import { makeConfiguration } from './shopProject'

const RUN = { timeout: 300_000 }

test('a schedule is made, runs by hand, is changed, switched off and deleted', async ({
  signedIn: page,
  shop,
}) => {
  await makeConfiguration(page, shop.id)
  const dialog = page.getByRole('dialog')
  await page.goto(shop.address)
  await new ProjectPages(page).step('Retraining')
  await expectGoodPage(page, '60-retraining-empty')

  await test.step('an impossible rhythm is refused at its field', async () => {
    await page.getByRole('link', { name: 'Create schedule' }).click()
    await expect(page.getByLabel('Configuration', { exact: true })).toContainText('Popular')
    await page.getByLabel('How often').selectOption('By a cron expression')
    await page.getByLabel('Cron expression').fill('99 * * * *')
    await page.getByRole('button', { name: 'Create schedule' }).click()
    await expect(page.getByRole('alert')).toContainText('minute')
    await expect(page.getByLabel('Cron expression')).toHaveAttribute('aria-invalid', 'true')
  })

  await test.step('a good one says in words when it runs', async () => {
    await page.getByLabel('How often').selectOption('Every week')
    await page.getByLabel('Day of the week').selectOption('Monday')
    await page.getByLabel('Time', { exact: true }).fill('03:30')
    await page.getByLabel('Time zone').fill('Asia/Tokyo')
    await expectGoodPage(page, '61-schedule-form')
    await page.getByRole('button', { name: 'Create schedule' }).click()
    await expect(page.getByRole('heading', { name: 'Every Monday at 03:30' })).toBeVisible()
    await expect(page.getByText('Clock of Asia/Tokyo')).toBeVisible()
    await expect(page.locator('ol time')).toHaveCount(5)
    await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible()
  })

  await test.step('a run by hand makes a model, seen without reloading', async () => {
    await page.getByRole('button', { name: 'Run now' }).click()
    const run = page.getByRole('row', { name: /A person or a key/ })
    await expect(run.locator('[data-status=COMPLETED]')).toBeVisible(RUN)
    await expect(run).toContainText('1 of 4')
    await expectGoodPage(page, '62-retraining')
    await run.getByRole('link', { name: /^Model \d+$/ }).click()
    await expectStatus(page, 'READY')
    await page.goBack()
  })

  await test.step('it searches anew after a change', async () => {
    await page.getByRole('link', { name: 'Change schedule' }).click()
    await page.getByRole('radio', { name: /^Tune anew/ }).check()
    await page.getByLabel('Score', { exact: true }).selectOption('Recall')
    await page.getByLabel('Length of the list').fill('10')
    await expectGoodPage(page, '63-schedule-tune')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('link', { name: 'Tune anew · Recall@10' })).toBeVisible()
  })

  await test.step('a webhook has a public address, and its secret is shown once', async () => {
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible()
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await dialog.getByLabel('Address').fill('http://127.0.0.1/hook')
    await dialog.getByRole('button', { name: 'Add webhook' }).click()
    await expect(dialog.getByRole('alert')).toContainText('not a public one')
    await dialog.getByLabel('Address').fill('https://hooks.example.com/recotem')
    await dialog.getByRole('checkbox', { name: 'A run completed' }).check()
    await expectGoodPage(page, '65-webhook-form')
    await dialog.getByRole('button', { name: 'Add webhook' }).click()
    await expect(page.getByRole('region', { name: 'Secret' })).not.toBeEmpty()
    await expect(page.getByRole('row', { name: /hooks\.example\.com/ })).toContainText(
      'A run completed, A run failed',
    )
    await expectGoodPage(page, '66-webhooks')
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByRole('region', { name: 'Secret' })).toHaveCount(0)
    await page.getByRole('link', { name: 'Runs' }).click()
  })

  await test.step('switched off, nothing is announced', async () => {
    await page.getByRole('switch', { name: 'Run by the clock' }).uncheck()
    await expect(page.getByText('Nothing runs by the clock.')).toBeVisible()
    await expect(page.locator('h1 ~ [data-status=INACTIVE]')).toBeVisible()
    await expectGoodPage(page, '64-retraining-off')
  })

  await test.step('it is deleted with its history, and its model stays', async () => {
    await chooseAction(page, 'Delete schedule')
    await expect(dialog).toContainText('1 retraining run')
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'No schedule yet' })).toBeVisible()
    await new ProjectPages(page).step('Models')
    await expect(page.getByRole('link', { name: /^Model \d+$/ })).toBeVisible()
  })
})
