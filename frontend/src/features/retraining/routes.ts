import type { RouteRecordRaw } from 'vue-router'

export const retrainingRoutes: RouteRecordRaw[] = [
  { path: 'retraining', name: 'retraining', component: () => import('./pages/RetrainingPage.vue') },
  {
    path: 'retraining/schedule',
    name: 'retraining-schedule',
    component: () => import('./pages/SchedulePage.vue'),
  },
]
