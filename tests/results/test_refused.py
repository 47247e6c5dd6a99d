"""Orders that limits kept from the market are counted."""

from commonbook.core.enums import Reason
from commonbook.results.refused import LIMITS, refused_by_limits


def test_only_limits_count():
    told = {"user_cancel": 3, "max_position": 2, "group_limit": 1}
    people = {"A": {"reasons": told}, "B": {"reasons": {"post_only": 4}}}
    assert refused_by_limits(people) == {"A": {"max_position": 2, "group_limit": 1}}


def test_every_reason_that_names_a_limit_is_one():
    words = ("limit", "max_", "notional", "collar")
    named = {r for r in Reason if any(word in r.name.lower() for word in words)}
    assert named == set(LIMITS)
