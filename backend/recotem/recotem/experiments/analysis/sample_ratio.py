"""Whether users were split as planned. If not, something loses users of one arm, and no
other number of the test can be trusted.

Fabijan et al.: Diagnosing sample ratio mismatch in online controlled experiments, KDD
2019, 2156-2164.
"""

from math import exp, lgamma, log

#: An honest split is called broken once in so many tests, however often one looks.
ALARM = 0.001
#: How many users' worth of belief in the planned split the mixture starts with.
_BELIEF = 100.0


def p_value(control: int, variant: int, share: float) -> float:
    """That users were split with this share for the variant; holds at every look.

    The likelihood of the counts under the plan against a mixture of other splits that
    are near it. Lindon, Malek: Anytime-valid inference for multinomial count data,
    NeurIPS 2022.
    """
    a, b = _BELIEF * (1 - share), _BELIEF * share
    other = _log_beta(a + control, b + variant) - _log_beta(a, b)
    planned = control * log(1 - share) + variant * log(share)
    return exp(min(planned - other, 0.0))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
