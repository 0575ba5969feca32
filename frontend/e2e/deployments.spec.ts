import { expect, test } from './fixtures'
import { chooseAction, expectStatus } from './pages/detailPages'
import { expectGoodPage } from './people'
import { makeConfiguration, makeModel, makeSlot } from './shopProject'

const WORK = { timeout: 300_000 }

test('a model is compared, refused, allowed with a reason, deployed and rolled back', async ({
  signedIn: page,
  shop,
}) => {
  const popular = await makeConfiguration(page, shop.id)
  const first = await makeModel(page, popular, shop.data)
  await page.goto(`${shop.address}/models/${String(first)}`)
  await expectStatus(page, 'READY', WORK)
  await makeSlot(page, shop.id, first)
  const near = await makeConfiguration(page, shop.id, {
    name: 'Near',
    recommender_class_name: 'CosineKNN',
  })
  const second = await makeModel(page, near, shop.data)
  await page.goto(`${shop.address}/models/${String(second)}`)
  await expectStatus(page, 'READY', WORK)
  const dialog = page.getByRole('dialog')

  await test.step('before it is deployed it is compared', async () => {
    await chooseAction(page, 'Compare before you deploy')
    await expect(dialog.getByLabel('New model')).toContainText(`Model ${String(second)}`)
    await expectGoodPage(page, '80-compare-dialog')
    await dialog.getByRole('button', { name: 'Start comparison' }).click()
    await expect(
      page.getByRole('heading', { name: `Model ${String(second)}, compared` }),
    ).toBeVisible()
  })

  await test.step('the small shop has too few users to tell, and the page says so', async () => {
    await expectStatus(page, 'REFUSED', WORK)
    await expect(page.getByRole('heading', { name: 'Not shown to be good enough' })).toBeVisible()
    await expect(page.getByText(/Not enough users to tell/).first()).toBeVisible()
    await expect(page.getByRole('button', { name: /^Deploy model/ })).toHaveCount(0)
    await expectGoodPage(page, '81-comparison-refused')
  })

  await test.step('a person allows it, and says why', async () => {
    await page.getByRole('button', { name: 'Deploy in spite of it' }).click()
    await dialog.getByLabel('Reason').fill('A trial shop: nobody buys here yet.')
    await expectGoodPage(page, '82-override')
    await dialog.getByRole('button', { name: 'Deploy in spite of it' }).click()
    await expectStatus(page, 'OVERRIDDEN')
    await expect(page.getByText('A trial shop: nobody buys here yet.')).toBeVisible()
    await page.getByRole('button', { name: `Deploy model ${String(second)}` }).click()
    await expectStatus(page, 'DEPLOYED')
    await expectGoodPage(page, '83-comparison-deployed')
  })

  await test.step('the log tells who deployed what and why', async () => {
    await page.getByRole('link', { name: 'Comparisons', exact: true }).click()
    await expect(page.getByRole('row', { name: /Deployed/ })).toBeVisible()
    await expectGoodPage(page, '84-comparisons')
    await page.getByRole('link', { name: 'Log' }).click()
    const newest = page.getByRole('row').nth(1)
    await expect(newest).toContainText('Allowed in spite of a refusal')
    await expect(newest).toContainText('orders.csv')
    await expect(newest).toContainText('admin')
    await expectGoodPage(page, '85-deployment-log')
  })

  await test.step('one click leads back', async () => {
    await page.getByRole('button', { name: 'Roll back' }).click()
    await expect(dialog).toContainText(`Roll back to model ${String(first)}?`)
    await expectGoodPage(page, '86-roll-back')
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await expect(page.getByRole('row').nth(1)).toContainText('Rolled back')
    await page.getByRole('link', { name: 'Slots' }).click()
    await expect(page.getByRole('row', { name: /production/ })).toContainText(
      `Model ${String(first)}`,
    )
    await expectGoodPage(page, '87-slots')
  })

  await test.step('limits are of the project', async () => {
    await page.getByRole('link', { name: 'Comparisons', exact: true }).click()
    await page.getByRole('button', { name: 'Change limits' }).click()
    await dialog.getByLabel('Fewest users to ask').fill('20')
    await dialog
      .getByLabel('When the users do not suffice')
      .selectOption('Go by the measured difference')
    await expectGoodPage(page, '88-limits')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await expect(dialog).toHaveCount(0)
    await page.getByRole('button', { name: 'Change limits' }).click()
    await expect(dialog.getByLabel('Fewest users to ask')).toHaveValue('20')
  })
})
