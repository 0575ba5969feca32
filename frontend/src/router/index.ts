import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { apiKeyRoutes } from '@/features/api-keys/routes'
import { authRoutes } from '@/features/auth/routes'
import { datasetRoutes } from '@/features/datasets/routes'
import { deploymentRoutes } from '@/features/deployments/routes'
import { modelRoutes } from '@/features/models/routes'
import { projectListRoutes, projectRoutes } from '@/features/projects/routes'
import { tuningRoutes } from '@/features/tuning/routes'
import { useAuth } from '@/stores/auth'

const routes: RouteRecordRaw[] = [
  ...authRoutes,
  {
    path: '/',
    component: () => import('@/layouts/MainLayout.vue'),
    children: [
      { path: '', redirect: '/projects' },
      ...projectListRoutes,
      {
        path: 'projects/:project(\\d+)',
        component: () => import('@/layouts/ProjectLayout.vue'),
        children: [
          ...projectRoutes,
          ...datasetRoutes,
          ...tuningRoutes,
          ...modelRoutes,
          ...deploymentRoutes,
          ...apiKeyRoutes,
        ],
      },
      { path: ':rest(.*)*', component: () => import('@/layouts/NotFoundPage.vue') },
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
    const signedIn = await useAuth().restore()
    if (signedIn || to.meta.open) return true
    return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  })
  return router
}
