import type { Texts } from '../en'
import audit from './audit'
import actions from './actions'
import data from './data'
import gate from './gate'
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
  ...retraining,
}
export default ja
