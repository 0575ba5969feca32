export default {
  models: {
    title: 'Models',
    text: 'Trained models of this project, newest first.',
    emptyTitle: 'No models yet',
    emptyText:
      'A tuning job ends in a trained model, which you can look at here before you ship it.',
    model: 'Model',
    name: 'Model {id}',
    made: 'Made',
    deploy: 'Deploy model',
    delete: 'Delete model',
    deleteTitle: 'Delete model {id}?',
    deleteText:
      'Its file is deleted too. A model that a slot serves has to leave the slot first. This cannot be undone.',
    training: 'The model is being trained. This page goes on by itself.',
  },
  studio: {
    title: 'What it recommends',
    text: 'Judge with your own eyes: what somebody chose, and what the model offers them.',
    textPlain: 'Upload item details to see titles instead of ids.',
    user: 'User',
    show: 'Show',
    any: 'Any user',
    history: 'History',
    historyText: 'User {user} has {count} items.',
    noHistory: 'This user has no history.',
    recommendations: 'Recommendations',
    recommendationsText: 'Best first; nothing from the history.',
    noRecommendations: 'There is nothing left to recommend to this user.',
    all: 'Show all {count}',
    fewer: 'Show fewer',
    unknownTitle: 'The model does not know user {user}',
    unknownText:
      'Only users who are in the data it was trained on get their own recommendations. Check the id, or look at another user.',
  },
}
