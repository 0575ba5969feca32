import { expectAccessible } from './accessible'
import { expect, takePictures, test } from './fixtures'
import { chooseAction, expectStatus } from './pages/detailPages'
import { fillWhenFocused } from './pages/projectPages'
import { makeConfiguration } from './shopProject'

const TRAINING = { timeout: 300_000 }

test('a configuration is written, renamed, copied and deleted', async ({
  signedIn: page,
  shop,
}) => {
  const dialog = page.getByRole('dialog')
  await page.goto(`${shop.address}/models/configurations`)
  await expect(page.getByRole('heading', { name: 'No configurations yet' })).toBeVisible()
  await page.getByRole('link', { name: 'New configuration' }).click()

  await test.step('its algorithm brings its parameters', async () => {
    await page.getByLabel('Algorithm').selectOption('CosineKNN')
    await page.getByLabel('top_k').fill('40')
    await page.getByRole('textbox', { name: /^Name/ }).fill('Neighbours')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Create configuration' }).click()
    await expect(page.getByRole('heading', { name: 'Neighbours', level: 1 })).toBeVisible()
    await expect(page.getByRole('row', { name: /^top_k/ })).toContainText('40')
    await expectAccessible(page)
    await takePictures(page, '22-configuration')
  })

  await test.step('it gets another name', async () => {
    await chooseAction(page, 'Rename')
    await fillWhenFocused(dialog.getByRole('textbox', { name: /^Name/ }), 'Near')
    await dialog.getByRole('button', { name: 'Rename' }).click()
    await expect(page.getByRole('heading', { name: 'Near', level: 1 })).toBeVisible()
  })

  await test.step('a copy must have a name of its own', async () => {
    await chooseAction(page, 'Use as a starting point')
    await expect(page.getByLabel('top_k')).toHaveValue('40')
    await page.getByRole('textbox', { name: /^Name/ }).fill('Near')
    await page.getByRole('button', { name: 'Create configuration' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
  })

  await test.step('it is deleted from the list', async () => {
    await page.getByRole('link', { name: 'Configurations' }).first().click()
    await page.getByRole('button', { name: 'Delete Near' }).click()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'No configurations yet' })).toBeVisible()
  })
})

test('a model is trained by hand, looked at, and refuses to go while it is served', async ({
  signedIn: page,
  shop,
}) => {
  await makeConfiguration(page, shop.id)
  const dialog = page.getByRole('dialog')
  await page.goto(`${shop.address}/models`)
  await page.getByRole('link', { name: 'Train a model' }).click()

  await test.step('train it, watching', async () => {
    await expect(page.getByLabel('Configuration')).toContainText('Popular (TopPop)')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(page.getByRole('heading', { name: /^Model \d+$/ })).toBeVisible()
    await expectStatus(page, 'READY', TRAINING)
    await expect(page.getByRole('heading', { name: 'What it recommends' })).toBeVisible()
    await page.getByRole('link', { name: 'Log' }).click()
    await expect(page.getByRole('log')).toContainText('The job is done.')
    await expectAccessible(page)
    await takePictures(page, '23-trained-model')
  })

  await test.step('its file can be had', async () => {
    const began = page.waitForEvent('download')
    await chooseAction(page, 'Download')
    expect((await began).suggestedFilename()).toMatch(/\.rctm$/)
  })

  await test.step('the data knows who read it', async () => {
    const model = new URL(page.url()).pathname
    await page.getByRole('link', { name: /Version 1/ }).click()
    await expect(page.locator(`main a[href="${model}"]`)).toBeVisible()
    await page.goto(model)
  })

  await test.step('served, it cannot go, and the dialog names the slot', async () => {
    await page.getByRole('link', { name: 'Deploy model' }).click()
    await dialog.getByRole('button', { name: 'Deploy' }).click()
    await expect(page.getByText('Active', { exact: true })).toBeVisible()
    await page.goto(`${shop.address}/data/${String(shop.data)}`)
    await chooseAction(page, 'Delete')
    await expect(dialog).toContainText('This cannot be deleted now.')
    await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toBeDisabled()
  })
})
