import type { RouteRecordRaw } from 'vue-router'

export const apiKeyRoutes: RouteRecordRaw[] = [
  { path: 'keys', name: 'keys', component: () => import('./pages/KeysPage.vue') },
]
