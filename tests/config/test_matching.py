"""How instruments are matched, as configurations say it."""

import pytest

from commonbook.config import load
from tests.config.builders import config, messages_of

FILE = {"path": __file__, "format": "csv"}
CME = {"kind": "pro_rata", "min_share": 2, "top_order": True}


def given(matching):
    """Load a configuration with a source that is matched in some way."""
    (source,) = load(config() | {"data": FILE | {"matching": matching}}).data
    return source.matching


def refused(matching):
    return messages_of(config() | {"data": FILE | {"matching": matching}})


def test_a_way_of_matching_is_of_all_instruments_or_of_one():
    rule = given(CME)
    assert (rule.kind, int(rule.min_share), rule.top_order) == ("pro_rata", 2, True)
    assert given({"ZT": CME, "ES": "fifo"})["ZT"] == rule
    assert given({"ZT": CME, "ES": "fifo"})["ES"].kind == "fifo"


def test_a_kind_may_stand_alone():
    assert given("pro_rata") == given({"kind": "pro_rata"})
    assert given("pro_rata").min_share == 0


def test_generated_data_has_one():
    raw = config() | {"data": {"synth": {"matching": CME}}}
    assert load(raw).data[0].synth.matching.top_order


@pytest.mark.parametrize(
    ("matching", "path", "message"),
    [
        ("prorata", ".kind", "found 'prorata'; did you mean 'pro_rata'? allowed: "
         "fifo, pro_rata"),
        (CME | {"min_share": -1}, ".min_share", "found -1; allowed: at least 0"),
        (CME | {"min_shares": 2}, ".min_shares", "unknown key; did you mean "
         "'min_share'? allowed: kind, min_share, top_order"),
        (CME | {"kind": "fifo"}, ".min_share",
         "fifo has no min_share; remove it or choose pro_rata"),
        ({"min_share": 2}, ".min_share",
         "fifo has no min_share; remove it or choose pro_rata"),
        ({"ZT": CME | {"top_order": 1}}, ".ZT.top_order", "found 1; allowed: true or "
         "false"),
        (5, "", "found 5; allowed: a mapping"),
    ],
)  # fmt: skip
def test_a_way_that_means_nothing_is_refused(matching, path, message):
    found = refused(matching)
    assert found[f"data.matching{path}"] == message
