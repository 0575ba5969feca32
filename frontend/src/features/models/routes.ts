import type { RouteRecordRaw } from 'vue-router'

export const modelRoutes: RouteRecordRaw[] = [
  { path: 'models', name: 'models', component: () => import('./pages/ModelListPage.vue') },
  { path: 'models/new', name: 'train', component: () => import('./pages/TrainPage.vue') },
  {
    path: 'models/configurations',
    name: 'configurations',
    component: () => import('./pages/ConfigurationListPage.vue'),
  },
  {
    path: 'models/configurations/new',
    name: 'new-configuration',
    component: () => import('./pages/NewConfigurationPage.vue'),
  },
  {
    path: 'models/configurations/:configuration(\\d+)',
    name: 'configuration',
    component: () => import('./pages/ConfigurationPage.vue'),
  },
  { path: 'models/:model(\\d+)', name: 'model', component: () => import('./pages/ModelPage.vue') },
]
