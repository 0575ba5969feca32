import type { RouteRecordRaw } from 'vue-router'

export const projectAuditRoutes: RouteRecordRaw[] = [
  {
    path: 'audit-log',
    name: 'project-audit-log',
    component: () => import('./pages/ProjectAuditPage.vue'),
  },
]

export const auditRoutes: RouteRecordRaw[] = [
  { path: 'audit-log', name: 'audit-log', component: () => import('./pages/AuditLogPage.vue') },
]
