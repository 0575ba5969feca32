import type { RouteRecordRaw } from 'vue-router'

export const experimentRoutes: RouteRecordRaw[] = [
  {
    path: 'experiments',
    name: 'experiments',
    component: () => import('./pages/ExperimentListPage.vue'),
  },
  { path: 'experiments/new', name: 'plan-test', component: () => import('./pages/PlanPage.vue') },
  {
    path: 'experiments/:test(\\d+)',
    name: 'experiment',
    component: () => import('./pages/ExperimentPage.vue'),
  },
  { path: 'events', name: 'events', component: () => import('./pages/EventsPage.vue') },
]
