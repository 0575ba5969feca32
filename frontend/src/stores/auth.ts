import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { components } from '@/api/schema'

export type User = components['schemas']['User']

/** Who is signed in, and whether the session ended under their hands. */
export const useAuth = defineStore('auth', () => {
  const user = ref<User | null>(null)
  const known = ref(false)
  const sessionEnded = ref(false)
  let waiting: ((again: boolean) => void)[] = []

  const settle = (again: boolean): void => {
    sessionEnded.value = false
    waiting.forEach((resolve) => {
      resolve(again)
    })
    waiting = []
  }

  /** Asks the server once who we are; false when nobody is signed in. */
  async function restore(): Promise<boolean> {
    if (known.value) return user.value !== null
    try {
      user.value = await unwrap(api.GET('/api/v1/auth/user/'))
    } catch (error) {
      if (!(error instanceof ApiError) || ![401, 403].includes(error.status)) throw error
    }
    known.value = true
    return user.value !== null
  }

  async function signIn(username: string, password: string): Promise<void> {
    const before = user.value
    const body = username.includes('@') ? { email: username, password } : { username, password }
    const answer = await unwrap(api.POST('/api/v1/auth/login/', { body }))
    user.value = answer.user
    known.value = true
    if (before && before.pk !== answer.user.pk) location.assign('/')
    settle(true)
  }

  async function signOut(): Promise<void> {
    await unwrap(api.POST('/api/v1/auth/logout/')).catch(() => undefined)
    forget()
  }

  function forget(): void {
    user.value = null
    settle(false)
  }

  /** Opens the sign-in dialog over the page; resolves when signed in again or given up. */
  function askAgain(): Promise<boolean> {
    if (!user.value) return Promise.resolve(false)
    sessionEnded.value = true
    return new Promise((resolve) => waiting.push(resolve))
  }

  return { user, sessionEnded, restore, signIn, signOut, forget, askAgain }
})
