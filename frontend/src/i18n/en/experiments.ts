export default {
  experiments: {
    title: 'Experiments',
    text: 'A test shows two slots to different people at the same time and tells which one they like better.',
    events: 'See the events',
    plan: 'Plan a test',
    emptyTitle: 'Nothing has been tested yet',
    emptyText:
      'A model that did well on old data may still do badly with people. A test gives it a part of the users, counts who clicks and buys, and says when the answer is sure. You may look as often as you like.',
    name: 'Name',
    slots: 'Slots',
    against: '{variant} against {control}',
    metric: 'Metric',
    started: 'Started',
    ended: 'Ended',
    planned: 'Planned',
    promoted: '{slot} was promoted.',
    control: 'Control',
    variant: 'Variant',
    metrics: {
      ctr: { name: 'Click rate', text: 'The part of the users who clicked something.' },
      purchase_rate: {
        name: 'Purchase rate',
        text: 'The part of the users who bought something.',
      },
      conversion_rate: {
        name: 'Conversion rate',
        text: 'The part of the users who clicked or bought something.',
      },
    },
    planTitle: 'Plan a test',
    steps: { slots: 'Slots', goal: 'Goal' },
    chooseSlots: 'What should be compared?',
    controlHint: 'What there is today.',
    variantHint: 'What might be better.',
    slotOption: '{name}, model {model}',
    sameSlot: 'Choose another slot than the control.',
    suggestedName: '{variant} against {control}',
    chooseMetric: 'What should get better?',
    smallestLift: 'Smallest lift, %',
    smallestLiftHint: 'Less than this would not matter to you.',
    level: 'Confidence',
    levelHint: 'How sure a verdict has to be.',
    power: 'Power',
    powerHint: 'How likely such a lift is found.',
    rate: 'Rate today, %',
    rateHint: 'What the control reaches, as well as you know.',
    create: 'Create draft',
    panelTitle: 'What it takes',
    panelEmpty: 'Choose two slots to see it.',
    planUnknown: 'How long it takes is not known yet.',
    planUsers: '{users} users in each arm',
    planDays:
      'About {days} day: {users} users in each arm | About {days} days: {users} users in each arm',
    planNeedsRate:
      'Nobody has clicked or bought here lately. Say on the next step which rate you expect.',
    planNoHistory:
      'How many users come in a day is not known: there are no impressions of the last weeks.',
    planHistory: 'Counted from the events of this project, going back {days} days.',
    planLong:
      'That is more than a year. A larger lift is found sooner, and so is one of a metric with a higher rate.',
    planRate: 'Rate today',
    planPerDay: 'New users of an arm, per day',
    planOnce: 'Users if you look once',
    planOnceHelp:
      'Looking every day takes more users than looking once at the end. A clear difference ends the test sooner.',
    idle: '{slot} gets no traffic: it is switched off or has the weight 0. The test cannot start like this.',
    toSlots: 'Go to the slots',
    twoSlotsTitle: 'A test needs two slots',
    twoSlotsText:
      'Put the model that you want to try into a second slot. Its weight decides how many users meet it.',
    start: 'Start test',
    stop: 'Stop test',
    stopTitle: 'Stop {name}?',
    stopText:
      'Nothing more is counted; the results stay. Both slots go on as they are until you promote one. A stopped test cannot go on.',
    cancel: 'Cancel test',
    cancelTitle: 'Cancel {name}?',
    cancelText: 'It ends without a winner. Both slots go on as they are.',
    rename: 'Rename',
    promote: 'Promote a slot',
    promoteTitle: 'Which slot goes on?',
    promoteText: 'The other one ends, and its users move over. This is done once.',
    promoteLegend: 'Winner',
    promoteEffect:
      '{winner} goes on with the weight {weight}, that of both. {loser} is switched off.',
    promoteAction: 'Promote {slot}',
    verdictLabel: 'Verdict',
    verdict: {
      draft: 'This test has not been started. From the start on, both slots stay as they are.',
      waiting: {
        both: 'Nobody has been shown anything by {control} or {variant} yet.',
        one: 'Nobody has been shown anything by {slot} yet.',
      },
      broken: 'Broken: users are split {seen} where {planned} was planned.',
      better: {
        running: {
          percent: '{variant} is better than {control} by {low} to {high} %. You may stop.',
          points:
            '{variant} is better than {control} by {low} to {high} percentage points. You may stop.',
        },
        ended: {
          percent: '{variant} was better than {control} by {low} to {high} %.',
          points: '{variant} was better than {control} by {low} to {high} percentage points.',
        },
      },
      worse: {
        running: {
          percent: '{variant} is worse than {control} by {low} to {high} %. You may stop.',
          points:
            '{variant} is worse than {control} by {low} to {high} percentage points. You may stop.',
        },
        ended: {
          percent: '{variant} was worse than {control} by {low} to {high} %.',
          points: '{variant} was worse than {control} by {low} to {high} percentage points.',
        },
      },
      collecting: {
        unknown: 'Not enough yet.',
        running: 'Not enough yet: about {days} day. | Not enough yet: about {days} days.',
        ended: {
          percent:
            'It ended before there was enough to tell: {variant} lies between {low} % below and {high} % above {control}.',
          points:
            'It ended before there was enough to tell: {variant} lies between {low} percentage points below and {high} above {control}.',
        },
      },
      noDifference: {
        running: {
          percent:
            'No difference found: {variant} lies between {low} % below and {high} % above {control}. You may stop, or go on if less would matter to you.',
          points:
            'No difference found: {variant} lies between {low} percentage points below and {high} above {control}. You may stop, or go on if less would matter to you.',
        },
        ended: {
          percent:
            'No difference found: {variant} lies between {low} % below and {high} % above {control}.',
          points:
            'No difference found: {variant} lies between {low} percentage points below and {high} above {control}.',
        },
      },
    },
    rangeHelp:
      '{metric}: the truth lies in this range with {level}\u00a0% confidence, however often you look.',
    splitBroken:
      'The split of the users is not what the weights say, and chance does not explain it. Find out what loses users of one slot, such as a page that breaks or events that are not sent, before you believe any number here.',
    assignmentBroken:
      '{elsewhere} of {users} users that were checked met the slot that is not theirs. The events probably do not name the slot that answered.',
    armNote: '{users} users, {converted} converted',
    lift: 'Lift',
    liftInterval: '{low} to {high} with {level}\u00a0% confidence',
    liftUnknown: 'Nobody can tell yet.',
    liftHelp:
      'How much the variant is above the control. The interval holds however often you look.',
    daysLeft: 'Days left',
    ran: 'Running time',
    days: '{days} days',
    progress: '{users} users in the smaller arm, {all} planned',
    tabs: {
      difference: 'Difference',
      rates: 'Rates',
      split: 'Traffic split',
      details: 'Details',
    },
    day: 'Day',
    from: 'From',
    to: 'To',
    usersOf: 'New users, {slot}',
    rateOf: 'Rate, {slot}',
    difference: 'Difference of the rates',
    anyTime: 'with {level} %',
    differenceTitle: 'Is the variant better?',
    differenceText:
      'Rate of the variant less that of the control, in percentage points. The band holds the truth on all days at once with {level} %; once it leaves zero, the answer is sure.',
    ratesTitle: 'Both rates',
    ratesText: 'Of all users who had come until the end of a day.',
    splitTitle: 'Are the users split as planned?',
    splitText:
      'All users who had come until the end of a day, by arm. Planned for the variant: {planned}, the part above the dashed line.',
    noDaysTitle: 'Nothing to draw yet',
    noDaysText: {
      draft: 'Start the test. The first users appear here as soon as events come in.',
      started: 'The first users appear here as soon as their impressions come in as events.',
    },
    settings: 'Settings',
    size: 'Planned users in each arm',
    share: 'Share of the variant',
    zTest: 'Classic z-test',
    zTestText:
      'Read it once, at the end that you planned, and not before: looked at every day, it finds differences that are not there. The verdict above does not.',
    pValue: 'p value',
    zHint: 'Difference in standard errors',
    pValueHint: 'How often chance alone makes a difference this large',
    significantHint: 'Whether the p value is below {limit}',
    pointsBetween: '{low} to {high} percentage points',
    significant: 'Significant',
    enough: 'Planned users reached',
    attribution: 'Which conversions count',
    attributions: {
      user: 'Of a user who was shown something',
      request: 'Of the request that was shown',
    },
    attributionHint: 'A request is one answer, with its request_id.',
    attributionHours: 'Hours after it was shown',
    attributionHoursHint: 'Empty: as long as the test runs.',
    attributionWithin: '{rule}, within {hours} hours',
    guardrail: 'Guardrail',
    guardrails: 'Guardrails',
    guardrailsText: 'What a test should not spoil, from the answers that inference recorded.',
    guardrailsNone:
      'Nothing was recorded. With exposure sampling in the project, inference notes what it shows.',
    guardrailNames: {
      catalogue_coverage: 'Different items among {n} shown ones',
      fallback_share: 'Requests for users whom the model does not know',
    },
    ofItems: '{share} of the items that its model has',
    ratios: 'Per event',
    ratiosText: 'All clicks and purchases, also many by one user. The intervals hold at any time.',
    ratio: 'Ratio',
    ratioNames: {
      clicks_per_impression: 'Clicks per impression',
      purchases_per_impression: 'Purchases per impression',
      purchases_per_click: 'Purchases per click',
    },
  },
}
