"""Delays: constants, and those that are drawn anew for each message."""

from decimal import Decimal

import pytest

from commonbook.config import EmpiricalDelay, Latency, Lognormal, load
from commonbook.config.dump import dump_resolved
from commonbook.config.yaml12 import load_yaml
from tests.config.builders import MAKER, config, messages_of

ORDER = "execution.latency.order"
JITTER = {"lognormal": {"median": "100us", "sigma": 0.4}}
SEEN = {"empirical": ["80us", "95us", "400us"]}


def latency(**keys: object) -> Latency:
    return load(config(execution={"latency": keys})).execution.latency


def test_a_lognormal_delay_has_a_median_and_a_sigma():
    delay = latency(order=JITTER).order
    assert delay.lognormal == Lognormal(median="100us", sigma=Decimal("0.4"))
    assert delay.lognormal.min == 0


def test_an_empirical_delay_is_a_list_of_samples():
    assert latency(response=SEEN).response == EmpiricalDelay(
        empirical=("80us", "95us", "400us")
    )


def test_a_portfolio_may_have_a_constant_where_the_others_have_none():
    raw = config(
        MAKER | {"latency": {"order": "1ms"}},
        execution={"latency": {"order": JITTER, "response": SEEN}},
    )
    loaded = load(raw)
    found = loaded.portfolios[0].latency.over(loaded.execution.latency)
    assert found.order == 1_000_000
    assert found.response.empirical == (80_000, 95_000, 400_000)


def test_a_resolved_configuration_has_the_same_delays():
    loaded = load(config(execution={"latency": {"order": JITTER, "response": SEEN}}))
    again = load_yaml(dump_resolved(loaded), "resolved").value["execution"]["latency"]
    assert latency(**again) == loaded.execution.latency


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ("50", "", "found '50'; allowed: a number with a unit"),
        ({"kind": "lognormal"}, "", "found kind; allowed: a duration such as '50us'"),
        ({}, "", "found an empty mapping; allowed: a duration"),
        (JITTER | SEEN, ".empirical", "unknown key; allowed: lognormal"),
        ({"lognormal": {"sigma": 1}}, ".lognormal.median", "this key is missing"),
        (
            {"lognormal": {"median": "1us", "sigma": 0}},
            ".lognormal.sigma",
            "found 0; allowed: more than 0",
        ),
        (
            {"lognormal": {"median": "1us", "sigma": 4}},
            ".lognormal.sigma",
            "found 4; allowed: at most 3",
        ),
        (
            {"lognormal": {"median": "1us", "sigma": 1, "min": "2us"}},
            ".lognormal.min",
            "found 2us; allowed: at most the median, 1us",
        ),
        ({"empirical": []}, ".empirical", "found an empty list"),
        ({"empirical": ["1us", 5]}, ".empirical[1]", "found 5; allowed: a number with"),
    ],
)
def test_what_is_no_delay_is_told_at_its_place(written, path, message):
    found = messages_of(config(execution={"latency": {"order": written}}))
    assert list(found) == [ORDER + path]
    assert found[ORDER + path].startswith(message)


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ({"from": "tape"}, ".from", "found 'tape'"),
        ({"from": "data", "sclae": 2}, ".sclae", "unknown key; did you mean 'scale'?"),
        ({"from": "data", "scale": -1}, ".scale", "found -1; allowed: at least 0"),
        ({"from": "data", "plus": 5}, ".plus", "found 5; allowed: a number with"),
        ({"empirical": {"column": "x"}}, ".empirical.file", "this key is missing"),
        ({"file": 5}, ".file", "found 5; allowed: text"),
    ],
)
def test_what_is_wrong_about_a_source_is_told_at_its_place(written, path, message):
    found = messages_of(config(execution={"latency": {"order": written}}))
    assert list(found) == [ORDER + path]
    assert found[ORDER + path].startswith(message)
