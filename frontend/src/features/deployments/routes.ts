import type { RouteRecordRaw } from 'vue-router'

export const deploymentRoutes: RouteRecordRaw[] = [
  { path: 'deployment', name: 'deployment', component: () => import('./pages/DeploymentPage.vue') },
  {
    path: 'deployment/comparisons/:review(\\d+)',
    name: 'comparison',
    component: () => import('./pages/ReviewPage.vue'),
  },
]
