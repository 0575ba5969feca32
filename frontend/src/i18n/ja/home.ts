export default {
  home: {
    attention: '確認が必要なもの',
    nothing: '確認が必要なものはありません。',
    recent: '最近の変更',
    traffic: 'トラフィック',
    trafficText: 'プロジェクトの全スロットが UTC の一日ごとに表示したアイテムの数。',
    day: '日',
    kind: {
      jobFailed: 'チューニングジョブ {name} が失敗しました',
      trainingFailed: 'モデル {name} の学習が失敗しました',
      runFailed: '再学習の実行 {name} が失敗しました',
      refused: 'モデル {name} は十分に良いとは言えず、デプロイされませんでした',
      testBroken: '「{name}」は異常です。ユーザーが計画どおりに分かれていません',
      testDecided: '「{name}」の答えが出ました。終了できます',
      testEnded: '「{name}」が終わりました。続けるスロットを選んでください',
      noData: 'データがまだないプロジェクトがあります',
    },
    figure: { n_models: 'モデル', n_slots: 'スロット', n_running_tests: '実行中のテスト' },
    newTitle: 'Recotem へようこそ',
    newText:
      '誰が何を選んだかのファイルから始まります。アップロードすれば、最適なアルゴリズムを探し、数分で推薦を取得できます。',
    demoTitle: 'まず見て回る',
    demoText:
      'コマンド一つで、別の Recotem が架空の店で満たされます。データ、モデル、進行中のテスト、訪れて買う客が揃い、ネットワークは不要です。',
  },
}
