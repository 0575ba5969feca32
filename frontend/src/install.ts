import { VueQueryPlugin, type QueryClient } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { watch, type App } from 'vue'
import type { Router } from 'vue-router'
import { createQueryClient } from '@/api/queryClient'
import { onSessionEnd } from '@/api/session'
import { installTheme } from '@/components/theme'
import { createTexts } from '@/i18n'
import { createAppRouter } from '@/router'
import { useAuth } from '@/stores/auth'
import { usePreferences } from '@/stores/preferences'

interface Parts {
  router?: Router
  queryClient?: QueryClient
}

/** Everything a page needs around it; tests install the same with their own router and query client. */
export function install(app: App, parts: Parts = {}): void {
  app.use(createPinia())
  const preferences = usePreferences()
  const texts = createTexts(preferences.locale)
  app.use(texts)
  watch(
    () => preferences.locale,
    (locale) => (texts.global.locale.value = locale),
  )
  app.use(VueQueryPlugin, { queryClient: parts.queryClient ?? createQueryClient() })
  installTheme(app)
  const auth = useAuth()
  onSessionEnd(() => auth.askAgain())
  app.use(parts.router ?? createAppRouter())
}
