import { createI18n } from 'vue-i18n'
import en from './en'
import ja from './ja'

export const LOCALES = { en: 'English', ja: '日本語' } as const
export type Locale = keyof typeof LOCALES

export const isLocale = (text: string | null): text is Locale => text !== null && text in LOCALES

/** The first of the reader's languages that we speak. */
export const preferredLocale = (languages: readonly string[]): Locale =>
  languages.map((language) => language.split('-')[0] ?? '').find(isLocale) ?? 'en'

export const createTexts = (locale: Locale) =>
  createI18n({ legacy: false, locale, fallbackLocale: 'en', messages: { en, ja } })
