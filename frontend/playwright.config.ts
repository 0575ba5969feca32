import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const DEMO = '**/demo.spec.ts'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env.RECOTEM_E2E_OUTPUT ?? 'test-results',
  timeout: 600_000,
  expect: { timeout: 60_000 },
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  // What the journeys leave behind is what the accessibility checks look at. A demo is
  // a server of its own.
  projects: process.env.RECOTEM_E2E_DEMO
    ? [{ name: 'demo', testMatch: DEMO }]
    : [
        { name: 'journeys', testIgnore: ['**/a11y.spec.ts', DEMO] },
        { name: 'accessibility', testMatch: '**/a11y.spec.ts', dependencies: ['journeys'] },
      ],
  use: {
    baseURL: process.env.RECOTEM_E2E_URL ?? 'http://127.0.0.1:8000',
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    trace: 'retain-on-failure',
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      args: FLAGS,
      executablePath: existsSync(chromium) ? chromium : undefined,
    },
  },
})
