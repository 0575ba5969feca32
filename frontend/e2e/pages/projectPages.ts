import { expect, type Locator, type Page } from '@playwright/test'
import type { ProjectColumns } from '../shopData'

/** For the first field of a dialog: the dialog moves the focus there once it has opened. */
export async function fillWhenFocused(field: Locator, text: string): Promise<void> {
  await expect(field).toBeFocused()
  await field.fill(text)
}

/** The way through a project, step by step, as a person clicks it. */
export class ProjectPages {
  constructor(readonly page: Page) {}

  async create(name: string, columns: ProjectColumns): Promise<void> {
    const { page } = this
    await page.goto('/projects')
    await page.getByRole('button', { name: 'New project' }).click()
    await fillWhenFocused(page.getByRole('textbox', { name: 'Name' }), name)
    await page.getByLabel('User column').fill(columns.user)
    await page.getByLabel('Item column').fill(columns.item)
    if (columns.time) await page.getByLabel('Time column').fill(columns.time)
    await page.getByRole('button', { name: 'Create project' }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  async step(name: string): Promise<void> {
    const rail = this.page.getByRole('navigation', { name: 'Steps of this project' })
    await rail.getByRole('link', { name: new RegExp(`^${name}`) }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  async upload(file: string | FilePayload, kind: 'Interactions' | 'Item details'): Promise<void> {
    const { page } = this
    await this.step('Data')
    await page.getByRole('link', { name: 'Upload data' }).click()
    await page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload file' }).click()
  }
}

export interface FilePayload {
  name: string
  mimeType: string
  buffer: Buffer
}
