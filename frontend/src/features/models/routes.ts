import type { RouteRecordRaw } from 'vue-router'

export const modelRoutes: RouteRecordRaw[] = [
  { path: 'models', name: 'models', component: () => import('./pages/ModelListPage.vue') },
  { path: 'models/:model(\\d+)', name: 'model', component: () => import('./pages/ModelPage.vue') },
]
