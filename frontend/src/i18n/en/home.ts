export default {
  home: {
    attention: 'Needs attention',
    nothing: 'Nothing needs your attention.',
    recent: 'Recently changed',
    traffic: 'Traffic',
    trafficText: 'Items shown on each UTC day, by all slots of a project.',
    day: 'Day',
    kind: {
      jobFailed: 'Tuning job {name} failed',
      trainingFailed: 'The training of model {name} failed',
      runFailed: 'Retraining run {name} failed',
      refused: 'Model {name} was not deployed: it was not shown to be good enough',
      testBroken: '“{name}” is broken: users are not split as planned',
      testDecided: '“{name}” is decided: you may stop it',
      testEnded: '“{name}” has ended: choose the slot that goes on',
      noData: 'A project has no data yet',
    },
    figure: { n_models: 'models', n_slots: 'slots', n_running_tests: 'running tests' },
    newTitle: 'Welcome to Recotem',
    newText:
      'Start with who chose what: upload a file, let the search find the best algorithm, and ask for recommendations within minutes.',
    demoTitle: 'Or look around first',
    demoText:
      'One command fills another Recotem with a simulated shop: data, models, a running test and visitors who come and buy. It needs no network.',
  },
}
