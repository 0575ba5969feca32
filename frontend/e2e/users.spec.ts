import { expect, expectGoodPage, fresh, signInAs, test, user } from './people'

test('staff make a user, change, deactivate and activate it, and find it in the audit log', async ({
  page,
  expectedNoise,
}) => {
  const name = fresh('grace')
  await signInAs(page, user)
  await page.goto('/projects')
  await page.getByRole('button', { name: 'Account menu' }).click()
  await expectGoodPage(page, '39-account-menu')
  await page.getByRole('link', { name: 'Users' }).click()
  await expect(page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible()
  await expectGoodPage(page, '40-users')

  await test.step('create', async () => {
    await page.getByRole('button', { name: 'Create user' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a user' })
    await dialog.getByLabel('User name').fill(name)
    await dialog.getByLabel('First password').fill('12345678')
    await dialog.getByRole('button', { name: 'Create user' }).click()
    expectedNoise.push(/status of 400.*users/)
    await expect(dialog.getByRole('alert')).toBeVisible()
    await dialog.getByRole('button', { name: 'Suggest a password' }).click()
    await expectGoodPage(page, '41-new-user')
    await dialog.getByRole('button', { name: 'Create user' }).click()
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await expectGoodPage(page, '42-user')
  })

  await test.step('change', async () => {
    await page.getByLabel('First name').fill('Grace')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  })

  await test.step('reset the password', async () => {
    await page.getByRole('button', { name: 'Reset password' }).click()
    const dialog = page.getByRole('dialog', { name: 'Reset password' })
    await dialog.getByRole('button', { name: 'Suggest a password' }).click()
    await dialog.getByRole('button', { name: 'Reset password' }).click()
    await expect(page.getByText(/The password was reset/)).toBeVisible()
  })

  await test.step('deactivate and activate', async () => {
    await page.getByRole('button', { name: 'Deactivate' }).click()
    const dialog = page.getByRole('dialog', { name: `Deactivate ${name}?` })
    await expect(dialog).toContainText('All their sessions end at once')
    await dialog.getByRole('button', { name: 'Deactivate' }).click()
    await expect(page.getByText('Deactivated', { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Activate' }).click()
    await expect(page.getByText('Active', { exact: true })).toBeVisible()
  })

  await test.step('read the audit log of the installation', async () => {
    await page.getByRole('navigation', { name: 'Operations' }).getByText('Audit log').click()
    await page.getByLabel('About').selectOption('user')
    await page.getByLabel('Action').selectOption('Deactivated')
    await expect(page.getByRole('row', { name }).first()).toContainText('Deactivated user')
    await expectGoodPage(page, '43-audit-log')
  })
})

test('who is not staff finds no users', async ({ page, backstage, expectedNoise }) => {
  await signInAs(page, await backstage.person('ada'))
  await page.goto('/projects')
  await page.getByRole('button', { name: 'Account menu' }).click()
  await expect(page.getByRole('link', { name: 'Your account' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0)
  await page.goto('/users')
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  expect(expectedNoise).toEqual([])
})
