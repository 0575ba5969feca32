import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { chooseAction, expectStatus } from './pages/detailPages'
import { ProjectPages } from './pages/projectPages'
import { expectGoodPage } from './people'
import { makeConfiguration, makeModel, makeSlot, makeVisits, type ShopProject } from './shopProject'

const WORK = { timeout: 300_000 }

const people = (what: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => `${what}-${String(number)}`)

/** Two slots of one model that take half of the users each. */
async function twoSlots(page: Page, shop: ShopProject): Promise<[number, number]> {
  const model = await makeModel(page, await makeConfiguration(page, shop.id), shop.data)
  await page.goto(`${shop.address}/models/${String(model)}`)
  await expectStatus(page, 'READY', WORK)
  return [
    await makeSlot(page, shop.id, model, { name: 'main', weight: 50 }),
    await makeSlot(page, shop.id, model, { name: 'new', weight: 50 }),
  ]
}

async function planTest(page: Page, shop: ShopProject, name: string): Promise<void> {
  await page.goto(`${shop.address}/experiments/new`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Rate today, %').fill('20')
  await page.getByLabel('Smallest lift, %').fill('50')
  await page.getByRole('button', { name: 'Create draft' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
}

test('a test is planned, started, decided, stopped and promoted', async ({
  signedIn: page,
  shop,
}) => {
  const pages = new ProjectPages(page)
  const verdict = page.getByRole('region', { name: 'Verdict' })
  const dialog = page.getByRole('dialog')

  await test.step('a project without slots is told what a test needs', async () => {
    await page.goto(shop.address)
    await pages.step('Experiments')
    await expect(page.getByRole('heading', { name: 'Nothing has been tested yet' })).toBeVisible()
    await expectGoodPage(page, '100-experiments-empty')
    await page.getByRole('link', { name: 'Plan a test' }).click()
    await expect(page.getByRole('heading', { name: 'A test needs two slots' })).toBeVisible()
    await expectGoodPage(page, '101-plan-without-slots')
  })

  const [control, variant] = await twoSlots(page, shop)

  await test.step('the plan follows what is typed', async () => {
    await page.goto(`${shop.address}/experiments/new`)
    await expect(page.getByLabel('Control')).toContainText('main')
    await expect(page.getByText('How long it takes is not known yet.')).toBeVisible()
    await expectGoodPage(page, '102-plan-slots')
    await page.getByLabel('Name').fill('New shelf')
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('button', { name: 'Create draft' })).toBeDisabled()
    await page.getByLabel('Rate today, %').fill('20')
    const plan = page.locator('[data-plan]')
    await expect(plan).toContainText('users in each arm')
    const before = await plan.textContent()
    await page.getByLabel('Smallest lift, %').fill('50')
    await expect(plan).not.toHaveText(before ?? '')
    await expectGoodPage(page, '103-plan-goal')
    await page.getByRole('button', { name: 'Create draft' }).click()
    await expect(page.getByRole('heading', { name: 'New shelf', level: 1 })).toBeVisible()
    await expectStatus(page, 'DRAFT')
    await expectGoodPage(page, '104-draft')
  })

  await test.step('started, it waits for people and shows them without reloading', async () => {
    await page.getByRole('button', { name: 'Start test' }).click()
    await expectStatus(page, 'RUNNING')
    await expect(verdict).toContainText('Nobody has been shown anything by main or new yet.')
    await makeVisits(page, shop.id, control, { users: people('a', 200), clickers: 60 })
    await makeVisits(page, shop.id, variant, { users: people('b', 200), clickers: 120 })
    await expect(verdict).toContainText(
      /new is better than main by [\d,]+ to [\d,]+\s%\. You may stop\./,
    )
    await expect(page.getByText('200 users, 120 converted')).toBeVisible()
    // These names were not asked of the server, so half of them are in the wrong arm.
    await expect(page.getByRole('alert')).toContainText('met the slot that is not theirs')
    await expectGoodPage(page, '105-difference')
  })

  await test.step('rates, split and details', async () => {
    for (const [tab, text] of [
      ['Rates', 'Both rates'],
      ['Traffic split', 'Are the users split as planned?'],
      ['Details', 'Classic z-test'],
    ] as const) {
      await page.getByRole('link', { name: tab }).click()
      await expect(page.getByRole('heading', { name: text })).toBeVisible()
      await expectGoodPage(page, `106-${tab.toLowerCase().replace(' ', '-')}`)
    }
    const ratio = page.getByRole('row', { name: /Clicks per impression/ })
    await expect(ratio).toContainText('60.00%')
  })

  await test.step('the list says the same, and the rail counts it', async () => {
    await pages.step('Experiments')
    await expect(page.getByRole('row', { name: /New shelf/ })).toContainText('new is better')
    const rail = page.getByRole('navigation', { name: 'Steps of this project' })
    await expect(rail.getByRole('link', { name: /^Experiments/ })).toContainText('1')
    await expectGoodPage(page, '107-experiments')
    await page.getByRole('link', { name: 'Home' }).click()
    const attention = page.getByRole('region', { name: 'Needs attention' })
    await expect(attention).toContainText('“New shelf” is decided: you may stop it')
    await expectGoodPage(page, '107-home')
    await page.goBack()
  })

  await test.step('its slots stay as they are', async () => {
    await pages.step('Deployment')
    const row = page.getByRole('row', { name: /^main/ })
    await expect(row).toContainText('Kept as it is by the test New shelf')
    await expect(row.getByRole('button')).toHaveCount(0)
    await page.getByRole('button', { name: 'Change weights' }).click()
    const locked = dialog.getByRole('group', { name: 'main' })
    await expect(locked).toContainText('50.0%')
    await expect(locked.getByLabel('Weight')).toHaveCount(0)
    await expectGoodPage(page, '110-weights-locked')
    await locked.getByRole('link', { name: 'New shelf' }).click()
    await expectStatus(page, 'RUNNING')
  })

  await test.step('the winner takes the weight of both slots', async () => {
    await page.getByRole('button', { name: 'Stop test' }).click()
    await dialog.getByRole('button', { name: 'Stop test' }).click()
    await expectStatus(page, 'COMPLETED')
    await expect(verdict).toContainText('new was better than main')
    await page.getByRole('button', { name: 'Promote a slot' }).click()
    await expect(dialog.getByRole('radio', { name: /Variant · new/ })).toBeChecked()
    await expect(dialog).toContainText('new goes on with the weight 100, that of both.')
    await expectGoodPage(page, '108-promote')
    await dialog.getByRole('button', { name: 'Promote new' }).click()
    await expect(verdict).toContainText('new was promoted.')
    await expect(page.getByRole('button', { name: 'Promote a slot' })).toHaveCount(0)
    await pages.step('Deployment')
    await expect(page.getByRole('row', { name: /^new/ })).toContainText('100.0%')
    await expect(page.getByRole('row', { name: /^main/ })).toContainText('Paused')
  })
})

test('a broken split is an alarm; the test is cancelled, renamed and deleted', async ({
  signedIn: page,
  shop,
}) => {
  const verdict = page.getByRole('region', { name: 'Verdict' })
  const dialog = page.getByRole('dialog')
  const [control, variant] = await twoSlots(page, shop)
  await planTest(page, shop, 'Lossy')
  await page.getByRole('button', { name: 'Start test' }).click()
  await expectStatus(page, 'RUNNING')
  await makeVisits(page, shop.id, control, { users: people('a', 400), clickers: 40 })
  await makeVisits(page, shop.id, variant, { users: people('b', 200), clickers: 20 })
  await expect(verdict).toContainText(
    'Broken: users are split 66.7/33.3 where 50.0/50.0 was planned.',
  )
  await expect(page.getByRole('alert').first()).toContainText('Find out what loses users')
  await expectGoodPage(page, '109-broken')

  await chooseAction(page, 'Cancel test')
  await dialog.getByRole('button', { name: 'Cancel test' }).click()
  await expectStatus(page, 'CANCELLED')
  await chooseAction(page, 'Rename')
  await dialog.getByLabel('Name').fill('Lossy page')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByRole('heading', { name: 'Lossy page', level: 1 })).toBeVisible()
  await chooseAction(page, 'Delete')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Nothing has been tested yet' })).toBeVisible()
})

test('weights are changed together, and say how many users move', async ({
  signedIn: page,
  shop,
}) => {
  await twoSlots(page, shop)
  await page.goto(`${shop.address}/deployment`)
  await page.getByRole('button', { name: 'Change weights' }).click()
  const dialog = page.getByRole('dialog')
  const slot = (name: string) => dialog.getByRole('group', { name })
  await slot('main').getByLabel('Weight').fill('75')
  await slot('new').getByLabel('Weight').fill('25')
  await expect(slot('new')).toContainText('25.0%')
  await expect(dialog.getByRole('status')).toHaveText(
    '25.0% of the users meet another slot than before.',
  )
  await expectGoodPage(page, '111-weights')
  await slot('new').getByLabel('Weight').fill('101')
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await expect(dialog).toBeVisible()
  await slot('new').getByLabel('Weight').fill('25')
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('row', { name: /^main/ })).toContainText('75.0%')

  await page.getByRole('button', { name: 'Change weights' }).click()
  await slot('main').getByLabel('Serves users').uncheck()
  await slot('new').getByLabel('Serves users').uncheck()
  await expect(dialog.getByRole('status')).toContainText('No slot is left to serve anybody.')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
})

