import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const noFeature = {
  group: ['@/features/**', '@/layouts/**', '@/router/**'],
  message: 'Shared code knows no feature.',
}
const noPrimevue = {
  group: ['primevue', 'primevue/*', '@primeuix/*'],
  message: 'PrimeVue stays behind src/components.',
}
const noSchema = { group: ['**/api/schema'], message: 'Alias schema types in types.ts.' }
const foreignFeature = {
  group: ['@/features/*/**', '!@/features/*/queries', '!@/features/*/types', '../../**'],
  message: "A feature may import another feature's queries and types only.",
}
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

export default ts.config(
  { ignores: ['dist', 'coverage', 'test-results', 'playwright-report', 'src/api/schema.d.ts'] },
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'max-lines': ['error', 200],
      'vue/no-bare-strings-in-template': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/define-macros-order': 'error',
      'no-undef': 'off',
    },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['src/{layouts,router}/**', 'src/*.{ts,vue}'], rules: restrict(noPrimevue) },
  { files: ['src/features/**'], rules: restrict(foreignFeature, noPrimevue, noSchema) },
  { files: ['src/features/*/types.ts'], rules: restrict(foreignFeature, noPrimevue) },
  { files: ['src/{api,stores,format,composables}/**'], rules: restrict(noFeature, noPrimevue) },
  { files: ['src/components/**'], rules: restrict(noFeature, noSchema) },
  prettier,
)
