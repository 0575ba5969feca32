import { ProjectPages } from './pages/projectPages'
import { expect, expectGoodPage, signInAs, test, user } from './people'

test('an owner renames a project, lets somebody in, reads what happened and deletes it', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  const [project, ada] = [await backstage.project(), await backstage.person('ada')]
  await signInAs(page, user)
  await page.goto(`/projects/${String(project.id)}`)
  await new ProjectPages(page).step('Settings')
  await expectGoodPage(page, '30-settings')

  await test.step('rename', async () => {
    await page.getByLabel('Name').fill(`${project.name} renamed`)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  })

  await test.step('add a member, change the role, remove again', async () => {
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('button', { name: 'Add member' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a member' })
    await dialog.getByLabel('User name or email').fill('nobody-at-all')
    await dialog.getByRole('button', { name: 'Add member' }).click()
    expectedNoise.push(/status of 400.*members/)
    await expect(dialog.getByRole('alert')).toBeVisible()
    await dialog.getByLabel('User name or email').fill(ada.name)
    await dialog.getByRole('radio', { name: /^Editor/ }).check()
    await dialog.getByRole('button', { name: 'Add member' }).click()
    await expect(page.getByRole('row', { name: ada.name })).toContainText('Editor')
    await expectGoodPage(page, '31-members')

    await page.getByRole('button', { name: `Change the role of ${ada.name}` }).click()
    await page.getByRole('radio', { name: /^Viewer/ }).check()
    await page.getByRole('button', { name: 'Change role', exact: true }).click()
    await expect(page.getByRole('row', { name: ada.name })).toContainText('Viewer')

    await page.getByRole('button', { name: `Remove ${ada.name}` }).click()
    await expect(page.getByText(/Keys that they made in this project are revoked/)).toBeVisible()
    await page.getByRole('button', { name: 'Remove member' }).click()
    await expect(page.getByText('Nobody else is in this project')).toBeVisible()
  })

  await test.step('read the audit log', async () => {
    await page.getByRole('link', { name: 'Audit log' }).click()
    await expect(page.getByRole('row', { name: 'Changed project' })).toContainText('renamed')
    await expectGoodPage(page, '32-audit-log')
    await page.getByLabel('About').selectOption('member')
    await expect(page.getByRole('row', { name: 'Changed member' })).toContainText('viewer')
    await expect(page.getByRole('row', { name: 'Changed project' })).toHaveCount(0)
    await expect(page).toHaveURL(/kind=membership/)
  })

  await test.step('delete', async () => {
    await page.getByRole('link', { name: 'General' }).click()
    await page.getByRole('button', { name: 'Delete project' }).click()
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Delete project' })
    await expect(dialog.getByText('Nothing else is deleted with it.')).toBeVisible()
    await expect(remove).toBeDisabled()
    await dialog.getByRole('textbox', { name: /to confirm/ }).fill(`${project.name} renamed`)
    await remove.click()
    await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible()
    await expect(page.getByText(`${project.name} renamed`)).toHaveCount(0)
  })
})

test('a viewer sees the settings and no button that is not for him', async ({
  page,
  backstage,
  expectedNoise,
}) => {
  const [project, ada] = [await backstage.project(), await backstage.person('ada')]
  await backstage.member(project.id, ada, 'viewer')
  await signInAs(page, ada)
  await page.goto(`/projects/${String(project.id)}/settings`)
  await expect(page.getByLabel('Name')).toBeDisabled()
  await expect(page.getByRole('button', { name: /Save|Delete/ })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: /^Keys/ })).toHaveCount(0)
  await expectGoodPage(page, '33-settings-viewer')
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByText('From data to served')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Upload data' })).toHaveCount(0)

  await page.goto(`/projects/${String(project.id)}/settings/members`)
  await page.getByRole('button', { name: 'Leave project' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave project' }).click()
  await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible()
  expect(expectedNoise).toEqual([])
})
