import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { accountRoutes } from '@/features/account/routes'
import { apiKeyRoutes } from '@/features/api-keys/routes'
import { auditRoutes, projectAuditRoutes } from '@/features/audit/routes'
import { authRoutes } from '@/features/auth/routes'
import { dashboardRoutes } from '@/features/dashboard/routes'
import { datasetRoutes } from '@/features/datasets/routes'
import { deploymentRoutes } from '@/features/deployments/routes'
import { experimentRoutes } from '@/features/experiments/routes'
import { modelRoutes } from '@/features/models/routes'
import { projectListRoutes, projectRoutes, settingsRoutes } from '@/features/projects/routes'
import { retrainingRoutes } from '@/features/retraining/routes'
import { tuningRoutes } from '@/features/tuning/routes'
import { userRoutes } from '@/features/users/routes'
import { useAuth } from '@/stores/auth'

const routes: RouteRecordRaw[] = [
  ...authRoutes,
  {
    path: '/',
    component: () => import('@/layouts/MainLayout.vue'),
    children: [
      ...dashboardRoutes,
      ...projectListRoutes,
      ...accountRoutes,
      {
        path: '',
        component: () => import('@/layouts/OperationsLayout.vue'),
        meta: { staff: true },
        children: [...userRoutes, ...auditRoutes],
      },
      {
        path: 'projects/:project(\\d+)',
        component: () => import('@/layouts/ProjectLayout.vue'),
        children: [
          ...projectRoutes,
          ...datasetRoutes,
          ...tuningRoutes,
          ...modelRoutes,
          ...deploymentRoutes,
          ...experimentRoutes,
          ...retrainingRoutes,
          ...apiKeyRoutes,
          {
            path: 'settings',
            component: () => import('@/layouts/SettingsLayout.vue'),
            children: [...settingsRoutes, ...projectAuditRoutes],
          },
        ],
      },
      {
        path: ':rest(.*)*',
        name: 'not-found',
        component: () => import('@/layouts/NotFoundPage.vue'),
      },
    ],
  },
]

export function createAppRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
  })
  router.beforeEach(async (to) => {
    if (to.meta.open) return true
    const auth = useAuth()
    if (!(await auth.restore()))
      return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    if (!to.meta.staff || auth.user?.is_staff) return true
    return { name: 'not-found', params: { rest: to.path.slice(1).split('/') }, replace: true }
  })
  return router
}
