import type { RouteRecordRaw } from 'vue-router'

export const projectListRoutes: RouteRecordRaw[] = [
  { path: 'projects', name: 'projects', component: () => import('./pages/ProjectListPage.vue') },
]

export const settingsRoutes: RouteRecordRaw[] = [
  { path: '', name: 'settings', component: () => import('./pages/SettingsPage.vue') },
  { path: 'members', name: 'members', component: () => import('./pages/MembersPage.vue') },
]

export const projectRoutes: RouteRecordRaw[] = [
  { path: '', name: 'project', component: () => import('./pages/OverviewPage.vue') },
]
