import type { RouteRecordRaw } from 'vue-router'

export const tuningRoutes: RouteRecordRaw[] = [
  { path: 'tuning', name: 'tuning', component: () => import('./pages/TuningListPage.vue') },
  { path: 'tuning/new', name: 'new-tuning', component: () => import('./pages/WizardPage.vue') },
  { path: 'tuning/:job(\\d+)', name: 'job', component: () => import('./pages/JobPage.vue') },
]
