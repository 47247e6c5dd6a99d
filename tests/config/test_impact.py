"""Market impact is a model and the numbers behind it, stated or refused."""

import math
from decimal import Decimal

import pytest

from commonbook.config import ExecutionConfig, Impact, dump_resolved, json_schema, load
from commonbook.config.decay import format_decay, scales_of
from tests.config.builders import (
    FOUNDING,
    MAKER,
    FakeTape,
    config,
    messages_of,
    problems_of,
    write,
)

D = Decimal
MINUTE = 60 * 1_000_000_000
NUMBERS = {"adv": 1_000_000, "daily_volatility": 0.02}
PARTS = [
    {"weight": 0.25, "half_life": "never"},
    {"weight": 0.75, "half_life": "2h"},
]
MODEL = "execution.shared_config.market_impact_model"


def raw(shared=None, isolated=None, mode="shared", **keys):
    execution = {"mode": mode, **keys}
    if shared is not None:
        execution["shared_config"] = {"market_impact_model": shared}
    if isolated is not None:
        execution["isolated_config"] = {"market_impact_model": isolated}
    return config(execution=execution)


def execution(*args, **keys) -> ExecutionConfig:
    return load(raw(*args, **keys)).execution


def test_by_default_there_is_none_in_any_mode():
    plain = execution()
    assert plain.impact is None
    for mode in ("isolated", "shared", "groups"):
        assert plain.impact_of(mode).kind == "none"


@pytest.mark.parametrize("kind", ["linear", "square_root"])
def test_a_model_has_the_default_coefficient_and_half_life(kind):
    model = execution(kind, impact=NUMBERS).impact_of("shared")
    assert (model.kind, model.coefficient) == (kind, D("0.8"))
    assert (model.adv, model.daily_volatility) == (1_000_000, D("0.02"))
    assert model.half_life == 30 * MINUTE


def test_a_name_and_its_kind_are_one():
    assert execution("linear", impact=NUMBERS) == execution(
        {"kind": "linear"}, impact=NUMBERS
    )


def test_numbers_may_stand_beside_the_kind():
    both = {"kind": "square_root", "coefficient": 1, "half_life": "never", **NUMBERS}
    model = execution(both).impact_of("shared")
    assert (model.coefficient, model.adv, model.half_life) == (1, 1_000_000, 0)
    over = execution({"kind": "linear", "adv": 5}, impact=NUMBERS).impact_of("shared")
    assert (over.adv, over.daily_volatility) == (5, D("0.02"))


def test_isolated_engines_inherit_the_model_of_shared_ones():
    inherited = execution("square_root", mode="isolated", impact=NUMBERS)
    assert inherited.impact_of("isolated").kind == "square_root"
    own = execution("square_root", "linear", mode="isolated", impact=NUMBERS)
    kinds = [own.impact_of(mode).kind for mode in ("isolated", "shared", "groups")]
    assert kinds == ["linear", "square_root", "square_root"]
    none = execution("square_root", "none", mode="isolated", impact=NUMBERS)
    assert none.impact_of("isolated").kind == "none"


def test_the_isolated_block_alone_may_name_the_model():
    model = execution(None, "linear", impact=NUMBERS)
    assert model.impact_of("isolated").kind == "linear"
    assert model.impact_of("shared").kind == "none"


@pytest.mark.parametrize("block", ["shared", "isolated"])
def test_missing_numbers_are_all_named(block):
    found = messages_of(raw(**{block: "square_root"}))
    assert list(found) == ["execution.impact.adv", "execution.impact.daily_volatility"]
    for message in found.values():
        assert message.startswith("this key is missing; square_root needs it: give the")


def test_one_missing_number_is_named_alone():
    found = messages_of(raw("linear", impact={"adv": 5}))
    assert list(found) == ["execution.impact.daily_volatility"]


@pytest.mark.parametrize("shared", [None, "none"])
def test_numbers_without_a_model_are_a_contradiction(shared):
    found = messages_of(raw(shared, impact=NUMBERS))
    assert found == {
        "execution.impact": "market_impact_model is none, so these numbers would do "
        "nothing; remove the key, or choose linear or square_root"
    }


def test_none_has_no_numbers_of_its_own():
    found = messages_of(raw({"kind": "none", "coefficient": 1}))
    assert found == {
        f"{MODEL}.coefficient": "none has no coefficient; "
        "remove the key, or choose linear or square_root"
    }


