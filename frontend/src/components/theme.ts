import { definePreset } from '@primeuix/themes'
import Aura from '@primeuix/themes/aura'
import type { App } from 'vue'
import PrimeVue from 'primevue/config'

const surface = {
  background: 'var(--raised)',
  borderColor: 'var(--line)',
  color: 'var(--text)',
}

const RecotemPreset = definePreset(Aura, {
  components: { menu: { root: surface } },
  semantic: {
    primary: { 500: '{indigo.700}' },
    colorScheme: {
      light: {
        primary: { color: 'var(--accent)', hoverColor: 'var(--accent-hover)' },
        overlay: { modal: surface, popover: surface },
        text: { color: 'var(--text)', mutedColor: 'var(--muted)' },
      },
      dark: {
        primary: { color: 'var(--accent)', hoverColor: 'var(--accent-hover)' },
        overlay: { modal: surface, popover: surface },
        text: { color: 'var(--text)', mutedColor: 'var(--muted)' },
      },
    },
  },
})

export function installTheme(app: App): void {
  app.use(PrimeVue, {
    theme: {
      preset: RecotemPreset,
      options: {
        darkModeSelector: '.dark',
        cssLayer: { name: 'primevue', order: 'theme, base, primevue, components, utilities' },
      },
    },
  })
}
