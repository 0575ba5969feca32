import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/vue'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { server } from './server'

vi.mock('@/components/EChart.vue', () => ({
  default: defineComponent({ render: () => h('div', { class: 'chart' }) }),
}))

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' })
})
beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
  document.cookie = 'csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT'
})
afterEach(() => {
  cleanup()
  server.resetHandlers()
})
afterAll(() => {
  server.close()
})
