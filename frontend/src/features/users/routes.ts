import type { RouteRecordRaw } from 'vue-router'

export const userRoutes: RouteRecordRaw[] = [
  { path: 'users', name: 'users', component: () => import('./pages/UserListPage.vue') },
  { path: 'users/:user(\\d+)', name: 'user', component: () => import('./pages/UserPage.vue') },
]
