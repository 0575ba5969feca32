import './styles/main.css'
import { createApp } from 'vue'
import App from './App.vue'
import { install } from './install'

const app = createApp(App)
install(app)
app.mount('#app')
