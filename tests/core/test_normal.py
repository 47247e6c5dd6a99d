"""The quantiles of the normal distribution are those of the standard library."""

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.normal import normal_quantile

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

ENDS = (2**-53, 2**-30, 1e-5, 0.0749, 0.075, 0.0751, 0.5, 0.9249, 0.925, 1 - 2**-53)


@pytest.mark.parametrize("share", ENDS)
def test_every_range_of_the_algorithm(share):
    assert normal_quantile(share) == NormalDist().inv_cdf(share)


@given(st.integers(0, 2**52 - 1))
def test_every_share_that_is_drawn(bits):
    share = (bits + 0.5) / 2**52
    assert normal_quantile(share) == NormalDist().inv_cdf(share)
