"""What can be said of two arms. Pure functions of counts; no rows, no requests.

`rates` (users who converted), `sequences` (looking as often as one likes), `ratios`
(per event), `sample_ratio` (is traffic split as planned), `planning` (how many users),
`verdicts` (all of it in a sentence).
"""
