import { ProjectPages } from './pages/projectPages'
import { expect, expectGoodPage, signInAs, test, user } from './people'

const KEY = /^rctm_[\w-]{64}$/

test('an owner makes a key, sees it once, narrows it and revokes it', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  const project = await backstage.project()
  await signInAs(page, user)
  await page.goto(`/projects/${String(project.id)}`)
  await new ProjectPages(page).step('Keys')
  await expect(page.getByText('No keys yet')).toBeVisible()

  await test.step('make', async () => {
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a key' })
    await dialog.getByLabel('Name').fill('Nightly job')
    await dialog.getByRole('checkbox', { name: /^Read/ }).check()
    await dialog.getByLabel('Expires').selectOption('After 30 days')
    await expectGoodPage(page, '60-new-key')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByText(KEY)).toBeVisible()
    await expect(page.getByRole('region', { name: 'A first request' })).toContainText('curl')
    await expectGoodPage(page, '61-key-once')
  })

  await test.step('copy it and use it', async () => {
    await page.getByRole('button', { name: 'Copy key' }).click()
    const key = await page.evaluate(() => navigator.clipboard.readText())
    expect(key).toMatch(KEY)
    const list = `/api/v1/training_data/?project=${String(project.id)}`
    const answer = await page.request.get(list, { headers: { 'X-API-Key': key } })
    expect(answer.status()).toBe(200)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.reload()
    await expect(page.getByRole('row', { name: 'Nightly job' })).not.toContainText('Not yet')
    await expect(page.getByText(KEY)).toHaveCount(0)
  })

  await test.step('narrow', async () => {
    await page.getByRole('button', { name: 'Edit Nightly job' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit Nightly job' })
    await expect(dialog.getByRole('checkbox')).toHaveCount(2)
    await dialog.getByRole('checkbox', { name: /^Predict/ }).uncheck()
    await expectGoodPage(page, '62-edit-key')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('row', { name: 'Nightly job' })).not.toContainText('Predict')
  })

  await test.step('revoke', async () => {
    await page.getByRole('button', { name: 'Revoke Nightly job' }).click()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await expect(page.getByRole('row', { name: 'Nightly job' })).toContainText('Revoked')
    await expect(page.getByRole('button', { name: 'Edit Nightly job' })).toHaveCount(0)
    await expectGoodPage(page, '63-keys')
  })
  expect(expectedNoise).toEqual([])
})
