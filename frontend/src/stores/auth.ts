import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { components } from '@/api/schema'
import {
  noteEnd,
  noteRenewal,
  noteSignedIn,
  noteSignedOut,
  onSessionNews,
  type SessionNews,
} from '@/api/sharedSession'

export type User = components['schemas']['User']

const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && [401, 403].includes(error.status)

/** Forgets all that this tab knows of the person who leaves. */
function leave(): void {
  sessionStorage.clear()
  location.assign('/sign-in')
}

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
      noteSignedIn(user.value.pk)
    } catch (error) {
      if (!isRefusal(error)) throw error
      noteEnd()
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
    noteSignedIn(answer.user.pk)
    noteRenewal()
    if (before && before.pk !== answer.user.pk) location.assign('/')
    settle(true)
  }

  /** Ends the session in all tabs. Throws when the server could not be told. */
  async function signOut(): Promise<void> {
    await unwrap(api.POST('/api/v1/auth/logout/'))
    noteSignedOut()
    leave()
  }

  /** Sets a new password; every other session ends and this one goes on. */
  async function changePassword(old_password: string, new_password: string): Promise<void> {
    const body = { old_password, new_password }
    await unwrap(api.POST('/api/v1/auth/password/change/', { body }))
    noteRenewal()
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

  function follow(news: SessionNews): void {
    if (!user.value) return
    if (news === null) leave()
    else if (news !== user.value.pk) location.assign('/')
    else settle(true)
  }
  onSessionNews(follow)

  return { user, sessionEnded, restore, signIn, signOut, changePassword, forget, askAgain }
})
