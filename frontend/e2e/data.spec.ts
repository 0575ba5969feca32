import { expectAccessible } from './accessible'
import { expect, takePictures, test } from './fixtures'
import { chooseAction, expectStatus } from './pages/detailPages'
import { moreOrders, products, wrongOrders } from './shopProject'

test('data grows by versions, can be downloaded, removed and deleted', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.address}/data/${String(shop.data)}?tab=versions`)
  const dialog = page.getByRole('dialog')

  await test.step('a file without the columns is refused, and nothing changes', async () => {
    await expect(page.getByRole('row', { name: /Version 1/ })).toContainText('by you')
    await page.getByRole('button', { name: 'Append file' }).click()
    await dialog.locator('input[type=file]').setInputFiles(wrongOrders)
    await dialog.getByRole('button', { name: 'Append file' }).click()
    await expect(dialog.getByRole('alert')).toContainText('product')
  })

  await test.step('a good one makes a version', async () => {
    await dialog.locator('input[type=file]').setInputFiles(moreOrders)
    await dialog.getByRole('button', { name: 'Append file' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('row', { name: /Version 2/ })).toContainText('Appended')
    await expectAccessible(page)
    await takePictures(page, '20-versions')
  })

  await test.step('the file replaces all rows', async () => {
    await chooseAction(page, 'Replace file')
    await dialog.locator('input[type=file]').setInputFiles(moreOrders)
    await dialog.getByRole('button', { name: 'Replace file' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('row', { name: /Version 3/ })).toContainText('Replaced')
  })

  await test.step('the download has the name of the file', async () => {
    const began = page.waitForEvent('download')
    await chooseAction(page, 'Download newest file')
    expect((await began).suggestedFilename()).toBe('more.csv')
  })

  await test.step('the file is removed, the entry stays', async () => {
    await chooseAction(page, 'Remove file')
    await dialog.getByRole('button', { name: 'Remove file' }).click()
    await page.getByRole('link', { name: 'Report' }).click()
    await expect(page.getByRole('heading', { name: 'The file was removed' })).toBeVisible()
  })

  await test.step('what goes along is shown before it is deleted', async () => {
    await chooseAction(page, 'Delete')
    await expect(dialog).toContainText('3 versions')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'No data yet' })).toBeVisible()
  })
})

test('item details show their rows and columns and can be replaced', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.address}/data/upload?kind=item_meta_data`)
  await page.locator('input[type=file]').setInputFiles(products)
  await page.getByRole('button', { name: 'Upload file' }).click()
  await expect(page.getByRole('heading', { name: 'products.csv' })).toBeVisible()
  await expectStatus(page, 'READY')
  await expect(page.getByText('The first 50 of 60 rows.')).toBeVisible()
  await expect(page.getByText(/Previews of recommendations take/)).toBeVisible()
  await page.getByRole('link', { name: 'Columns' }).click()
  await expect(page.getByRole('row', { name: /^title/ })).toContainText('Product number 0')
  await expectAccessible(page)
  await takePictures(page, '21-item-table')

  const dialog = page.getByRole('dialog')
  await chooseAction(page, 'Replace file')
  await dialog.locator('input[type=file]').setInputFiles({ ...products, name: 'newer.csv' })
  await dialog.getByRole('button', { name: 'Replace file' }).click()
  await expect(page.getByRole('heading', { name: 'newer.csv' })).toBeVisible()

  await chooseAction(page, 'Delete')
  await expect(dialog).toContainText('Nothing else is deleted with it.')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'No item details yet' })).toBeVisible()
})
