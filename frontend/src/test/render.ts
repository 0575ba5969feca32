import { QueryClient } from '@tanstack/vue-query'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { render, type RenderResult } from '@testing-library/vue'
import { defineComponent, h, type App, type Component } from 'vue'
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router'
import { install } from '@/install'

interface Rendered extends RenderResult {
  router: Router
  user: UserEvent
}

const Blank = defineComponent({ render: () => h('p', 'another page') })

/** The component as a page at `path` of `pattern`, with everything that the app installs. */
export async function renderPage(
  page: Component,
  { pattern = '/', path = pattern, props = {} }: PageOptions = {},
): Promise<Rendered> {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: pattern, component: page, props: () => props },
      { path: '/:rest(.*)*', component: Blank },
      { path: '/sign-in', name: 'sign-in', component: Blank },
    ],
  })
  await router.push(path)
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const plugin = (app: App) => {
    install(app, { router, queryClient })
  }
  const rendered = render(RouterView, { global: { plugins: [plugin] } })
  return { ...rendered, router, user: userEvent.setup() }
}

interface PageOptions {
  pattern?: string
  path?: string
  props?: Record<string, unknown>
}
