"""YAML 1.2, loaded exactly, with the place of everything."""

import json
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from commonbook.config import yaml12
from commonbook.config.yaml12 import MAX_ALIASED_NODES, MAX_DEPTH, Place, load_yaml
from commonbook.core.errors import ConfigError

D = Decimal
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=5)


@pytest.fixture(params=["libyaml", "pure Python"])
def _parser(request, monkeypatch):
    if request.param == "pure Python":
        monkeypatch.setattr(yaml12, "_PARSER", yaml.SafeLoader)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_yaml(text)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("nUll", "nUll"),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("2024-01-02T14:30:00.000000500Z", "2024-01-02T14:30:00.000000500Z"),
        ("2024-01-02", "2024-01-02"),
        ("14:30:00", "14:30:00"),
        ("190:20:30", "190:20:30"),
        ("0", 0),
        ("-19", -19),
        ("+12", 12),
        ("010", 10),
        ("0o14", 12),
        ("0x3A", 58),
        ("0b11", "0b11"),
        ("1_000_000", 1_000_000),
        ("1__000", "1__000"),
        ("_1", "_1"),
        ("1_000.5", "1_000.5"),
        ("1e3", D("1e3")),
        ("12e03", D("12e3")),
        ("-2E+5", D("-2e5")),
        ("0.01", D("0.01")),
        ("0.", D(0)),
        (".5", D("0.5")),
        ("0.1000000000000000055511", D("0.1000000000000000055511")),
        (".inf", D("Infinity")),
        ("-.INF", D("-Infinity")),
        ("50us", "50us"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(text, value):
    loaded = load_yaml(f"key: {text}").value
    assert loaded == {"key": value}
    assert type(loaded["key"]) is type(value)


def test_a_plain_nan_is_a_number():
    assert load_yaml(".nan").value.is_nan()


@pytest.mark.parametrize("text", ["'1'", '"1"', "! 1", "!!str 1", "|-\n  1", ">-\n  1"])
def test_a_scalar_that_is_not_plain_is_text(text):
    assert load_yaml(text).value == "1"


def test_keys_are_text_as_written():
    text = "{no: 1, 005930: 2, null: 3, 1.50: 4, true: 5}"
    assert list(load_yaml(text).value) == ["no", "005930", "null", "1.50", "true"]


@pytest.mark.usefixtures("_parser")
def test_every_value_and_key_has_its_place():
    document = load_yaml("a: 1\nb:\n  - x\n  - {c: [2]}\n")
    assert document.place(("a",)) == Place(1, 4)
    assert document.place(("a",), key=True) == Place(1, 1)
    assert document.place(("b", 1, "c", 0)) == Place(4, 10)
    assert document.place(("b", 1, "c"), key=True) == Place(4, 6)


@pytest.mark.usefixtures("_parser")
def test_columns_count_characters():
    assert load_yaml("{ä€𝄞: 1, b: 2}").place(("b",)) == Place(1, 13)


def test_what_is_missing_is_placed_where_it_would_belong():
    assert load_yaml("a:\n  b: 1\n").place(("a", "c", "d")) == Place(2, 3)


@pytest.mark.usefixtures("_parser")
def test_a_key_given_twice_is_a_problem_at_the_second_one():
    document = load_yaml("a: {x: 1}\nb: 2\na: {x: 3}\n")
    assert document.value == {"a": {"x": 1}, "b": 2}
    (problem,) = document.problems
    assert str(problem) == "line 3, column 1: a: this key is already given in line 1"


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, }", "line 1, column 8"),
        ("a: 1\n b: 2", "line 2, column 3"),
        ("a: 'x", "line 1, column 6"),
        ("a: b: c", "line 1, column 5"),
        ("\tb: 1", "line 1, column 1"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_place(text, place):
    message = refusal(text)
    assert message.startswith(place)
    assert "not valid YAML" in message


@pytest.mark.usefixtures("_parser")
def test_control_characters_are_refused():
    assert "not valid YAML" in refusal("a: \x00b")


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [echo]",
        "a: !!python/name:os.system ''",
        "a: !!set {x}",
        "a: !!binary aGk=",
        "a: !mine 3",
        "a: !!timestamp 2024-01-02",
    ],
)
def test_tags_are_refused(text):
    assert refusal(text).startswith("line 1, column 4: a: the tag ")


def test_a_key_that_is_a_collection_is_refused():
    assert refusal("? [a]\n: 1") == "line 1, column 3: a key must be text"


def test_one_document_only():
    assert refusal("a: 1\n---\nb: 2") == (
        "line 2, column 1: a second document; one is allowed"
    )


def test_an_alias_stands_for_the_same_value():
    document = load_yaml("a: &x {b: 1}\nc: *x\n")
    assert document.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.place(("c", "b")) == Place(2, 4)


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize("text", ["a: &x [*x]", "a: *x"])
def test_an_alias_needs_an_anchor_that_has_ended(text):
    assert "the alias *x names no value that ended before it" in refusal(text)


def test_aliases_of_aliases_cannot_explode():
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    message = refusal("\n".join(lines))
    assert message.endswith(f"aliases stand for more than {MAX_ALIASED_NODES:,} values")


@pytest.mark.usefixtures("_parser")
def test_nesting_has_a_limit():
    deepest = MAX_DEPTH
    assert load_yaml("[" * deepest + "]" * deepest).value is not None
    assert f"nested deeper than {MAX_DEPTH}" in refusal("[" * 900 + "]" * 900)


@pytest.mark.parametrize("text", ["9" * 101, "1e99999999999999999999"])
def test_a_number_beyond_reason_is_refused(text):
    assert refusal(f"a: {text}").startswith("line 1, column 4: a: ")


@given(st.text(max_size=40))
def test_any_text_loads_or_is_refused(text):
    try:
        load_yaml(text)
    except ConfigError as error:
        assert len(error.problems) == 1  # noqa: PT017 - both ways out are right


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_json_is_yaml(value):
    assert load_yaml(json.dumps(value, ensure_ascii=False)).value == value
