import { expect, type Page } from '@playwright/test'

/** Something that a thing's own page offers beside its main action. */
export async function chooseAction(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

/** The state beside the title. */
export async function expectStatus(
  page: Page,
  status: string,
  options?: { timeout: number },
): Promise<void> {
  await expect(page.locator(`h1 ~ [data-status=${status}]`)).toBeVisible(options)
}
