import type { Texts } from '../en'
import audit from './audit'
import actions from './actions'
import data from './data'
import events from './events'
import experiments from './experiments'
import gate from './gate'
import home from './home'
import models from './models'
import people from './people'
import projects from './projects'
import retraining from './retraining'
import serving from './serving'
import shell from './shell'
import tuning from './tuning'
import wizard from './wizard'

const ja: Texts = {
  ...shell,
  ...home,
  ...projects,
  ...people,
  ...audit,
  ...actions,
  ...data,
  ...wizard,
  ...tuning,
  ...models,
  ...serving,
  ...gate,
  ...experiments,
  ...events,
  ...retraining,
}
export default ja
