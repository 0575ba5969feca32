import type { Page } from '@playwright/test'

export class SignInPage {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.goto('/')
    await this.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.getByLabel('User name or email').fill(name)
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  async done(): Promise<void> {
    await this.page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
  }
}