@pytest.mark.parametrize(
    ("numbers", "path", "message"),
    [
        ({"adv": "automatic"}, "adv", "found 'automatic'; did you mean 'auto'? "
         "allowed: a number, one for each symbol, auto, auto_in_sample"),
        ({"adv": {"AAPL": "auto"}}, "adv.AAPL", "found 'auto'; allowed: a number"),
        ({"adv": 0}, "adv", "found 0; allowed: more than 0"),
        ({"adv": {}}, "adv", "found an empty mapping; allowed: symbols"),
        ({"adv": {"AAPL": -1}}, "adv.AAPL", "found -1; allowed: more than 0"),
        ({"adv": [1]}, "adv", "found a list; allowed: a number"),
        ({"daily_volatility": 2}, "daily_volatility",
         "found 2; allowed: at most 1 (2 % is written 0.02)"),
        ({"coefficient": 0}, "coefficient", "found 0; allowed: more than 0"),
        ({"coefficient": "auto"}, "coefficient", "found 'auto'; allowed: a number"),
        ({"half_life": "0s"}, "half_life", "found '0s'; allowed: a duration above 0 "
         "such as '30min', never, a preset (ancerno), or a list of {weight, "
         "half_life}"),
        ({"half_life": "ancarno"}, "half_life", "found 'ancarno'; did you mean "
         "'ancerno'? allowed: a duration above 0 such as '30min', never, a preset "
         "(ancerno), or a list of {weight, half_life}"),
        ({"half_life": []}, "half_life", "found an empty list; allowed: a duration "
         "above 0 such as '30min', never, a preset (ancerno), or a list of "
         "{weight, half_life}"),
        ({"half_life": ["1h"]}, "half_life[0]",
         "found '1h'; allowed: {weight, half_life}"),
        ({"half_life": [{"weight": 1, "half_life": "ancerno"}]},
         "half_life[0].half_life", "found 'ancerno'; allowed: a duration above 0 "
         "such as '30min', or never"),
        ({"half_life": [{"weight": 0, "half_life": "1h"}]}, "half_life[0].weight",
         "found 0; allowed: more than 0"),
        ({"half_life": [{"weight": 0.5, "half_life": "1h"}] * 3}, "half_life",
         "the weights add up to 1.5; allowed: weights that add up to 1"),
        ({"half_life": [{"weight": 0.2, "half_life": "1h"}] * 5}, "half_life",
         "found 5 parts; allowed: at most 4"),
        ({"halflife": "1h"}, "halflife", "unknown key; did you mean 'half_life'? "
         "allowed: coefficient, adv, daily_volatility, half_life"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_meant_is_refused(numbers, path, message):
    found = messages_of(raw("square_root", impact=NUMBERS | numbers))
    assert found == {f"execution.impact.{path}": message}


def test_an_unknown_model_is_refused():
    assert messages_of(raw("square_rot", impact=NUMBERS)) == {
        f"{MODEL}.kind": "found 'square_rot'; did you mean 'square_root'? "
        "allowed: none, linear, square_root"
    }


def test_all_faults_are_told_at_once():
    found = messages_of(
        raw("square_root", impact={"adv": "au", "half_life": "x", "extra": 1})
    )
    assert set(found) == {
        "execution.impact.adv",
        "execution.impact.half_life",
        "execution.impact.extra",
    }


@pytest.mark.parametrize(
    ("numbers", "path", "message"),
    [
        ({"AAPL": 1}, "", "MSFT: no number is given"),
        ({"AAPL": 1, "MSFT": 1, "APL": 2}, ".APL",
         "found 'APL'; did you mean 'AAPL'? allowed: AAPL, MSFT"),
    ],
)  # fmt: skip
def test_numbers_by_symbol_cover_the_data(numbers, path, message):
    wanted = raw("linear", impact={"adv": numbers, "daily_volatility": 0.02})
    wanted |= {"data": FakeTape("AAPL", "MSFT")}
    wanted["portfolios"] = [MAKER | {"params": MAKER["params"] | {"symbol": "AAPL"}}]
    assert messages_of(wanted) == {f"execution.impact.adv{path}": message}


def test_a_missing_number_points_at_the_impact_block(tmp_path):
    text = FOUNDING.replace("_model: none", "_model: linear")
    text += "  impact:\n    daily_volatility: 0.02\n"
    (problem,) = problems_of(write(tmp_path, text))
    assert problem.path == "execution.impact.adv"
    assert problem.line == 26


@pytest.mark.parametrize(
    "model",
    [
        "square_root",
        {"kind": "linear", "adv": {"AAPL": 7}, "half_life": "2h"},
        {"kind": "linear", "half_life": "ancerno"},
        {"kind": "linear", "half_life": PARTS},
    ],
)
def test_the_resolved_configuration_says_everything(tmp_path, model):
    loaded = load(write(tmp_path, FOUNDING))
    text = dump_resolved(loaded)
    assert "impact:" not in text
    with_impact = loaded.model_dump(exclude_none=True)
    with_impact["execution"]["shared_config"]["market_impact_model"] = model
    with_impact["execution"]["impact"] = NUMBERS
    loaded = load(with_impact)
    text = dump_resolved(loaded)
    assert (
        "coefficient: 0.8, adv: 1000000, daily_volatility: 0.02, half_life: 30min"
        in (text)
    )
    copy = tmp_path / "again.yaml"
    copy.write_text(text)
    assert load(copy) == loaded


def test_never_is_written_as_it_is_read():
    assert format_decay(0) == "never"
    assert Impact(half_life="never").half_life == 0
    assert format_decay(Impact(half_life="90s").half_life) == "90s"


def test_several_parts_and_presets_are_written_as_they_are_read():
    parts = Impact(half_life=PARTS)
    assert parts.model_dump()["half_life"] == [
        {"weight": 0.25, "half_life": "never"},
        {"weight": 0.75, "half_life": "2h"},
    ]
    assert Impact(half_life=parts.half_life) == parts
    assert format_decay(parts.half_life) == "0.25 with never + 0.75 with 2h"
    assert Impact(half_life="ancerno").model_dump()["half_life"] == "ancerno"


def test_the_preset_counts_days_of_24_hours():
    parts = scales_of("ancerno")
    assert [float(weight) for weight, _ in parts] == [0.11, 0.33, 0.56]
    day = 24 * 60 * MINUTE
    left = [0.5 ** (day / span) if span else 1 for _, span in parts]
    assert left == pytest.approx([1, math.exp(-1 / 15), math.exp(-8)])


def test_editors_complete_models_and_numbers():
    schema = json_schema()["$defs"]
    model = schema["SharedConfig"]["properties"]["market_impact_model"]["anyOf"]
    assert {"enum": ["none", "linear", "square_root"], "type": "string"} in model
    adv = schema["Impact"]["properties"]["adv"]["anyOf"]
    assert {"type": "number"} in adv
