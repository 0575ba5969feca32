import type { RouteRecordRaw } from 'vue-router'

export const datasetRoutes: RouteRecordRaw[] = [
  { path: 'data', name: 'data', component: () => import('./pages/DataPage.vue') },
  { path: 'data/upload', name: 'upload', component: () => import('./pages/UploadPage.vue') },
  { path: 'data/:data(\\d+)', name: 'datum', component: () => import('./pages/DatumPage.vue') },
  {
    path: 'data/items/:table(\\d+)',
    name: 'item-table',
    component: () => import('./pages/ItemTablePage.vue'),
  },
]
