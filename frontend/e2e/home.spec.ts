import { expect, expectGoodPage, signInAs, test } from './people'

test('a newcomer is shown where to begin, and then what is missing', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  await signInAs(page, await backstage.person('ada'))
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Welcome to Recotem' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Command' })).toHaveText('recotem demo')
  await expectGoodPage(page, '120-home-newcomer')

  await page.getByRole('link', { name: 'Create project' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Book shop')
  await dialog.getByLabel('User column').fill('reader')
  await dialog.getByLabel('Item column').fill('book')
  await dialog.getByRole('button', { name: 'Create project' }).click()
  await expect(page.getByRole('heading', { name: 'Book shop', level: 1 })).toBeVisible()

  await page.getByRole('link', { name: 'Home' }).click()
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await expect(attention.getByRole('link')).toHaveCount(1)
  await expect(attention).toContainText('A project has no data yet')
  await expect(attention).toContainText('Book shop')
  const recent = page.getByRole('region', { name: 'Recently changed' })
  await expect(recent.getByRole('link', { name: /Book shop/ })).toContainText(/0\s*models/)
  await expectGoodPage(page, '121-home')
  await attention.getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'Upload data' })).toBeVisible()
  expect(expectedNoise).toEqual([])
})
