import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Keys made in this tab, in memory only, so that 'Try it' can use them until the page is reloaded. */
export const useIssuedKeys = defineStore('issuedKeys', () => {
  const byProject = ref(new Map<number, string>())
  const remember = (project: number, key: string): void => {
    byProject.value.set(project, key)
  }
  const keyFor = (project: number): string | undefined => byProject.value.get(project)
  return { remember, keyFor }
})
