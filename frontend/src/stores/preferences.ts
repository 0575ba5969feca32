import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { isLocale, preferredLocale, type Locale } from '@/i18n'

export type Appearance = 'system' | 'light' | 'dark'
const KEY = 'recotem.appearance'
const LOCALE_KEY = 'recotem.locale'
const CHOICES: Appearance[] = ['system', 'light', 'dark']

const stored = (): Appearance =>
  CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? 'system'

function storedLocale(): Locale {
  const kept = localStorage.getItem(LOCALE_KEY)
  return isLocale(kept) ? kept : preferredLocale(navigator.languages)
}

export const usePreferences = defineStore('preferences', () => {
  const appearance = ref<Appearance>(stored())
  const media = window.matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(media.matches)
  media.addEventListener('change', (event) => (systemDark.value = event.matches))

  const dark = computed(
    () => appearance.value === 'dark' || (appearance.value === 'system' && systemDark.value),
  )
  const locale = ref<Locale>(storedLocale())

  watchEffect(() => {
    document.documentElement.classList.toggle('dark', dark.value)
    localStorage.setItem(KEY, appearance.value)
    document.documentElement.lang = locale.value
    localStorage.setItem(LOCALE_KEY, locale.value)
  })

  const toggleDark = (): void => {
    appearance.value = dark.value ? 'light' : 'dark'
  }
  return { appearance, dark, locale, toggleDark }
})
