import type { RouteRecordRaw } from 'vue-router'

export const deploymentRoutes: RouteRecordRaw[] = [
  { path: 'deployment', name: 'deployment', component: () => import('./pages/DeploymentPage.vue') },
]