test('events are looked at, filtered, and become training data', async ({
  signedIn: page,
  shop,
}) => {
  const [main, other] = await twoSlots(page, shop)
  const dialog = page.getByRole('dialog')
  await page.goto(`${shop.address}/experiments`)
  await page.getByRole('link', { name: 'See the events' }).click()
  await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Command' })).toContainText('conversion_event')
  await expectGoodPage(page, '112-events-empty')

  await page.getByLabel('Refresh by itself').check()
  await makeVisits(page, shop.id, main, { users: people('reader', 30), clickers: 12 })
  await makeVisits(page, shop.id, other, { users: people('buyer', 3), clickers: 0 })
  await expect(page.getByRole('row', { name: /buyer-2/ })).toBeVisible()
  await page.getByLabel('Refresh by itself').uncheck()
  await expectGoodPage(page, '113-events')

  await page.getByRole('button', { name: 'Older' }).click()
  await expect(page.getByRole('row', { name: /buyer-2/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Newer' }).click()
  await expect(page.getByRole('row', { name: /buyer-2/ })).toBeVisible()

  await page.getByLabel('Type').selectOption('Click')
  await expect(page.getByRole('button', { name: /^Click, event/ })).toHaveCount(12)
  await page.getByLabel('Slot').selectOption('new')
  await expect(page.getByRole('heading', { name: 'No such events' })).toBeVisible()
  await page.getByLabel('Slot').selectOption('Every slot')
  await page
    .getByRole('button', { name: /^Click, event/ })
    .first()
    .click()
  await expect(dialog).toContainText('reader-11')
  await expectGoodPage(page, '114-event')
  await dialog.getByRole('button', { name: 'Close' }).click()

  await page.getByRole('button', { name: 'Make training data' }).click()
  await expectGoodPage(page, '115-export')
  await dialog.getByRole('button', { name: 'Make training data' }).click()
  await expect(page.getByRole('heading', { name: 'events.csv', level: 1 })).toBeVisible()
})
